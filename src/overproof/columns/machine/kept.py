"""Compiled functions, kept on disk for the next process of the same user.

What is kept is code that will run: it is taken only from a directory that is this user's alone, from a file that
belongs to this user, and only whole. Everything else is as good as absent, and the function is compiled again.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from overproof.columns.machine.compiling import SPEED_LEVEL, compile_text, processor
from overproof.store import FileMemory, home_directory
from overproof.store.mapped import is_private
from overproof.words.units import MB

_FORMAT = 1
"""Counts up whenever the same text is to become other code, by the same compiler."""

LIMIT_BYTES = 256 * MB
"""About how much may be kept; a function takes 10 to 50 kB."""


def object_of(text: str) -> bytes:
    """Return a function as an object file for this processor: the one that is kept, else a new one, kept from now on.

    Args:
        text: as LLVM reads it.

    Raises:
        RuntimeError: LLVM does not understand it, which is a mistake of ours.
    """
    directory = place()
    if directory is None:
        return compile_text(text)
    if os.path.lexists(directory) and not is_private(directory):
        return compile_text(text)
    memory, key = kept(directory), key_of(text)
    found = memory.get(key)
    if found is None:
        found = compile_text(text)
        memory.put(key, found)
    return found


def is_kept(text: str) -> bool:
    """Tell whether a function need not be compiled."""
    directory = place()
    return directory is not None and kept(directory).get(key_of(text)) is not None


def key_of(text: str) -> str:
    """Name a function, on this processor, made by this compiler."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{_FORMAT} {processor()} level {SPEED_LEVEL} {digest}"


def place() -> Path | None:
    """Return where functions are kept; None for nobody's home."""
    try:
        return home_directory() / "kernels"
    except RuntimeError:
        return None


def kept(directory: Path) -> FileMemory:
    """Return the memory of functions in a directory, which need not be there."""
    return FileMemory(directory, limit_bytes=LIMIT_BYTES)
