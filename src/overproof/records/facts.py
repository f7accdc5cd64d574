"""What the journal keeps."""

from __future__ import annotations

from typing import Protocol

from overproof.records.notices import Notice
from overproof.records.orders import Order
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that went into or came out of the master.

    Attributes:
        at_s: seconds on the driver's monotonic clock.
        what: the notice or the order.
    """

    at_s: float
    what: Notice | Order


class Journal(Protocol):
    """Where facts go; statistics, resume and post-mortem read them back."""

    def record(self, fact: Fact) -> None:
        """Keep one fact; order of calls is order of time."""
        ...
