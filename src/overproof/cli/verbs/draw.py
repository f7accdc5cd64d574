"""`overproof draw`: expressions, and their histograms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from overproof.cli.options import QueryFlags, dataset_options, language_options, live_options, query_options
from overproof.words.errors import OptionError


@click.command("draw", short_help="Draw expressions over files.")
@click.argument("arguments", nargs=-1, required=True, metavar="FILES... EXPR...")
@click.option("--weight", metavar="W", help="One more weight.")
@click.option(
    "--bins", multiple=True, metavar="N,LO,HI",
    help="Bins and range of each axis, x first, such as '50, 0, 100'; once for all EXPR, or once for each. "
    "What is not said follows from the data, by ROOT's rule.",
)  # fmt: skip
@click.option("--name", metavar="NAME", help="Name of the histogram; default: draw, or the EXPR if there are several.")
@click.option("--profile", is_flag=True, help="Average the first expression of each EXPR over the bins of the others.")
@click.option("--output", "-o", metavar="F", help="Write the outputs: out.root, out.json or out.pkl.")
@click.option(
    "--dataset-weight", "dataset_weights", multiple=True, metavar="NAME=W",
    help="Scale what is drawn of dataset NAME with W before it is added; once for each dataset, or once with the name "
    "of their metadata that has it.",
)  # fmt: skip
@dataset_options
@language_options
@live_options
@query_options
def draw_command(
    arguments: tuple[str, ...], weight: str | None, bins: tuple[str, ...], name: str | None, *, profile: bool,
    **flags: Any,
) -> int:  # fmt: skip
    """Draw each EXPR over FILES, all in one pass, by the rules of TTree::Draw.

    FILES are paths, URLs or quoted globs, each with a tree behind a colon if there are several in it.
    EXPR is an expression; two or three with colons between them (z:y:x) make as many dimensions. Behind it may stand
    >>name, >>name(n,lo,hi) or >>+name; `>>good` alone records the entries that the cut selects, for --entry-list.
    An expression that begins with a minus sign goes behind `--`.

    \b
    overproof draw "data/*.root:Events" "Muon_pt" --cut "nMuon == 2" --bins "50, 0, 100"
    overproof draw "data/*.root:Events" ">>good" --cut "nMuon == 2" -o good.json
    """
    said = QueryFlags(**flags)
    said.check_places()
    with said.open_session() as session:  # before all else: workers load what they need while we do
        import warnings

        from overproof.cli.outcome import outcome_of
        from overproof.cli.written.arguments import parse_weights, part_arguments
        from overproof.session.result import IncompleteWarning

        files, expressions = part_arguments(arguments)
        drawn = {
            "bins": None,
            **_drawn(expressions, bins),
            "weight": weight,
            "name": name,
            "profile": profile,
            **said.speech,
        }
        _check_picture(drawn, said)
        dataset = said.find_files(files)
        warnings.simplefilter("ignore", IncompleteWarning)  # the account says it
        limits, weights = said.limits, parse_weights(said.dataset_weights)
        outcome = outcome_of(lambda: session.draw(dataset, **drawn, weights=weights, **limits), draws=True)
    from overproof.cli.deliver import deliver

    return deliver(outcome, said)


def _check_picture(drawn: Mapping[str, Any], said: QueryFlags) -> None:
    """Find out before the work what of a picture cannot be."""
    if said.plot is None or said.by_dataset:  # what datasets are called is known later
        return
    from overproof.session.drawing import check_drawing
    from overproof.session.show.beforehand import check_style

    keywords = dict(drawn)
    check_style(said.style, check_drawing(keywords.pop("expression"), **keywords).requests)


def _drawn(expressions: list[str], bins: tuple[str, ...]) -> dict[str, Any]:
    """Return what is to be drawn: one expression with its bins, or several.

    Raises:
        OptionError: neither one binning for all nor one for each.
    """
    if len(bins) not in {0, 1, len(expressions)}:
        raise OptionError(f"--bins is given {len(bins)} times for {len(expressions)} EXPR: once for all, or for each")
    if len(expressions) == 1 or len(bins) < 2:
        expression = expressions[0] if len(expressions) == 1 else expressions
        return {"expression": expression, "bins": bins[0] if bins else None}
    return {"expression": [{"expression": each, "bins": own} for each, own in zip(expressions, bins, strict=True)]}
