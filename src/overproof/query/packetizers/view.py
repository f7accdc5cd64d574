"""What a packetizer may know."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias


class View(NamedTuple):
    """The moment in which a worker could take a packet.

    A named tuple, because one is made for every packet and a frozen dataclass costs three times as much.

    Attributes:
        worker_rate_per_s: entries a second of this worker, lately; 0 when not measured yet.
        total_rate_per_s: entries a second of all workers, those not measured counted at the mean; 0 when none is.
        in_hand_entries: entries in the packets that the worker has and has not reported.
        left_entries: entries not computed yet, wherever they are; files not looked into are estimated.
        n_workers: workers that joined and are not lost.
        block_entries: mean entries of a block of the file at hand.
        n_blocks: blocks of all files known so far.
        is_opening: files should become known soon, so that packets must be short.
    """

    worker_rate_per_s: float
    total_rate_per_s: float
    in_hand_entries: int
    left_entries: float
    n_workers: int
    block_entries: float
    n_blocks: int
    is_opening: bool


Packetizer: TypeAlias = Callable[[View], int]
"""How many blocks the worker gets now; 0: it waits (the master sees to it that somebody always works)."""
