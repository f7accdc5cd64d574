"""Where a block can be."""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias

from overproof.words.ids import FileIndex, WorkerId


class Place(Enum):
    """Where a block is when no worker holds it."""

    WAITING = "waiting"
    SUSPECT = "suspect"
    """The selector failed on it, or may have; the isolator will have it, alone."""
    TAKEN = "taken"
    """In a delta that the driver is merging; its worker may die now."""
    MERGED = "merged"
    MISSING = "missing"
    EXCLUDED = "excluded"

    __hash__ = object.__hash__  # each is the only one of its kind; the one of Enum is written in Python


DeltaKey: TypeAlias = tuple[WorkerId, int, int]
Run: TypeAlias = tuple[FileIndex, int, int]
"""A file, and numbers of blocks from the second to before the third."""
