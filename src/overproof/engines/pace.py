"""How fast a query goes, for the progress display."""

from __future__ import annotations

import threading
from collections import deque

WINDOW_S = 5.0
"""Length of the window over which current rates are measured."""


class Pace:
    """Remembers how far the query was over the last few seconds; may be asked from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._recent: deque[tuple[float, int, int]] = deque()
        self._started: tuple[float, int, int] | None = None

    def observe(self, now: float, *, n_entries: int, read_bytes: int) -> None:
        """Take down how many entries were computed and bytes read until now; the first time, the clock starts."""
        point = (now, n_entries, read_bytes)
        with self._lock:
            if self._started is None:
                self._started = point
            self._recent.append(point)
            while len(self._recent) > 1 and self._recent[1][0] <= now - WINDOW_S:
                self._recent.popleft()

    def rates(self, now: float) -> tuple[float, float]:
        """Return entries and bytes a second over the last few seconds."""
        with self._lock:
            if not self._recent:
                return 0.0, 0.0
            before = next((point for point in self._recent if point[0] >= now - WINDOW_S), self._recent[-1])
            last = self._recent[-1]
        span_s = max(1e-3, now - before[0])
        return max(0, last[1] - before[1]) / span_s, max(0, last[2] - before[2]) / span_s

    def average_rate(self, now: float) -> float:
        """Return entries a second since the first observation."""
        with self._lock:
            if self._started is None or now <= self._started[0]:
                return 0.0
            return (self._recent[-1][1] - self._started[1]) / (now - self._started[0])
