"""What a worker hands over."""

from __future__ import annotations

from dataclasses import dataclass

from overproof.records.block import Block
from overproof.words.ids import WorkerId


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
