"""Large deltas that are offered while whoever should have them has enough: they wait, and may find somebody else."""

from __future__ import annotations

from overproof.query.ledger.place import DeltaKey, key_of
from overproof.query.merging.policy import LARGE_BYTES
from overproof.query.merging.staff import Merger
from overproof.records.block import Delta
from overproof.records.notices import DeltaOffered

MAX_COMING = 2
"""Large payloads that come to the master, or to a merger, at a time: one is merged, one is on its way."""


class Backlog:
    """Counts what comes to the master, and keeps offers that are decided upon later: their workers hold the blocks.

    Attributes:
        coming: large deltas that were taken, and neither merged nor lost.
        waiting: for each merger, or None for the master, the offers that are not decided upon, the oldest first.
    """

    __slots__ = ("coming", "waiting")

    def __init__(self) -> None:
        self.coming: set[DeltaKey] = set()
        self.waiting: dict[Merger | None, dict[DeltaKey, DeltaOffered]] = {}

    def is_full(self, merger: Merger | None) -> bool:
        """Tell whether enough comes to a merger, or to the master."""
        return (len(self.coming) if merger is None else merger.n_passing) >= MAX_COMING

    def must_wait(self, notice: DeltaOffered, merger: Merger | None) -> bool:
        """Keep an offer that is large, when enough comes to whom it should go already; tell whether it is kept."""
        if notice.size_bytes < LARGE_BYTES or not self.is_full(merger):
            return False
        self.waiting.setdefault(merger, {})[key_of(notice.delta)] = notice
        return True

    def next_for(self, merger: Merger | None) -> DeltaOffered | None:
        """Take out the oldest offer that waits for a merger, or for the master, if that has room."""
        offers = self.waiting.get(merger)
        if not offers or self.is_full(merger):
            return None
        notice = offers.pop(next(iter(offers)))
        if not offers:
            del self.waiting[merger]
        return notice

    def take_out(self) -> list[DeltaOffered]:
        """Return all that waits, to be decided upon anew."""
        waiting = [notice for offers in self.waiting.values() for notice in offers.values()]
        self.waiting.clear()
        return waiting

    def note_taken(self, notice: DeltaOffered) -> None:
        """Note that a delta comes to the master."""
        if notice.size_bytes >= LARGE_BYTES:
            self.coming.add(key_of(notice.delta))

    def note_settled(self, delta: Delta) -> None:
        """Note that a delta was merged, or is lost."""
        self.coming.discard(key_of(delta))
