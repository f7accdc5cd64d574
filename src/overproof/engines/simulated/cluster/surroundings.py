"""What those who pretend to work need of the world around them."""

from __future__ import annotations

from typing import Protocol

from overproof.engines.simulated.troubles.fates import Trial
from overproof.records.block import Block, Range
from overproof.records.dataset import FileGrid
from overproof.records.notices import Notice
from overproof.records.orders import Order
from overproof.records.outcome.failure import Failure


class Hand(Protocol):
    """A worker or an isolator.

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

    def last_words(self) -> list[Notice]:
        """Return what a dying one had ready to say."""
        ...


class Surroundings(Protocol):
    """What a worker or an isolator needs.

    Attributes:
        block_s_per_entry: seconds for an entry at speed 1.
        open_s: seconds for looking into a file at speed 1.
        delta_interval_s: seconds between two deltas.
        block_timeout_s: seconds that a block may take.
    """

    block_s_per_entry: float
    open_s: float
    delta_interval_s: float
    block_timeout_s: float

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

    def grid(self, file: int) -> FileGrid | None:
        """Return what a file holds; None when it cannot be opened."""
        ...

    def try_block(self, block: Block) -> Trial:
        """Say what comes of computing a block."""
        ...

    def try_range(self, block: Block, part: Range) -> Trial:
        """Say what comes of computing a range of a block."""
        ...
