"""Turn whatever uproot raises into one error of ours, by what was being done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from overproof.words.errors import OverproofError, Phase, ReadError

_LIMIT = 240


@contextmanager
def translated(file: str, phase: Phase, *, what: str = "") -> Iterator[None]:
    """Raise `ReadError` for anything that goes wrong inside; errors of ours pass through.

    The phase comes from the caller and never from the class of the exception: damaged bytes make uproot raise
    anything (struct.error, zlib.error, ValueError, KeyError, AssertionError, RecursionError, MemoryError ...).
    """
    try:
        yield
    except OverproofError:
        raise
    except Exception as error:
        reason = one_line(error)
        raise ReadError(f"{what}: {reason}" if what else reason, file=file, phase=phase) from error


def one_line(error: BaseException) -> str:
    """Say what an exception says, on one line of bounded length."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    text = " ".join(said.split())
    text = text if len(text) <= _LIMIT else text[: _LIMIT - 3] + "..."
    name = type(error).__name__
    return f"{name}: {text}" if text else name
