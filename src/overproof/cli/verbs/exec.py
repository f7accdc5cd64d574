"""`overproof exec`: a script on every worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from overproof.cli.exit_codes import ExitCode
from overproof.cli.options import engine_options, open_session
from overproof.cli.places import STANDARD_OUTPUT, check_json, write_json
from overproof.words.errors import OutputError

if TYPE_CHECKING:
    from overproof.session.ask import ScriptResult


@click.command(
    "exec",
    short_help="Run a script on every worker.",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("script", metavar="SCRIPT.py")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ARGS]...")
@click.option("--json", metavar="F", help="Write what each worker printed and returned as JSON; - for standard output.")
@engine_options
def exec_command(
    script: str,
    arguments: tuple[str, ...],
    json: str | None,
    workers: int | None,
    engine: str | None,
    engine_option: tuple[str, ...],
    upload: tuple[str, ...],
) -> int:
    """Run SCRIPT.py with ARGS on every worker; options go before the script.

    In the script `overproof.rank`, `overproof.size` and `overproof.is_master` tell where it runs. The value of its
    last expression comes back with what it printed. The exit code is 4 if it raised on any worker.
    """
    check_json(json)
    with open_session(engine, workers, options=engine_option, uploads=upload, quiet=True) as session:
        results = session.exec(script, arguments)
    if json is not None:
        write_json(json, {"workers": [_record(each) for each in results]})
    if json != STANDARD_OUTPUT:
        for each in results:
            _print(each.worker, stdout=each.stdout, value=each.value, error=each.error)
    return ExitCode.STOPPED if any(each.error for each in results) else ExitCode.COMPLETE


def _record(result: ScriptResult) -> dict[str, Any]:
    """Describe what one worker did; a value that JSON cannot hold is written as Python shows it."""
    from overproof.outputs.document import outputs_document

    record = {name: getattr(result, name) for name in ("worker", "rank", "stdout", "error")}
    try:
        return record | outputs_document({"value": result.value})
    except OutputError:
        return record | {"value": repr(result.value)}


def _print(worker: str, *, stdout: str, value: object, error: str) -> None:
    lines = stdout.splitlines()
    if value is not None:
        lines.append(f"-> {value!r}")
    for line in lines:
        click.echo(f"{worker}: {line}")
    for line in error.splitlines():
        click.echo(f"{worker}: {line}", err=True)
