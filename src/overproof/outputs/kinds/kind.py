"""What every kind of output can do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

Position: TypeAlias = tuple[int, int, int]
"""Where an output stands in the dataset: (file, index of the block in the grid of its file, range within that block).

What has an order takes it from here; a block that was computed whole is its range 0.
"""

Rank: TypeAlias = tuple[int, int, int, int]
"""A position, and the place within the output of that range: orders keys and categories by first appearance."""

Commit: TypeAlias = Callable[[], None]
"""The second half of a merge: does it, and cannot fail."""


class State(Protocol):
    """The un-rounded sum of the values that one output had in some blocks.

    The state of a single range of a block is made by a kind's own `of`; states of one class are added by `plan` and its
    commit, and some others, by a true `adds_zero`, take blocks beside them that put out the number 0. The ranges of one
    block are added to each other first, in their order; then, whatever the order and the grouping of the merges, equal
    sets of blocks give equal values.
    """

    def plan(self, other: Any, *, where: str) -> Commit:
        """Check that `other` (of this class) can be added, touch nothing, and give what adds it.

        `other` is consumed by the commit.

        Args:
            where: name of the output, for errors.

        Raises:
            MergeError: the two cannot be added; both are as they were.
        """
        ...

    def value(self) -> Any:
        """Give the merged value in the user's type, independent of the state, which stays as it is."""
        ...

    def copy(self) -> Any:
        """Make an independent copy."""
        ...

    def settle(self) -> None:
        """Take into memory of its own what still lies in the buffer that the state came in."""
        ...

    @property
    def size_bytes(self) -> int:
        """Estimate the memory of the state."""
        ...


class Lift(Protocol):
    """Turn the value of one output in one block into a state; the registry's `lift`, handed to kinds that nest."""

    def __call__(self, value: Any, *, position: Position, where: str) -> State | None: ...
