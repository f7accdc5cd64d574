"""`overproof run`: a selector over files, or over cycles."""

from __future__ import annotations

from typing import Any

import click

from overproof.cli.options import AT_LEAST_1, QueryFlags, dataset_options, live_options, query_options
from overproof.words.errors import OptionError


@click.command("run", short_help="Run a selector over files.")
@click.argument("selector", metavar="SELECTOR.py[:NAME]")
@click.argument("files", nargs=-1)
@click.option("--output", "-o", metavar="F", help="Write the outputs: out.root, out.json or out.pkl.")
@click.option("--param", "params", multiple=True, metavar="K=V", help="A parameter of the selector; may be repeated.")
@click.option("--schema", metavar="NAME", help="Schema of coffea in which the entries are seen, such as NanoAODSchema.")
@click.option("--cycles", type=AT_LEAST_1, metavar="N", help="Run so many cycles, without files.")
@click.option("--seed", type=int, default=0, metavar="N", help="Root of the seeds of blocks and cycles; default: 0.")
@dataset_options
@live_options
@query_options
def run_command(
    selector: str,
    files: tuple[str, ...],
    params: tuple[str, ...],
    schema: str | None,
    cycles: int | None,
    seed: int,
    **flags: Any,
) -> int:
    """Run the selector in SELECTOR.py over FILES.

    Without NAME the file must define one subclass of overproof.Selector, or one processor of coffea; NAME may also be
    an instance of one, or a function of a block that returns a dict of outputs. Values of parameters are Python
    literals, or else text.

    \b
    overproof run zpeak.py "data/*.root:Events" -o zpeak.root --param pt_min=25
    """
    from overproof.cli.deliver import deliver
    from overproof.cli.outcome import outcome_of
    from overproof.cli.written.selector_file import load_selector, parse_params

    said = QueryFlags(**flags)
    said.check_places()
    if bool(files) == (cycles is not None):
        raise OptionError("give either FILES, or --cycles N to run without files")
    if cycles is not None and (only := next((name for name in ("lacking", "missing") if getattr(said, name)), None)):
        raise OptionError(f"--{only} writes which files lack something, and --cycles has none: leave one of them out")
    with said.open_session() as session:  # before all else: workers load what they need while we do
        dataset = said.find_files(files) if files else None
        values = parse_params(params)
        loaded = load_selector(selector)
        limits = said.limits
        outcome = outcome_of(
            lambda: session.process(
                loaded, dataset, cycles=cycles, params=values, schema=schema, seed=seed, **limits
            ),
            draws=False,
        )  # fmt: skip
    return deliver(outcome, said)
