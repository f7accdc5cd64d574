"""Tell equal nodes of plans, in time that grows as they do.

A formula holds its branches twice, in its expression and by themselves, and those hold formulas as indices: comparing
or hashing one as a dataclass goes through everything again and again.
"""

from __future__ import annotations

import struct
from collections.abc import Hashable
from typing import Any


class NodeNumbers:
    """Gives equal nodes one number, and different ones different numbers; NaN is equal to itself, -0 is not 0."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._known: dict[int, tuple[int, Any]] = {}

    def of(self, node: Any) -> int:
        """Return the number of a node."""
        known = self._known.get(id(node))
        if known is None:
            key = (type(node), *(self._part(getattr(node, name)) for name in node.__dataclass_fields__))
            number = self._numbers.setdefault(key, len(self._numbers))
            known = self._known[id(node)] = (number, node)  # which is kept, so that nothing else gets its address
        return known[0]

    def _part(self, value: Any) -> Hashable:
        if isinstance(value, tuple):
            return tuple(map(self._part, value))
        if isinstance(value, float):
            return struct.pack("d", value)
        return ("node", self.of(value)) if hasattr(value, "__dataclass_fields__") else value
