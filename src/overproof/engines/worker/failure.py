"""Turn an exception of user code into words."""

from __future__ import annotations

import traceback
from pathlib import Path

USER_ERRORS = (Exception, SystemExit, KeyboardInterrupt)
"""What user code may raise. No Ctrl-C reaches a worker, so an interrupt there is of the user code's own making."""

OUR_PACKAGE = str(Path(__file__).resolve().parents[2])


def describe_failure(error: BaseException) -> tuple[str, str]:
    """Return one line (type, message, place in the user's code) and the traceback without our own frames."""
    frames = traceback.extract_tb(error.__traceback__)
    frames = traceback.StackSummary(frame for frame in frames if not frame.filename.startswith(OUR_PACKAGE))
    message = f"{type(error).__name__}: {error}".splitlines()[0] if str(error) else type(error).__name__
    own = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    if own:
        message += f" ({Path(own[-1].filename).name}, line {own[-1].lineno}, in {own[-1].name})"
    text = "Traceback (most recent call last):\n" if frames else ""
    text += "".join(traceback.format_list(frames))
    text += "".join(traceback.format_exception_only(error))
    return message, text
