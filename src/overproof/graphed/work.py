"""What a worker does with a task of a plan."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any


class Process:
    """A plan's function of a partition, with the files that are open on a worker.

    Args:
        process: of a partition and resources.
    """

    def __init__(self, process: Callable[[Any, Any], Any]) -> None:
        self._process = process

    def __call__(self, partition: Any) -> Any:
        return self._process(partition, resources_here())


@cache
def resources_here() -> Any:
    """Return what keeps files open in this process, from task to task and plan to plan."""
    from graphed.core.execution import LocalResources

    return LocalResources()
