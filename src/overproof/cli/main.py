"""The command line: finds the verb, and turns whatever happens into one line and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from overproof.cli.exit_codes import ExitCode
from overproof.cli.streams import StandardOutputError, silence
from overproof.words.errors import (
    AbortedError,
    EngineError,
    InputError,
    InvariantError,
    MergeError,
    OverproofError,
    ReadError,
    UserCodeError,
)

VERBS = {
    "cache": "verbs", "count": "verbs", "draw": "verbs", "exec": "verbs", "inspect": "verbs",
    "logs": "verbs.afterwards", "queries": "verbs.afterwards", "replay": "verbs.afterwards",
    "resume": "verbs.afterwards", "run": "verbs", "scan": "verbs", "simulate": "verbs",
}  # fmt: skip
"""The verbs, with the room of each; it is the command of the same name in the file of the same name."""

EXIT_CODES: tuple[tuple[type[BaseException], ExitCode], ...] = (
    (AbortedError, ExitCode.ABORTED),
    (KeyboardInterrupt, ExitCode.ABORTED),
    (InputError, ExitCode.BAD_INPUT),
    (ReadError, ExitCode.BAD_INPUT),
    (UserCodeError, ExitCode.STOPPED),
    (MergeError, ExitCode.STOPPED),
    (StandardOutputError, ExitCode.STOPPED),
    (EngineError, ExitCode.OUR_FAULT),
)
"""What errors that end a verb without a result tell the shell; everything else is our own fault."""


class Verbs(click.Group):
    """A group whose verbs are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all verbs."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one verb."""
        if cmd_name not in VERBS:
            return None
        module = import_module(f"overproof.cli.{VERBS[cmd_name]}.{cmd_name}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command


@click.group(cls=Verbs, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="overproof", message="overproof %(version)s")
@click.pass_context
def overproof(ctx: click.Context) -> int:
    """Ask questions to ROOT files, with every core at hand.

    \b
    Exit codes: 0 complete; 1 a fault of overproof; 2 bad usage or input, nothing computed;
    3 complete but for entries excluded, missing or unknown; 4 stopped or failed, the part done is kept,
    or computed but not delivered; 130 aborted; 141 the reader of standard output went away.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
    return ExitCode.COMPLETE


def main(arguments: Sequence[str]) -> int:
    """Run one verb.

    Returns:
        The exit code; whatever there was to say has been said.
    """
    warnings.showwarning = _show_warning  # type: ignore[assignment]  # takes the rest, and needs none of it
    try:
        with overproof.make_context("overproof", list(arguments)) as context:
            code = int(overproof.invoke(context) or 0)
            sys.stdout.flush()
            return code
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        _say(_usage_line(error))
        return ExitCode.BAD_INPUT
    except BrokenPipeError:
        silence(sys.stdout)
        return ExitCode.BROKEN_PIPE
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the edge: nothing may leave as a traceback
        return _explain(error)


def _explain(error: BaseException) -> int:
    """Say in one line what went wrong, and return the exit code for it."""
    if os.environ.get("OVERPROOF_DEBUG"):
        traceback.print_exception(error)
    if isinstance(error, StandardOutputError):
        silence(sys.stdout)
    code = next((code for kind, code in EXIT_CODES if isinstance(error, kind)), ExitCode.OUR_FAULT)
    if isinstance(error, KeyboardInterrupt):
        _say("interrupted")
    elif isinstance(error, OverproofError) and not isinstance(error, InvariantError):
        if isinstance(error, UserCodeError) and error.traceback.startswith("Traceback"):
            print(error.traceback.rstrip(), file=sys.stderr)
        _say(str(error))
    else:
        what = " ".join(f"{type(error).__name__}: {error}".split())
        _say(f"unexpected {what} - a fault of overproof: please report it, with what OVERPROOF_DEBUG=1 shows")
    return code


def _usage_line(error: click.ClickException) -> str:
    """Say what is wrong with the arguments, and where the right ones are listed."""
    message = " ".join(error.format_message().split())
    context = getattr(error, "ctx", None)
    if isinstance(error, click.NoSuchOption) and context is not None and context.info_name in {"count", "draw", "scan"}:
        message += " If it is an expression, put `--` before it."
    return f"{message} See `{context.command_path if context else 'overproof'} --help`."


def _say(text: str) -> None:
    print(f"overproof: {text}", file=sys.stderr)


def _show_warning(message: Warning | str, *_: Any) -> None:
    """Show a warning as one line, without the place in our code where it was raised."""
    print(f"overproof: warning: {' '.join(str(message).split())}", file=sys.stderr)
