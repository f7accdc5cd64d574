"""Any object with its own `+`, merged along a fixed tree over block positions.

Within a file, node (level, i) of the tree holds blocks [i * 2**level, (i + 1) * 2**level). Two siblings that are both
whole are added at once, left + right; the rest is added when the value is asked for, in an order which depends on the
set of blocks alone. Files are added by the same scheme over their places. The ranges of a block that was not computed
whole are added from left to right: their sum is its leaf. So objects whose `+` rounds, or whose order
matters, give one answer however the blocks were scheduled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from overproof.outputs.borders import merge_error, told_bytes, told_type
from overproof.outputs.kinds.interning import interned
from overproof.outputs.kinds.kind import Commit, Position
from overproof.words.errors import MergeError

Node = tuple[int, int]
"""Level from the leaves up, and place from the left."""


def has_plus(value: Any) -> bool:
    """Tell whether a value's type has a `+`."""
    return hasattr(type(value), "__add__")


@dataclass(slots=True)
class TreeFold:
    """Objects of one type, added as far as the tree allows.

    Attributes:
        object_type: of the objects.
        where: name of the output, for errors of the user's `+`.
        nodes: by file, the whole nodes of its tree that have no whole sibling.
    """

    object_type: type[Any]
    where: str
    nodes: dict[int, dict[Node, Any]]

    @classmethod
    def of(cls, value: Any, *, position: Position, where: str) -> TreeFold:
        """Make the leaf of one block, or of a range of it: a deep copy, which is never changed.

        Raises:
            MergeError: the object cannot be copied; it could not travel either.
        """
        file, index, _ = position
        try:
            kept = interned(value)
        except Exception as error:
            name = told_type(value).__name__
            raise merge_error(
                error, f"output {where}: a {name} cannot be sent to another process: copying it"
            ) from error
        return cls(type(value), where, {file: {(0, index): kept}})

    def plan(self, other: TreeFold, *, where: str) -> Commit:
        """Add siblings that meet; the user's `+` runs here, so that its failure leaves everything as it was."""
        if self.object_type is not other.object_type:
            raise MergeError(
                f"output {where}: {self.object_type.__name__} in one block and {other.object_type.__name__} in another "
                "cannot be added; return the same type from every block"
            )
        merged = {}
        for file, nodes in other.nodes.items():
            merged[file] = dict(self.nodes.get(file, {}))
            for node, value in nodes.items():
                _insert(merged[file], node, value, where=where)
        return lambda: self.nodes.update(merged)

    def value(self) -> Any:
        """Add the rest, and give a copy that shares nothing with the state."""
        files = {(0, file): _fold(nodes, where=self.where) for file, nodes in self.nodes.items()}
        return interned(_fold(files, where=self.where))

    def copy(self) -> TreeFold:
        """Copy; the objects are never changed, so they are shared."""
        return TreeFold(self.object_type, self.where, {file: dict(nodes) for file, nodes in self.nodes.items()})

    def settle(self) -> None:
        """Nothing to do: it came in memory of its own."""

    @property
    def told_type(self) -> type[Any]:
        """The type of the objects that the user knows."""
        return next(told_type(value) for nodes in self.nodes.values() for value in nodes.values())

    @property
    def size_bytes(self) -> int:
        """Estimate the memory, as far as objects tell theirs."""
        objects = [value for nodes in self.nodes.values() for value in nodes.values()]
        return sum(200 + told_bytes(value) for value in objects)


def _insert(nodes: dict[Node, Any], node: Node, value: Any, *, where: str) -> None:
    """Put a whole node in its place, adding siblings upwards."""
    if node in nodes:  # ranges of one block, which come in order before the block meets any other
        value = _add(nodes.pop(node), value, where=where)
    level, place = node
    while (level, place ^ 1) in nodes:
        sibling = nodes.pop((level, place ^ 1))
        value = _add(value, sibling, where=where) if place % 2 == 0 else _add(sibling, value, where=where)
        level, place = level + 1, place >> 1
    nodes[level, place] = value


def _fold(nodes: Mapping[Node, Any], *, where: str) -> Any:
    """Add incomplete siblings as if the missing blocks did not exist, level by level."""
    rest = dict(nodes)
    level = 0
    while len(rest) > 1:
        for here, place in sorted(node for node in rest if node[0] == level):
            value = rest.pop((here, place))
            parent = (level + 1, place >> 1)
            # The left sibling comes first in the sorted order, so it waits at the parent.
            rest[parent] = _add(rest[parent], value, where=where) if parent in rest else value
        level += 1
    return next(iter(rest.values()))


def _add(left: Any, right: Any, *, where: str) -> Any:
    """Add copies: the user's `+` may change its operands, or give one of them back."""
    try:
        return interned(left) + interned(right)
    except Exception as error:
        raise merge_error(error, f"output {where}: the `+` of {told_type(left).__name__}") from error
