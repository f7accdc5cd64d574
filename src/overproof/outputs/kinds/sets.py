"""Sets: united."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from overproof.outputs.kinds.keys import Key, Unequal, key_of, order_of
from overproof.outputs.kinds.kind import Commit, Position
from overproof.words.errors import MergeError


@dataclass(slots=True)
class SetUnion:
    """The union of sets of one type.

    Attributes:
        set_type: `set`, `frozenset`, or the user's own.
        elements: first position, and the element as it was there (1, 1.0 and True are equal).
    """

    set_type: type[Any]
    elements: dict[Key, tuple[Position, Any]]

    @classmethod
    def of(cls, value: Any, *, position: Position) -> SetUnion:
        """Copy one set."""
        return cls(type(value), {key_of(element): (position, element) for element in value})

    def plan(self, other: SetUnion, *, where: str) -> Commit:
        """Check the type, and find what the other had first."""
        if self.set_type is not other.set_type:
            raise MergeError(
                f"output {where}: {self.set_type.__name__} in one block and {other.set_type.__name__} in another "
                "cannot be united; return the same type from every block"
            )
        changed = {}
        for key, theirs in other.elements.items():
            mine = self.elements.get(key)
            if mine is None or theirs[0] < mine[0]:
                changed[key] = theirs
        return lambda: self.elements.update(changed)

    def value(self) -> Any:
        """Give the union, filled in one order whatever came first: iteration then forgets it too."""
        ordered = sorted(self.elements.values(), key=lambda each: (order_of(each[1]), each[0]))
        # A NaN is hashed by its address: always the same one, so that its place among the others is.
        return self.set_type([math.nan if key_of(element) is Unequal.NAN else element for _, element in ordered])

    def copy(self) -> SetUnion:
        """Make an independent copy."""
        return SetUnion(self.set_type, dict(self.elements))

    def settle(self) -> None:
        """Nothing to do: it came in memory of its own."""

    @property
    def size_bytes(self) -> int:
        """Estimate the memory."""
        return 200 + 180 * len(self.elements)
