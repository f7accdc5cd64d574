"""A plugin of pytest: our executor stands in coffea's place of its own local ones, before its tests are imported."""

from __future__ import annotations

from typing import Any

import coffea.processor

import overproof as op

OF_POOLS = ("pool", "mergepool", "merging", "tailtimeout")
"""Arguments that say how a pool of futures is made, and how it merges."""


def executor(**said: Any) -> Any:
    """Make ours in the way in which theirs are made."""
    rest = {name: value for name, value in said.items() if name not in OF_POOLS}
    return op.coffea.Executor(**{"workers": 2, **rest})


for name in ("FuturesExecutor", "IterativeExecutor"):
    setattr(coffea.processor, name, executor)
