"""Compiled functions, kept on disk for the next process of the same user.

A function is taken only from a directory that is this user's alone, from a file that belongs to this user, and only
whole. Everything else is as good as absent, and the function is compiled again.
"""

from __future__ import annotations

import hashlib

from overproof.columns.machine.compiling import SPEED_LEVEL, compile_text, processor
from overproof.columns.machine.memory import memory

_FORMAT = 1
"""Counts up whenever the same text is to become other code, by the same compiler."""


def object_of(text: str) -> bytes:
    """Return a function as an object file for this processor: the one that is kept, else a new one, kept from now on.

    Args:
        text: as LLVM reads it.

    Raises:
        RuntimeError: LLVM does not understand it, which is a mistake of ours.
    """
    kept = memory()
    if kept is None:
        return compile_text(text)
    key = key_of(text)
    found = kept.get(key)
    if found is None:
        found = compile_text(text)
        kept.put(key, found)
    return found


def is_kept(text: str) -> bool:
    """Tell whether a function need not be compiled."""
    kept = memory()
    return kept is not None and kept.get(key_of(text)) is not None


def key_of(text: str) -> str:
    """Name a function, on this processor, made by this compiler."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{_FORMAT} {processor()} level {SPEED_LEVEL} {digest}"
