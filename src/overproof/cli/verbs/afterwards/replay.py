"""`overproof replay`: one failure once more, here."""

from __future__ import annotations

import faulthandler
import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import click

from overproof.cli.exit_codes import ExitCode
from overproof.cli.places import STANDARD_OUTPUT, check_json, write_json

if TYPE_CHECKING:
    from overproof.session.afterwards import Case

OUR_PACKAGE = str(Path(__file__).resolve().parents[2])


@click.command("replay", short_help="Run an entry that failed once more, under a debugger.")
@click.argument("query_id", metavar="ID")
@click.option(
    "--failure",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="Which failure, in the order of `overproof queries show ID`.",
)
@click.option("--pdb", is_flag=True, help="When it raises, open Python's debugger in the frame that did.")
@click.option("--json", metavar="F", help="Write what came of it as JSON; - for standard output.")
def replay_command(query_id: str, *, failure: int, pdb: bool, json: str | None) -> int:
    """Run the selector of query ID on exactly the entries of one failure, in this process.

    `breakpoint()` in the selector works. What killed a worker kills this process too: then Python tells where it was.
    ID is the id of a query, a part of it that no other has, or `last`. The exit code is 4 when the selector fails
    again, 0 when it does not.

    \b
    overproof replay last --failure 2 --pdb
    """
    from overproof.engines.worker.failure import describe_failure
    from overproof.session.afterwards import find_case, run_again
    from overproof.words.errors import OverproofError

    check_json(json)
    case = find_case(query_id, failure)
    _announce(case)
    if sys.__stderr__ is not None:
        faulthandler.enable(sys.__stderr__)
    spoken = sys.stderr if json == STANDARD_OUTPUT else sys.stdout
    reason = traceback = ""
    outputs: Mapping[str, Any] | None = None
    try:
        # What the selector prints, and what the debugger says, must not stand between the lines of a JSON document.
        with redirect_stdout(spoken):
            outputs = run_again(case)
    except OverproofError:  # the file, or the folder of the query: not the selector
        raise
    except (Exception, SystemExit, KeyboardInterrupt) as error:
        if isinstance(error, KeyboardInterrupt) and case.failure.kind != "timeout":
            raise  # of what hangs, Ctrl-C shows where it does
        reason, traceback = describe_failure(error)
        print(traceback.rstrip(), file=sys.stderr)
        if pdb:
            with redirect_stdout(spoken):
                _debug(error.__traceback__)
    if json is not None:
        write_json(json, _document(case, reason=reason, traceback=traceback))
    if json != STANDARD_OUTPUT:
        click.echo(f"{'fails':<12}{reason}" if reason else _well_text(outputs))
    return ExitCode.STOPPED if reason else ExitCode.COMPLETE


def _announce(case: Case) -> None:
    """Say what is about to be run, before it may take this process with it."""
    from overproof.session.show.summary import excluded_line

    print(
        f"overproof: replaying failure {case.number} of {case.query_id}: {excluded_line(case.failure)}", file=sys.stderr
    )
    if case.failure.kind != "exception":
        hint = "Ctrl-C shows where it is" if case.failure.kind == "timeout" else "Ctrl-C ends it"
        print(
            f"overproof: it ended a worker ({case.failure.kind}), and may do the same to this process: {hint}",
            file=sys.stderr,
        )
    sys.stderr.flush()


def _debug(traceback: TracebackType | None) -> None:
    """Open the debugger on the frames of the user's own code; ours above them tell nothing."""
    import pdb

    own = traceback
    while own is not None and own.tb_frame.f_code.co_filename.startswith(OUR_PACKAGE):
        own = own.tb_next
    pdb.post_mortem(own or traceback)


def _well_text(outputs: Mapping[str, Any] | None) -> str:
    """Say that the selector did not fail this time, and what it gave."""
    names = ", ".join(map(str, outputs)) if outputs else "no outputs"
    return (
        f"{'fine':<12}the selector does not fail on it here, and returns: {names}. It may depend on the machine, on "
        "memory or time, or on what was computed before"
    )


def _document(case: Case, *, reason: str, traceback: str) -> dict[str, Any]:
    from overproof.outputs.document import excluded_document

    said = {"fails": bool(reason), "reason": reason or None, "traceback": traceback or None}
    return {"query": case.query_id, "failure": case.number, "then": excluded_document(case.failure), "now": said}
