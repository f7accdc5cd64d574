"""What a driver needs of time."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """A monotonic clock; drivers take one, so that tests and simulations can bring their own."""

    def now(self) -> float:
        """Return seconds since an arbitrary start; never goes back."""
        ...
