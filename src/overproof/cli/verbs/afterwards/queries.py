"""`overproof queries`: the queries that are kept on disk."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from overproof.cli.exit_codes import ExitCode
from overproof.cli.options import QueryFlags, place_options
from overproof.cli.places import STANDARD_OUTPUT, check_json, write_json
from overproof.words.states import QueryState
from overproof.words.units import human_bytes, human_count

if TYPE_CHECKING:
    from overproof.session.afterwards import QueryReport

MAX_CALL = 60
"""Characters of a call that are shown in the list."""
JSON_HELP = "Write it as JSON; - for standard output."


@click.group("queries", invoke_without_command=True, short_help="List, show, fetch and remove earlier queries.")
@click.option("--json", metavar="F", help=JSON_HELP)
@click.pass_context
def queries_command(context: click.Context, json: str | None) -> int:
    """List the queries that are kept on disk, the newest first.

    ID is the id of a query, a part of it that no other has, or `last`.
    """
    if context.invoked_subcommand is not None:
        return ExitCode.COMPLETE
    from overproof.session.afterwards import report_all

    check_json(json)
    reports = report_all()
    if json is not None:
        write_json(json, {"queries": [_document(report) for report in reports]})
    if json != STANDARD_OUTPUT:
        _print_table(reports)
    return ExitCode.COMPLETE


@queries_command.command("show", short_help="Tell all that is known of a query.")
@click.argument("query_id", metavar="ID")
@click.option("--json", metavar="F", help=JSON_HELP)
def show_command(query_id: str, json: str | None) -> int:
    """Tell what was asked, how far it came, what failed, and what can be done with it now."""
    from overproof.session.afterwards import failures_of, report_on, servers_of
    from overproof.session.keeping import find_query

    check_json(json)
    query = find_query(query_id)
    report = report_on(query)
    servers = servers_of(query)
    excluded = failures_of(query.id) if report.account is not None else ()
    if json is not None:
        from overproof.outputs.document import excluded_document

        told = {
            "excluded": [excluded_document(each) for each in excluded],
            "servers": [asdict(each) for each in servers],
        }
        write_json(json, _document(report) | told)
    if json != STANDARD_OUTPUT:
        from overproof.session.show.summary import account_text, server_lines

        click.echo("\n".join(f"{name:<12}{text}" for name, text in _lines(report) if text))
        if report.account is not None:
            is_finished = report.state == QueryState.FINISHED
            click.echo(account_text(report.account, excluded=excluded, is_finished=is_finished))
        if lines := server_lines(servers):
            click.echo("\n".join([f"{'servers':<12}{len(servers):,}", *lines]))
        for line in _ways_on(report, has_failures=bool(excluded)):
            click.echo(f"{'':<12}{line}")
    return ExitCode.COMPLETE


@queries_command.command("fetch", short_help="Give the result of a query again.")
@click.argument("query_id", metavar="ID")
@click.option("--output", "-o", metavar="F", help="Write the outputs: out.root, out.json or out.pkl.")
@place_options
def fetch_command(query_id: str, **flags: Any) -> int:
    """Give the result of a query as far as it was kept, without computing anything; the exit code is that of the query.

    \b
    overproof queries fetch last -o again.root
    """
    import warnings

    from overproof.cli.deliver import deliver
    from overproof.cli.outcome import DRAWN, outcome_of
    from overproof.session.conduct.recalled import recalled_result
    from overproof.session.keeping import find_query
    from overproof.session.result import IncompleteWarning

    said = QueryFlags(**flags)
    query = find_query(query_id)
    said.check_places(holds_table=query.description.kind == "scan")
    warnings.simplefilter("ignore", IncompleteWarning)  # the account says it
    return deliver(outcome_of(lambda: recalled_result(query), draws=query.description.kind in DRAWN), said)


@queries_command.command("remove", short_help="Remove queries from disk.")
@click.argument("query_ids", nargs=-1, required=True, metavar="ID...")
def remove_command(query_ids: tuple[str, ...]) -> int:
    """Remove queries with all that is kept of them: results, logs, and what is needed to resume them."""
    from overproof.session.keeping import find_query, remove_query

    names = dict.fromkeys(find_query(query_id).id for query_id in query_ids)  # all of them are there, or none goes
    for name in names:
        click.echo(f"{'removed':<12}{remove_query(name)}")
    return ExitCode.COMPLETE


def _document(report: QueryReport) -> dict[str, Any]:
    said = report.description
    return {
        "id": report.id,
        "state": report.state,
        "kind": said.kind if said else None,
        "call": said.call if said else None,
        "when": said.when if said else None,
        "directory": said.directory if said else None,
        "selector": said.selector if said else None,
        "parameters": dict(said.parameters) if said else None,
        "dataset": said.dataset if said else None,
        "n_files": said.n_files if said else None,
        "cycles": said.cycles if said else None,
        "account": asdict(report.account) if report.account is not None else None,
        "at": report.at or None,
        "problem": report.problem or None,
        "size_bytes": report.size_bytes,
        "path": report.path,
    }


def _print_table(reports: list[QueryReport]) -> None:
    if not reports:
        click.echo("no queries are kept on disk")
        return
    rows = [("ID", "STATE", "BEGAN", "ENTRIES", "SIZE", "WHAT"), *map(_row, reports)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


def _row(report: QueryReport) -> tuple[str, ...]:
    said, account = report.description, report.account
    entries = f"{human_count(account.processed)} of {human_count(account.total)}" if account is not None else "-"
    when = said.when[:16].replace("T", " ") if said else "-"
    return report.id, report.state, when, entries, human_bytes(report.size_bytes), _what(report)


def _what(report: QueryReport) -> str:
    """Say in a few words what was asked."""
    said = report.description
    if said is None:
        return report.problem
    if said.kind != "process":
        call = said.call.removeprefix("overproof ")
        return call if len(call) <= MAX_CALL else f"{call[: MAX_CALL - 3]}..."
    return f"{said.selector} over {said.dataset or f'{said.cycles:,} cycles'}"


def _lines(report: QueryReport) -> list[tuple[str, str]]:
    said = report.description
    lines = [("query", report.id), ("state", report.state), ("problem", report.problem)]
    if said is not None:
        parameters = ", ".join(f"{name}={value}" for name, value in said.parameters.items())
        files = f"{said.n_files:,} file" if said.n_files == 1 else f"{said.n_files:,} files"
        over = f"{said.dataset}, {files}" if said.cycles is None else f"{said.cycles:,} cycles"
        selector = said.selector if said.kind == "process" else ""
        lines += [("call", said.call), ("selector", selector), ("parameters", parameters), ("over", over)]
        lines += [("began", said.when), ("from", said.directory)]
    return [*lines, ("kept", report.at), ("folder", f"{report.path}, {human_bytes(report.size_bytes)}")]


def _ways_on(report: QueryReport, *, has_failures: bool) -> list[str]:
    """Say what can be done with a query now."""
    ways = []
    if report.is_resumable:
        ways.append(f"go on:           overproof resume {report.id}")
    if report.wants_max_excluded:
        ways.append(f"exclude more:    overproof resume {report.id} --max-excluded N")
    if report.account is not None and report.state != "damaged":
        ways.append(f"see the result:  overproof queries fetch {report.id}")
    if has_failures:
        ways.append(f"see a failure:   overproof replay {report.id} --failure 1")
    return ways
