"""`overproof draw`: one expression, one histogram."""

from __future__ import annotations

from typing import Any

import click

from overproof.cli.options import QueryFlags, query_options


@click.command("draw", short_help="Draw an expression over files.")
@click.argument("files", nargs=-1, required=True)
@click.argument("expression", metavar="EXPR")
@click.option("--cut", metavar="C", help="Selection; its value is a weight, as in ROOT.")
@click.option("--weight", metavar="W", help="One more weight.")
@click.option("--bins", metavar="N,LO,HI", help="Number of bins and range, such as '50, 0, 100'; required.")
@click.option("--name", metavar="NAME", help="Name of the histogram; default: draw.")
@query_options
def draw_command(
    files: tuple[str, ...],
    expression: str,
    cut: str | None,
    weight: str | None,
    bins: str | None,
    name: str | None,
    **flags: Any,
) -> int:
    """Draw EXPR over FILES, by the rules of TTree::Draw.

    FILES are paths, URLs or quoted globs, each with a tree behind a colon if there are several in it.
    The binning is required: no rule of ours may guess an axis.
    An expression that begins with a minus sign goes behind `--`.

    \b
    overproof draw "data/*.root:Events" "Muon_pt" --cut "nMuon == 2" --bins "50, 0, 100"
    """
    import warnings

    from overproof.cli.deliver import deliver, outcome_of
    from overproof.session.result import IncompleteWarning

    said = QueryFlags(**flags)
    said.check_places()
    dataset = said.find_files(files)
    warnings.simplefilter("ignore", IncompleteWarning)  # the account says it
    limits = said.limits
    with said.open_session() as session:
        outcome = outcome_of(
            lambda: session.draw(
                dataset, expression, cut=cut, weight=weight, bins=bins, name=name, **limits
            ),
            draws=True,
        )  # fmt: skip
    return deliver(outcome, said)
