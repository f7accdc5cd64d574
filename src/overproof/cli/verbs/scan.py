"""`overproof scan`: a table of expressions."""

from __future__ import annotations

from typing import Any

import click

from overproof.cli.options import AT_LEAST_1, QueryFlags, language_options, plain_query_options


@click.command("scan", short_help="List the values of expressions, row by row.")
@click.argument("arguments", nargs=-1, required=True, metavar="FILES... EXPR...")
@click.option(
    "--rows", type=AT_LEAST_1, metavar="N", help="Rows to keep, from the start; default: 50 on the screen, else all."
)
@click.option("--output", "-o", metavar="F", help="Write the table: .csv, .parquet, .json, .root or .pkl.")
@language_options
@plain_query_options
def scan_command(arguments: tuple[str, ...], **flags: Any) -> int:
    """List the values of each EXPR over FILES, row by row, as TTree::Scan does.

    EXPR may be several expressions with colons between them. The columns `entry`, counted over all files, and
    `instance`, the number of the row in its entry, come first. A column that has ended before others is nan.

    \b
    overproof scan "data/*.root:Events" "nMuon:Muon_pt" --cut "Muon_pt > 30" --rows 20
    overproof scan "data/*.root:Events" "run:event" --cut "nMuon > 2" -o picked.csv
    """
    said = QueryFlags(**flags)
    said.check_places(holds_table=True)
    with said.open_session() as session:  # before all else: workers load what they need while we do
        import warnings

        from overproof.cli.deliver import N_ROWS, deliver
        from overproof.cli.outcome import outcome_of
        from overproof.cli.written.arguments import part_arguments
        from overproof.session.result import IncompleteWarning

        files, columns = part_arguments(arguments)
        dataset = said.find_files(files)
        warnings.simplefilter("ignore", IncompleteWarning)  # the account says it
        limits = said.limits | said.speech
        rows = said.rows or (None if said.places else N_ROWS)
        outcome = outcome_of(lambda: session.scan(dataset, columns, rows=rows, **limits), draws=False)
    return deliver(outcome, said)
