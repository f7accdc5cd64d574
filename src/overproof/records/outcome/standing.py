"""Where a query stands: all that must be known to go on with it later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from overproof.records.block import BlockKey, Range
from overproof.records.dataset import FileGrid
from overproof.records.outcome.gaps import Excluded, Missing, Split
from overproof.words.frozen import dataclass
from overproof.words.ids import FileIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is merged, and what was found to be lacking; belongs to outputs of just these blocks.

    Attributes:
        grids: of every file looked into.
        merged: by file, one bit for the index of each block that is merged.
        ranges: by file and index of a block, the ranges that are or will be computed of it, when it was isolated.
        missing: entries and files that could not be read.
        excluded: entries on which the selector failed.
        splits: ranges computed in two.
    """

    grids: Mapping[FileIndex, FileGrid] = field(default_factory=dict)
    merged: Mapping[FileIndex, int] = field(default_factory=dict)
    ranges: Mapping[BlockKey, tuple[Range, ...]] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    splits: tuple[Split, ...] = ()
