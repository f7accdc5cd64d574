"""`overproof cache`: columns and compiled functions that are kept for the next query."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from overproof.cli.exit_codes import ExitCode
from overproof.cli.places import STANDARD_OUTPUT, check_json, write_json
from overproof.store.cache_place import VARIABLE, CachePlace, choose_cache
from overproof.words.units import human_bytes

if TYPE_CHECKING:
    from overproof.columns.cache.report import CacheReport, KeptColumn

MAX_ROWS = 40
"""Columns that are listed; a wide query keeps many."""
JSON_HELP = "Write it as JSON; - for standard output."
OFF = f"{'cache':<12}off ({VARIABLE}=off, or no shared memory here: name a directory)"
ELSEWHERE = f"{'cleared':<12}nothing; what was kept before: {VARIABLE}=on (or its directory) overproof cache clear"


@click.group("cache", invoke_without_command=True, short_help="Show or clear what is kept for the next query.")
@click.pass_context
def cache_command(context: click.Context) -> int:
    """Show or clear what recent queries have left for the next one: columns in memory, compiled functions on disk.

    Without a command it is shown.
    """
    if context.invoked_subcommand is not None:
        return ExitCode.COMPLETE
    return _show(None)


@cache_command.command("show", short_help="List what is kept.")
@click.option("--json", metavar="F", help=JSON_HELP)
def show_command(json: str | None) -> int:
    """List the columns that are kept, with what they take and what they save; those that would go last come first.

    Behind them it says how many compiled functions are kept.
    """
    return _show(json)


@cache_command.command("clear", short_help="Throw away all that is kept.")
def clear_command() -> int:
    """Throw away all that is kept; queries that run read columns again, and compile again what they draw."""
    from overproof.columns.machine import memory

    freed, where = memory.clear(), memory.survey().directory
    click.echo(f"{'compiled':<12}{human_bytes(freed)} of functions thrown away in {where}")
    code = ExitCode.COMPLETE
    if problem := _problem_with_functions(where):
        code = ExitCode.BAD_INPUT
        _tell(problem)
    place = _place()
    if place is None:
        click.echo(f"{OFF}\n{ELSEWHERE}")
        return code
    from overproof.columns.cache.report import clear, problem_with

    if problem := problem_with(place):
        click.echo(f"{'cache':<12}{place.directory}\n{'problem':<12}{problem}")
        return ExitCode.BAD_INPUT
    click.echo(f"{'cleared':<12}{human_bytes(clear(place))} in {place.directory}")
    return code


def _place() -> CachePlace | None:
    from overproof.engines.local.watch.machine import machine_memory_bytes

    place = choose_cache(None, environment=os.environ)
    return None if place is None else place.sized(machine_memory_bytes())


def _show(json: str | None) -> int:
    from overproof.columns.cache.report import report_on
    from overproof.columns.machine.memory import survey

    check_json(json)
    place = _place()
    report, compiled = None if place is None else report_on(place), survey()
    problem = _problem_with_functions(compiled.directory)
    if json is not None:
        functions = {**asdict(compiled), "problem": problem}
        write_json(json, {"cache": None if report is None else asdict(report), "compiled": functions})
    if json != STANDARD_OUTPUT:
        click.echo(OFF if report is None else "\n".join(_lines(report)))
        click.echo(
            f"{'compiled':<12}{compiled.n_functions:,} functions, {human_bytes(compiled.size_bytes)} in "
            f"{compiled.directory}"
        )
        if problem:
            _tell(problem)
    return ExitCode.COMPLETE


def _problem_with_functions(directory: str) -> str:
    """Tell why no function can be kept, and none that is there is taken; empty: they can."""
    from overproof.columns.cache.report import problem_with

    if not directory:
        return "there is no home directory: name one (OVERPROOF_HOME)"
    return problem_with(CachePlace(directory=directory))


def _tell(problem: str) -> None:
    click.echo(f"{'problem':<12}{problem}")


def _lines(report: CacheReport) -> list[str]:
    used, limit = human_bytes(report.used_bytes), human_bytes(report.limit_bytes)
    lines = [f"{'cache':<12}{report.directory}, {used} of {limit}"]
    if report.problem:
        return [*lines, f"{'problem':<12}{report.problem}"]
    if not report.columns:
        return [*lines, f"{'columns':<12}none yet"]
    rows = [("SIZE", "GOT IN", "USES", "COLUMN", "FILE"), *map(_row, report.columns[:MAX_ROWS])]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    lines += ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    n_more = len(report.columns) - MAX_ROWS
    return [*lines, f"and {n_more:,} more"] if n_more > 0 else lines


def _row(column: KeptColumn) -> tuple[str, ...]:
    place = f"{column.path}:{column.tree}"
    return human_bytes(column.size_bytes), f"{column.cost_s:.3g} s", f"{column.uses:.3g}", column.column, place
