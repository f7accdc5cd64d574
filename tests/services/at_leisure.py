"""Selectors that take their time without the processor, so that tests can do something meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def slow_sums(cycles: Any) -> dict[str, Any]:
    """Wait a moment in every block; return numbers that depend on the block, and on the order of the sums."""
    import threading

    threading.Event().wait(0.03)
    return sums(cycles)


def sums(cycles: Any) -> dict[str, Any]:
    """Return the same at once."""
    total = sum(cycle.rng.normal() * 10.0 ** (cycle.number % 60 - 30) for cycle in cycles)
    return {"n": len(cycles), "total": total, "firsts": [cycles.first]}


class Noted:
    """Does the same, and leaves a line behind for every block that was computed.

    Args:
        path: of a file that all workers can write.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, cycles: Any) -> dict[str, Any]:
        outputs = slow_sums(cycles)
        with self.path.open("a") as noted:
            noted.write(f"{cycles.first}\n")
        return outputs
