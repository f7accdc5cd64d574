"""The units of computing, of scheduling and of handing over: block, packet, delta."""

from __future__ import annotations

from dataclasses import dataclass

from overproof.words.ids import FileIndex, WorkerId


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
