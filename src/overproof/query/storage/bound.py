"""How many may read from one server at once."""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

LEAST = 0.5
"""To no less than so much of its readers is a server brought at once."""
MOST = 0.85
"""And to no more: from a smaller change nothing could be learned."""
MORE = 1.25
"""By so much the bound rises again while nothing speaks against it."""
STRAINED = 0.4
"""A server is strained when its readers wait for it for so much of their time."""
GAIN = 0.5
"""Readers are worth having if what comes grows by at least this part of what it would in proportion to them."""
REST = 4
"""Reviews after the first trial that did not pay, before the next one; twice as many after each further one."""
FEW = 1.5
"""With fewer readers there is nobody to send away."""
SETTLED = 2
"""Reviews that are passed over after readers have left: packets end in them that were begun before."""
CLEARLY_MORE = 1.1
"""Readers are more than before when there are so many times as many."""
CLEARLY_LESS = 0.9
"""What comes is less than before when it is so much of it."""


class Seen(NamedTuple):
    """What was seen of a server since it was reviewed last.

    Attributes:
        readers: mean number of those who read at the same time.
        rate_per_s: entries a second, of all of them together.
        waiting: part of their time in which they waited for what they read.
    """

    readers: float
    rate_per_s: float
    waiting: float


class Trial(NamedTuple):
    """Fewer readers than before, or more, to see what comes then.

    Attributes:
        limit: the limit before.
        seen: what was seen before.
        n_settled: reviews since those have left, or come, who were to; what was begun before counts for nothing.
    """

    limit: int | None
    seen: Seen
    n_settled: int = 0


class Bound:
    """Learns how many readers a server bears, from what came when there were more of them, or fewer.

    A server that is not strained bears everybody. One that is strained is tried with fewer readers: when these get
    nearly as much as all did, it stays so; when they get less in proportion, the others come back. When it is strained
    no more, it is tried with a few more, who stay if more comes then. When more have joined and less came, it is tried
    at once without them.

    Attributes:
        limit: readers that it bears; None: as many as there are.
    """

    __slots__ = ("_last", "_rest", "_rests", "_trial", "limit")

    def __init__(self) -> None:
        self.limit: int | None = None
        self._trial: Trial | None = None
        self._last: Seen | None = None
        self._rest = 0  # reviews until the next trial
        self._rests = REST

    def review(self, seen: Seen, *, most: int) -> None:
        """Learn from what was seen; may change the limit.

        Args:
            seen: since the last review.
            most: limit of a server of which nothing bad is known.
        """
        last, self._last = self._last, seen
        is_strained = seen.waiting > STRAINED
        self._rest = max(0, self._rest - 1)
        if self._trial is not None:
            self._go_on(self._trial, seen)
        elif is_strained and last is not None and _got_worse(last, seen):
            self._trial = Trial(self.limit, seen)
            self.limit = max(1, round(last.readers))
        elif self._rest or seen.readers < FEW:
            return
        elif is_strained:
            self._trial = Trial(self.limit, seen)
            readers = min(seen.readers, self.limit or most)
            self.limit = max(1, min(round(readers * min(max(1 - seen.waiting, LEAST), MOST)), ceil(readers) - 1))
        elif self.limit is not None and seen.readers > self.limit - 1:
            self._trial = Trial(self.limit, seen)
            more = int(self.limit * MORE) + 1
            self.limit = None if more >= most else more

    def _go_on(self, trial: Trial, now: Seen) -> None:
        """Keep to the new limit if what came speaks for it, or go back to the one before."""
        change = now.readers / trial.seen.readers - 1
        if trial.n_settled < SETTLED:
            goal = (self.limit or 2 * trial.seen.readers) / trial.seen.readers - 1
            has_settled = trial.n_settled > 0 or change * goal >= goal * goal / 2
            self._trial = trial._replace(n_settled=trial.n_settled + has_settled)
            return
        self._trial = None
        gain = now.rate_per_s / trial.seen.rate_per_s - 1 if trial.seen.rate_per_s else 0.0
        if gain < GAIN * change:
            self.limit, self._rest = trial.limit, self._rests
            self._rests *= 2


def _got_worse(last: Seen, seen: Seen) -> bool:
    """Tell whether there are clearly more readers, and clearly less came."""
    return seen.readers > max(last.readers * CLEARLY_MORE, 1.5) and seen.rate_per_s < last.rate_per_s * CLEARLY_LESS
