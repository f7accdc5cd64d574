"""Where compiled functions are kept; nothing here needs the compiler."""

from __future__ import annotations

import os
from pathlib import Path

from overproof.store import FileMemory, home_directory
from overproof.store.mapped import is_private
from overproof.words.frozen import dataclass
from overproof.words.units import MB

LIMIT_BYTES = 256 * MB
"""About how much may be kept; a function takes 3 to 50 kB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFunctions:
    """What is kept.

    Attributes:
        directory: where it lies.
        n_functions: how many.
        size_bytes: what they take.
    """

    directory: str
    n_functions: int
    size_bytes: int


def place() -> Path | None:
    """Return where functions are kept; None for nobody's home."""
    try:
        return home_directory() / "kernels"
    except RuntimeError:
        return None


def memory() -> FileMemory | None:
    """Return the memory of functions; None where there is no place that is this user's alone, or could be made so.

    What is kept is code that will run. Below a directory that only its owner can enter nobody else can put anything.
    """
    directory = place()
    if directory is None or (os.path.lexists(directory) and not is_private(directory)):
        return None
    return FileMemory(directory, limit_bytes=LIMIT_BYTES)


def survey() -> KeptFunctions:
    """Tell what is kept."""
    kept = memory()
    n_functions, size_bytes = kept.survey() if kept is not None else (0, 0)
    return KeptFunctions(directory=str(place() or ""), n_functions=n_functions, size_bytes=size_bytes)


def clear() -> int:
    """Throw all functions away; return what they took in bytes."""
    kept = memory()
    return kept.clear() if kept is not None else 0
