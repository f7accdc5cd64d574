"""Turn whatever uproot raises into one error of ours, by what was being done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from overproof.words.errors import OverproofError, Phase, ReadError

_LIMIT = 240

_SHORT = re.compile(r"expected Chunk of length (\d+), received (\d+) bytes")
"""How uproot says that fewer bytes came than it asked for."""


class BytesError(OSError):
    """Bytes that could not be had from a file; the text is made for people."""


class FileChangedError(BytesError):
    """A file that is not any more what it was when it was opened."""


class DamageError(Exception):
    """Bytes that cannot be what was written; the text is made for people."""


@contextmanager
def translated(file: str, phase: Phase, *, what: str = "") -> Iterator[None]:
    """Raise `ReadError` for anything that goes wrong inside; errors of ours pass through.

    The phase comes from the caller and not from the class of the exception: damaged bytes make uproot raise anything
    (struct.error, zlib.error, ValueError, KeyError, AssertionError, RecursionError, MemoryError ...). Only bytes that
    our own source could not get are never a matter of decoding.
    """
    try:
        yield
    except OverproofError:
        raise
    except DamageError as error:
        raise ReadError(f"{what}: {error}" if what else str(error), file=file, phase=phase) from error
    except BytesError as error:
        raise ReadError(str(error), file=file, phase="read" if phase == "decode" else phase) from error
    except Exception as error:
        reason = one_line(error)
        raise ReadError(f"{what}: {reason}" if what else reason, file=file, phase=phase) from error


def one_line(error: BaseException) -> str:
    """Say what an exception says, on one line of bounded length."""
    if isinstance(error, BytesError | DamageError):
        return str(error)
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    text = " ".join(said.split())
    if short := _SHORT.match(text):
        asked, received = int(short[1]), int(short[2])
        return f"the file is cut short or damaged: of {asked:,} bytes in one place it has {received:,}; copy it again"
    text = text if len(text) <= _LIMIT else text[: _LIMIT - 3] + "..."
    name = type(error).__name__
    return f"{name}: {text}" if text else name
