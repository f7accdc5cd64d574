"""The unit of computing, and the unit of scheduling."""

from __future__ import annotations

from dataclasses import dataclass

from overproof.words.ids import FileIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fixed range of entries of one file; cut only by the grid of the file and by the range asked for.

    Attributes:
        file: place of the file in the dataset.
        index: place of the block in the grid of its file, from 0.
        first: first entry, counted in the tree.
        stop: last entry, exclusive.
    """

    file: FileIndex
    index: int
    first: int
    stop: int

    @property
    def n_entries(self) -> int:
        return self.stop - self.first


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """Consecutive blocks of one file, given to one worker in one go.

    Attributes:
        number: counts the packets of a query from 1; a packet given again has a new number.
        blocks: at least one, ascending, all of the same file.
    """

    number: int
    blocks: tuple[Block, ...]

    @property
    def n_entries(self) -> int:
        return self.blocks[-1].stop - self.blocks[0].first
