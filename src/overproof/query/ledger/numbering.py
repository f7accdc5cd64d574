"""Every block asked for, by number."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from overproof.query.ledger.place import Run
from overproof.records.block import NO_ENTRIES, Block, BlockKey, Range
from overproof.records.dataset import FileGrid
from overproof.words.errors import InvariantError
from overproof.words.ids import FileIndex


class Span(NamedTuple):
    """The blocks of a file: numbers `start` to before `stop`; block `index` has number `offset + index`."""

    offset: int
    start: int
    stop: int
    mean_entries: float


NO_SPAN = Span(0, 0, 0, 0.0)


class Numbering:
    """Blocks, numbered in the order in which their files are settled.

    Attributes:
        blocks: by number.
        sizes: by number, the entries to be computed.
        total_entries: entries asked for.
    """

    __slots__ = ("_odd", "_spans", "blocks", "sizes", "total_entries")

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.sizes: list[int] = []
        self.total_entries = 0
        self._spans: dict[FileIndex, Span] = {}
        self._odd: dict[BlockKey, int] = {}  # numbers in files of which not all blocks in a row are asked for

    def admit(self, file: FileIndex, grid: FileGrid, ranges: tuple[Range, ...]) -> Run:
        """Enter the blocks of a file, cut at the ranges asked for (ascending and apart); return their run.

        Raises:
            InvariantError: the grid does not cover the ranges.
        """
        start = len(self.blocks)
        self.blocks += blocks_of(file, grid, ranges)
        admitted = self.blocks[start:]
        self.sizes += [block.n_entries for block in admitted]
        n_entries = sum(stop - first for first, stop in ranges)
        if sum(self.sizes[start:]) != n_entries:
            raise InvariantError(f"the grid of file {file} does not cover its {grid.n_entries} entries block by block")
        stop = len(self.blocks)
        offset = start - admitted[0].index if admitted else start
        if any(block.index + offset != number for number, block in enumerate(admitted, start)):
            self._odd |= {(file, block.index): number for number, block in enumerate(admitted, start)}
        self._spans[file] = Span(offset, start, stop, n_entries / max(stop - start, 1))
        self.total_entries += n_entries
        return file, start, stop

    def find(self, block: Block) -> int:
        """Return the number of a block; -1 when the query has no such block, or has another version of it."""
        offset, start, stop, _ = self._spans.get(block.file, NO_SPAN)
        number = offset + block.index
        if self._odd:
            number = self._odd.get((block.file, block.index), number)
        if not start <= number < stop:
            return -1
        known = self.blocks[number]
        return number if known is block or known == block else -1

    def find_key(self, key: BlockKey) -> int:
        """Return the number of the block with a file and index, whatever its version; -1 when there is none."""
        file, index = key
        offset, start, stop, _ = self._spans.get(file, NO_SPAN)
        number = self._odd.get(key, offset + index)
        return number if start <= number < stop and self.blocks[number].index == index else -1

    def numbers(self, file: FileIndex) -> range:
        """Return the numbers of the blocks of a file."""
        _, start, stop, _ = self._spans.get(file, NO_SPAN)
        return range(start, stop)

    def mean_entries(self, file: FileIndex) -> float:
        """Return the mean entries of a block of a settled file."""
        return self._spans[file].mean_entries

    def replace(self, number: int, block: Block) -> int:
        """Put another version of a block in its place; return by how many entries it is smaller."""
        before = self.sizes[number]
        self.blocks[number], self.sizes[number] = block, block.n_entries
        return before - self.sizes[number]


def blocks_of(file: FileIndex, grid: FileGrid, ranges: tuple[Range, ...]) -> list[Block]:
    """Cut the blocks of a grid at ranges; a block that two ranges share has both for its parts."""
    if ranges == NO_ENTRIES:
        return [Block(file=file, index=0, first=0, stop=0)]
    blocks = []
    place = 0
    for index, (lower, upper) in enumerate(pairwise((0, *grid.stops))):
        parts = []
        while place < len(ranges) and ranges[place][0] < upper:
            first, stop = max(lower, ranges[place][0]), min(upper, ranges[place][1])
            if first < stop:
                parts.append((first, stop))
            if ranges[place][1] > upper:
                break
            place += 1
        if parts:
            shared = tuple(parts) if len(parts) > 1 else None
            blocks.append(Block(file=file, index=index, first=parts[0][0], stop=parts[-1][1], ranges=shared))
    return blocks
