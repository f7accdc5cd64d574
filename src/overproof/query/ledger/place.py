"""Where a block can be."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, TypeAlias

from overproof.query.roster import Holder
from overproof.records.block import Delta
from overproof.words.ids import FileIndex, WorkerId


class Place(Enum):
    """Where a block is when neither a worker nor a merger holds it."""

    WAITING = "waiting"
    SUSPECT = "suspect"
    """The selector failed on it, or may have; the isolator will have it, alone."""
    PASSING = "on its way to a merger"
    """In a delta that a merger gets; its worker may die now, the merger may not."""
    TAKEN = "taken"
    """In a delta that the driver is merging; its worker may die now."""
    MERGED = "merged"
    MISSING = "missing"
    EXCLUDED = "excluded"

    __hash__ = object.__hash__  # each is the only one of its kind; the one of Enum is written in Python


DeltaKey: TypeAlias = tuple[WorkerId, int, int]
Run: TypeAlias = tuple[FileIndex, int, int]
"""A file, and numbers of blocks from the second to before the third."""


class Passage(NamedTuple):
    """A delta on its way to a merger, and the numbers of its blocks."""

    delta: Delta
    numbers: list[int]
    merger: Holder


def key_of(delta: Delta) -> DeltaKey:
    """Name a delta in a few words."""
    return delta.worker, delta.epoch, delta.number
