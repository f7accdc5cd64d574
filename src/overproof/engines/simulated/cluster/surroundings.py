"""What those who pretend to work need of the world around them."""

from __future__ import annotations

from typing import Protocol

from overproof.engines.simulated.troubles.fates import Trial
from overproof.records.block import Block, Delta, Packet, Range
from overproof.records.dataset import FileGrid
from overproof.records.notices import Notice
from overproof.records.orders import Order
from overproof.records.outcome.access import FileAccess
from overproof.records.outcome.failure import Failure


class Hand(Protocol):
    """A worker, an isolator or a merger.

    Attributes:
        name: its name.
        epoch: counts its lives, when it was given up and comes back.
        speed: relative to 1.
        is_alive: it has not died.
    """

    name: str
    epoch: int
    speed: float
    is_alive: bool

    @property
    def at_hand(self) -> Block | None:
        """The block that it computes now."""
        ...

    def receive(self, order: Order) -> None:
        """Take an order; act on it at once, or after what is at hand."""
        ...

    def resume(self) -> None:
        """Finish what is at hand if it is ready, and go on with the next thing."""
        ...

    def has(self, delta: Delta) -> bool:
        """Tell whether the payload of a delta that it offered is to be had."""
        ...

    def last_words(self) -> list[Notice]:
        """Return what a dying one had ready to say."""
        ...


class Surroundings(Protocol):
    """What a worker, an isolator or a merger needs.

    Attributes:
        block_s_per_entry: seconds for an entry at speed 1.
        open_s: seconds for looking into a file at speed 1.
        delta_interval_s: seconds between two deltas.
        block_timeout_s: seconds that a block may take.
        entry_bytes: bytes of an entry that are read.
        output_bytes: bytes of the outputs of any number of blocks.
        pass_s: seconds in which a merger gets a payload and adds it.
    """

    block_s_per_entry: float
    open_s: float
    delta_interval_s: float
    block_timeout_s: float
    entry_bytes: int
    output_bytes: int
    pass_s: float

    @property
    def now(self) -> float:
        """Virtual seconds."""
        ...

    def wake(self, hand: Hand, at_s: float) -> None:
        """Call `hand.resume` at a time."""
        ...

    def tell(self, hand: Hand, notice: Notice) -> None:
        """Carry a notice to the master."""
        ...

    def die(self, hand: Hand, block: Block, failure: Failure) -> None:
        """End a worker by what it computes."""
        ...

    def endanger(self, hand: Hand, duration_s: float) -> None:
        """Kill an isolator perhaps, while it does something or a little later."""
        ...

    def can_read(self, file: int, path: str) -> bool:
        """Tell whether the server of a copy of a file is there."""
        ...

    def read_s(self, host: str, packet: Packet, block: Block) -> float:
        """Say how long somebody on a host waits for the columns of a block of a packet."""
        ...

    def accesses(self, packet: Packet, n_bytes: int, waited_s: float) -> tuple[FileAccess, ...]:
        """Tell what was read for a packet; nothing, where nobody knows of servers."""
        ...

    def pause_s(self, settling_s: float) -> float:
        """Say how long after an offer the next one is due unasked, if it took so long to be settled."""
        ...

    def can_pass(self, delta: Delta) -> bool:
        """Tell whether a merger gets a payload."""
        ...

    def note_payloads(self, n_payloads: int) -> None:
        """Note that a merger has so many outputs now."""
        ...

    def grid(self, file: int) -> FileGrid | None:
        """Return what a file holds; None when it cannot be opened."""
        ...

    def try_block(self, block: Block) -> Trial:
        """Say what comes of computing a block."""
        ...

    def try_range(self, block: Block, part: Range) -> Trial:
        """Say what comes of computing a range of a block."""
        ...
