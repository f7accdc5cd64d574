"""The units of computing, of scheduling and of handing over: block, packet, delta."""

from __future__ import annotations

from itertools import pairwise
from typing import TypeAlias

from overproof.words.frozen import dataclass
from overproof.words.ids import FileIndex, WorkerId

Range: TypeAlias = tuple[int, int]
"""First entry and last entry (exclusive), counted in the tree."""

BlockKey: TypeAlias = tuple[FileIndex, int]
"""File and index: names a block of a query."""


NO_ENTRIES: tuple[Range, ...] = ((0, 0),)
"""What is asked for of a tree without entries, where its one block without entries is wanted."""

MAX_APART = 4
"""So many parts of a block are computed each by itself; more of them, with gaps between, in one go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fixed range of entries of one file; cut only by the grid of the file and by the range asked for.

    Attributes:
        file: place of the file in the dataset.
        index: place of the block in the grid of its file, from 0.
        first: first entry, counted in the tree.
        stop: last entry, exclusive.
        ranges: None for a whole block; else what is to be computed of it, ascending and apart, because just these
            entries are asked for, because others were excluded, or because it is too large whole. May be empty.
    """

    file: FileIndex
    index: int
    first: int
    stop: int
    ranges: tuple[Range, ...] | None = None

    @property
    def n_entries(self) -> int:
        """Entries to be computed."""
        if self.ranges is None:
            return self.stop - self.first
        return sum(stop - first for first, stop in self.ranges)

    @property
    def parts(self) -> tuple[Range, ...]:
        """The ranges to be computed, in order."""
        return ((self.first, self.stop),) if self.ranges is None else self.ranges

    @property
    def pieces(self) -> tuple[tuple[Range, ...], ...]:
        """The parts that are computed in one go: each by itself, unless there are many with gaps between them.

        Scattered entries, as those of an entry list, would cost a reading and a call of the selector each. Parts that
        touch are apart because they are too large together.
        """
        parts = self.parts
        if len(parts) == 1:
            return (parts,)
        cuts = [0, *(at for at in range(1, len(parts)) if parts[at - 1][1] == parts[at][0]), len(parts)]
        pieces: list[tuple[Range, ...]] = []
        for begin, end in pairwise(cuts):
            run = parts[begin:end]
            pieces += [run] if len(run) > MAX_APART else [(part,) for part in run]
        return tuple(pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """Consecutive blocks of one file, given to one worker in one go.

    Attributes:
        number: counts the packets of a query from 1; a packet given again has a new number.
        blocks: at least one, ascending, all of the same file.
        is_apart: each block is handed over at once, in a delta of its own, because somebody else may have it too.
        path: the replica to read; empty: the file where the dataset says it is.
    """

    number: int
    blocks: tuple[Block, ...]
    is_apart: bool = False
    path: str = ""

    @property
    def n_entries(self) -> int:
        """Entries to be computed."""
        return sum(block.n_entries for block in self.blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """The label of the outputs of some blocks; the payload travels beside it, opaque to the master.

    Attributes:
        worker: who computed it.
        epoch: the worker's epoch; the deltas of a worker given up carry an old one and are refused.
        number: counts the deltas of the worker from 1.
        blocks: the blocks in it, in any order, each once.
    """

    worker: WorkerId
    epoch: int
    number: int
    blocks: tuple[Block, ...]
