"""Sets: united."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from overproof.outputs.kinds.kind import Commit
from overproof.words.errors import MergeError


@dataclass(slots=True)
class SetUnion:
    """The union of sets of one type.

    Attributes:
        set_type: `set`, `frozenset`, or the user's own.
        elements: all of them.
    """

    set_type: type[Any]
    elements: set[Any]

    @classmethod
    def of(cls, value: Any) -> SetUnion:
        """Copy one set."""
        return cls(type(value), set(value))

    def plan(self, other: SetUnion, *, where: str) -> Commit:
        """Check the type."""
        if self.set_type is not other.set_type:
            raise MergeError(
                f"output {where}: {self.set_type.__name__} in one block and {other.set_type.__name__} in another "
                "cannot be united; return the same type from every block"
            )
        return lambda: self.elements.update(other.elements)

    def value(self) -> Any:
        """Give the union, filled in sorted order where there is one: iteration then forgets who came first."""
        try:
            elements = sorted(self.elements)
        except TypeError:
            elements = list(self.elements)
        return self.set_type(elements)

    def copy(self) -> SetUnion:
        """Make an independent copy."""
        return SetUnion(self.set_type, set(self.elements))

    @property
    def size_bytes(self) -> int:
        """Estimate the memory."""
        return 200 + 80 * len(self.elements)
