"""Turn an exception of user code into words."""

from __future__ import annotations

import platform
import traceback
from pathlib import Path

from overproof.records.outcome.failure import Failure, FailureKind

USER_ERRORS = BaseException
"""What user code may raise: anything. Panics of Rust and cancelled tasks of asyncio are no `Exception`s, and leave a
worker as healthy as others do. No Ctrl-C reaches a worker, also inline, where it is a thread of the user's process: an
interrupt there is of the user code's own making."""

OUR_PACKAGE = str(Path(__file__).resolve().parents[2])


MEMORY_CAUSE = "memory"
"""Where memory ends is a matter of chance: all failures of that kind have one cause."""


def failure_of(error: BaseException) -> Failure:
    """Make a record of an exception of user code; running out of memory and leaving are kinds of their own."""
    reason, text = describe_failure(error)
    kind, cause = _kind_and_cause(error)
    return Failure(kind=kind, cause=cause, reason=reason, traceback=text, host=platform.node())


def exit_cause(code: int) -> str:
    """Say with which code user code left; what two failures of that kind share."""
    return f"exit {code}"


def _kind_and_cause(error: BaseException) -> tuple[FailureKind, str]:
    if isinstance(error, MemoryError):
        return "memory", MEMORY_CAUSE
    if isinstance(error, SystemExit):
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
        return "exit", exit_cause(code & 0xFF)
    own = _users_frames(error)
    place = f" at {own[-1].filename}:{own[-1].lineno}" if own else ""
    return "exception", f"{type(error).__qualname__}{place}"


def describe_failure(error: BaseException) -> tuple[str, str]:
    """Return one line (type, message, place in the user's code) and the traceback without our own frames."""
    frames = traceback.extract_tb(error.__traceback__)
    frames = traceback.StackSummary(frame for frame in frames if not frame.filename.startswith(OUR_PACKAGE))
    message = f"{type(error).__name__}: {said}".splitlines()[0] if (said := _said(error)) else type(error).__name__
    own = _users_frames(error)
    if own:
        message += f" ({Path(own[-1].filename).name}, line {own[-1].lineno}, in {own[-1].name})"
    text = "Traceback (most recent call last):\n" if frames else ""
    text += "".join(traceback.format_list(frames))
    text += "".join(traceback.format_exception_only(error))
    return message, text


def _said(error: BaseException) -> str:
    """Return the message of an exception; making it runs user code, too."""
    try:
        return str(error)
    except USER_ERRORS as problem:
        return f"its message cannot be made, that raises {type(problem).__name__}"


def _users_frames(error: BaseException) -> list[traceback.FrameSummary]:
    """Return the frames in the user's own code; in the libraries that it calls, when there are none."""
    frames = traceback.extract_tb(error.__traceback__)
    frames = traceback.StackSummary(frame for frame in frames if not frame.filename.startswith(OUR_PACKAGE))
    return [frame for frame in frames if "site-packages" not in frame.filename] or frames
