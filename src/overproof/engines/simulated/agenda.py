"""Virtual time: what happens when."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any


class Agenda:
    """Things to come, in the order of time, and of entering among those of one moment.

    Attributes:
        now: virtual seconds; jumps from one thing to the next.
    """

    __slots__ = ("_events", "_n_events", "now")

    def __init__(self) -> None:
        self.now = 0.0
        self._events: list[tuple[float, int, Callable[..., object], tuple[Any, ...]]] = []
        self._n_events = 0

    def __len__(self) -> int:
        return len(self._events)

    def at(self, at_s: float, action: Callable[..., object], *arguments: Any) -> None:
        """Enter what is to happen at a time."""
        self._n_events += 1
        heapq.heappush(self._events, (at_s, self._n_events, action, arguments))

    def step(self) -> None:
        """Let time jump to the next thing, and let it happen."""
        self.now, _, action, arguments = heapq.heappop(self._events)
        action(*arguments)

    def clear(self) -> None:
        """Let nothing happen of all that was entered."""
        self._events.clear()
