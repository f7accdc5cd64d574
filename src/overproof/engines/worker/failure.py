"""Turn an exception of user code into words."""

from __future__ import annotations

import traceback
from pathlib import Path

OUR_PACKAGE = str(Path(__file__).resolve().parents[1])


def describe_failure(error: BaseException) -> tuple[str, str]:
    """Return one line (type, message, place in the user's code) and the traceback without our own frames."""
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(OUR_PACKAGE)
    ]
    message = f"{type(error).__name__}: {error}".splitlines()[0] if str(error) else type(error).__name__
    if frames:
        message += f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno}, in {frames[-1].name})"
    text = "Traceback (most recent call last):\n" if frames else ""
    text += "".join(traceback.format_list(frames))
    text += "".join(traceback.format_exception_only(error))
    return message, text
