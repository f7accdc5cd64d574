"""The real clock."""

from __future__ import annotations

import time


class MonotonicClock:
    """The machine's monotonic clock."""

    def now(self) -> float:
        return time.monotonic()
