"""How long blocks take, and when one takes too long."""

from __future__ import annotations

from collections import deque
from statistics import median

MIN_TIMEOUT_S = 60.0
"""No block is given up sooner, unless the user says so."""
TIMES_MEDIAN = 20.0
"""A block may take so many times the median of the query."""
N_KEPT = 501


class BlockTimes:
    """The times of the last few hundred packets, per block.

    Attributes:
        add: notes the mean time that the blocks of a packet took, in seconds.
    """

    __slots__ = ("_times", "add")

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=N_KEPT)
        self.add = self._times.append

    @property
    def timeout_s(self) -> float:
        """Seconds that a block may take."""
        return max(MIN_TIMEOUT_S, TIMES_MEDIAN * median(self._times)) if self._times else MIN_TIMEOUT_S
