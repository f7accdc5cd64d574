"""What the command line tells the shell."""

from __future__ import annotations

from enum import IntEnum

from overproof.words.states import QueryState


class ExitCode(IntEnum):
    """The exit codes of every verb."""

    COMPLETE = 0
    """Done, and every entry is in the result."""
    OUR_FAULT = 1
    """A defect of overproof, or an engine that broke."""
    BAD_INPUT = 2
    """Bad usage or input; nothing was computed."""
    INCOMPLETE = 3
    """Done, but for entries that are excluded, missing or unknown."""
    STOPPED = 4
    """Stopped, or the selector failed: the part that was done is kept; or something of it could not be delivered."""
    ABORTED = 130
    """Thrown away on request, or interrupted before there was anything to keep."""
    BROKEN_PIPE = 141
    """Whoever read standard output went away, as in `overproof ... | head`."""


def exit_code_of(state: QueryState, *, is_complete: bool) -> ExitCode:
    """Tell how a query that has a result ended."""
    if state is not QueryState.FINISHED:
        return ExitCode.STOPPED
    return ExitCode.COMPLETE if is_complete else ExitCode.INCOMPLETE
