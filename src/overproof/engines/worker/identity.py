"""Who this process is: the user's, or one of the workers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Identity:
    """Rank among the workers that run a script; in the user's own process rank is None.

    Attributes:
        rank: 0 to `size - 1` on a worker, None in the user's process.
        size: number of workers that run the script; 0 in the user's process.
    """

    rank: int | None = None
    size: int = 0

    @property
    def is_master(self) -> bool:
        return self.rank is None


HERE = Identity()
"""This process; set once by the worker."""
