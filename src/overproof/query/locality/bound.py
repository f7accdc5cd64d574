"""How many may read from one server at once."""

from __future__ import annotations

from typing import NamedTuple

FEWER = 0.75
"""To so much of its readers a server is brought when it is tried whether fewer get as much."""
MORE = 1.25
"""By so much the bound rises again while nothing speaks against it."""
GAIN = 0.5
"""Readers are worth having if what comes grows by at least this part of what it would in proportion to them."""
REST = 8
"""Reviews after a trial that did not pay, before the next one."""
CLEARLY_MORE = 1.1
"""Readers are more than before when there are so many times as many."""
CLEARLY_LESS = 0.95
"""What comes is less than before when it is so much of it."""


class Seen(NamedTuple):
    """What was seen of a server since it was reviewed last.

    Attributes:
        readers: mean number of those who read at the same time.
        rate_per_s: entries a second, of all of them together.
    """

    readers: float
    rate_per_s: float


class Bound:
    """Learns how many readers a server bears, from what came when there were more of them, or fewer.

    A server that is not strained bears everybody. One that is strained is tried with fewer readers: when these get
    nearly as much as all did, it stays so; when they get less in proportion, the others come back. When more have
    joined and less came, they leave again at once.

    Attributes:
        limit: readers that it bears; None: as many as there are.
    """

    __slots__ = ("_before", "_last", "_rest", "_trial", "limit")

    def __init__(self) -> None:
        self.limit: int | None = None
        self._before: int | None = None  # the limit before the trial
        self._trial: Seen | None = None  # what was seen before it
        self._last: Seen | None = None
        self._rest = 0

    def review(self, seen: Seen, *, is_strained: bool, most: int) -> None:
        """Learn from what was seen; may change the limit.

        Args:
            seen: since the last review.
            is_strained: its readers get clearly less than others do, or mostly wait.
            most: limit of a server of which nothing bad is known.
        """
        last, self._last = self._last, seen
        self._rest = max(0, self._rest - 1)
        if self._trial is not None:
            self._judge(self._trial, seen)
        elif last is not None and _got_worse(last, seen):
            self.limit = max(1, round(last.readers))
            self._rest = REST
        elif is_strained and seen.readers > 1 and not self._rest:
            self._before, self._trial = self.limit, seen
            self.limit = max(1, int(min(seen.readers, self.limit or most) * FEWER))
        elif not is_strained and self.limit is not None and seen.readers > self.limit - 1:
            self.limit = int(self.limit * MORE) + 1
            if self.limit >= most:
                self.limit = None

    def _judge(self, before: Seen, now: Seen) -> None:
        """Keep to fewer readers if they got clearly more than in proportion; else take the others back."""
        proportion = now.readers / before.readers
        if proportion > (1 + FEWER) / 2:
            return  # those who are to leave have not left yet
        self._trial = None
        if now.rate_per_s < before.rate_per_s * (1 - (1 - proportion) * GAIN):
            self.limit = self._before
            self._rest = REST


def _got_worse(last: Seen, seen: Seen) -> bool:
    """Tell whether there are clearly more readers, and clearly less came."""
    return seen.readers > max(last.readers * CLEARLY_MORE, 1.5) and seen.rate_per_s < last.rate_per_s * CLEARLY_LESS
