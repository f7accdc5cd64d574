"""A clock for tests: time passes when the test says so."""

from __future__ import annotations


class ManualClock:
    """A `Clock` that stands still until it is advanced."""

    def __init__(self, start_s: float = 0.0) -> None:
        self._now_s = start_s

    def now(self) -> float:
        """Return the time it is set to, in seconds."""
        return self._now_s

    def advance(self, duration_s: float) -> None:
        """Let time pass.

        Raises:
            ValueError: for a negative duration; a monotonic clock never goes back.
        """
        if duration_s < 0:
            raise ValueError(f"a monotonic clock cannot be advanced by {duration_s} s: give a duration of 0 or more")
        self._now_s += duration_s
