"""`overproof logs`: what user code printed."""

from __future__ import annotations

from dataclasses import asdict

import click

from overproof.cli.exit_codes import ExitCode
from overproof.cli.places import STANDARD_OUTPUT, check_json, write_json


@click.command("logs", short_help="Show what user code printed in a query.")
@click.argument("query_id", metavar="ID")
@click.option("--worker", metavar="N", help="Only of this worker, such as 3 or w3.")
@click.option(
    "--block", metavar="FILE:INDEX", help="Only while this block was computed: place or path of the file, and index."
)
@click.option("--json", metavar="F", help="Write it as JSON, by worker and block; - for standard output.")
def logs_command(query_id: str, worker: str | None, block: str | None, json: str | None) -> int:
    """Show what the selector of query ID printed on its workers, while it runs or afterwards.

    ID is the id of a query, a part of it that no other has, or `last`.
    """
    from overproof.session.afterwards import read_logs
    from overproof.session.keeping import find_query

    check_json(json)
    query = find_query(query_id)
    logs = read_logs(query, worker=worker, block=block)
    if json is not None:
        write_json(json, {"query": query.id, "workers": [asdict(log) for log in logs]})
    if json != STANDARD_OUTPUT:
        for log in logs:
            for line in log.text.splitlines():
                click.echo(f"{log.worker}: {line}")
        if not any(log.text for log in logs):
            click.echo("nothing was printed", err=True)
    return ExitCode.COMPLETE
