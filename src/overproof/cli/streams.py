"""Standard streams that may be closed, full, or read by nobody any more."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from overproof.words.errors import OverproofError


class StandardOutputError(OverproofError):
    """What there was to say could not be written to standard output."""


class Answers(io.TextIOWrapper):
    """Standard output: a write that fails says so, unless the reader has gone: that is a `BrokenPipeError`."""

    def write(self, text: str, /) -> int:
        """Write text."""
        with _told():
            return super().write(text)

    def flush(self) -> None:
        """Write what has gathered."""
        with _told():
            super().flush()


class Absent(Answers):
    """Standard output that was closed from the start: a write says so, until a file has taken the answer."""

    is_spared = False

    def write(self, text: str, /) -> int:
        """Write text nowhere, when nobody misses it."""
        if not self.is_spared:
            raise StandardOutputError("standard output: it is closed")
        return super().write(text)


class Messages(io.TextIOWrapper):
    """Standard error: a write that fails is nobody's loss, and ends nothing."""

    def write(self, text: str, /) -> int:
        """Write text, or drop it."""
        try:
            return super().write(text)
        except OSError:
            silence(self)
            return len(text)

    def flush(self) -> None:
        """Write what has gathered, or drop it."""
        try:
            super().flush()
        except OSError:
            silence(self)


def prepare_streams() -> None:
    """Give the process three streams that can be used, whatever it was started with."""
    kind = Absent if sys.stdout is None else Answers
    # In this order, so that each takes the lowest free number, which is its own.
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nowhere = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115 - open as long as the process lives
            # Workers get it in the place of the closed one; the argument has no keyword.
            os.set_inheritable(nowhere.fileno(), True)  # noqa: FBT003 - it takes no keyword
            setattr(sys, name, nowhere)
            setattr(sys, f"__{name}__", nowhere)
    sys.stdout, sys.stderr = _as(kind, sys.stdout), _as(Messages, sys.stderr)


def spare_output() -> None:
    """Do not miss a standard output that was closed from the start: a file takes the answer."""
    if isinstance(sys.stdout, Absent):
        sys.stdout.is_spared = True


def silence(stream: Any) -> None:
    """Let what is still to be written to a stream go nowhere, so that the end of Python does not fail on it."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):  # no descriptor behind it, or none left: then there is nothing to be silenced
        return


def _as(kind: type[io.TextIOWrapper], stream: Any) -> Any:
    """Turn a stream of the process into one of this kind; one that somebody has put in its place stays."""
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    # A terminal that cannot show a character gets a question mark, not an error.
    return kind(
        stream.buffer,
        encoding=stream.encoding,
        errors="replace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StandardOutputError(f"standard output: {error.strerror or error}") from error
