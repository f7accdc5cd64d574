"""Axes of histograms: are two the same, and where do grown ones meet.

An axis that cannot grow must be equal in every block. One that grows is merged by its type:

- Regular: all blocks' axes lie on one lattice of bins, counted from the axis of the first position; ranges are united;
- Integer: ranges are united;
- Variable: an edge stays unless it lies inside a bin of some block, where nobody can tell the two sides apart;
- categories: united, in the order of their first appearance (file, block, place within the block).
"""

from __future__ import annotations

import copy
from dataclasses import field, replace
from fractions import Fraction
from hashlib import blake2b
from typing import Any, Final

import numpy as np

from overproof.outputs.cells import Ints
from overproof.outputs.kinds.interning import interned
from overproof.outputs.kinds.kind import Position, Rank
from overproof.words.errors import MergeError
from overproof.words.frozen import dataclass

_MAX_EDGES_SHOWN: Final = 50
"""An axis of more bins is told by the hash of its edges."""

_LATTICE_TOLERANCE: Final = 1e-6
"""How far, in bins, the rounding of a growing Regular axis may put it off its lattice."""


@dataclass(slots=True, frozen=True)
class AxisSum:
    """One axis as merged so far; never changed, only replaced.

    Attributes:
        position: of the block whose axis is `axis`, the first one so far.
        axis: that axis; gives type, metadata and, when it cannot grow, everything.
        fixed: what must be equal in all blocks: facts by name, for errors.
        start: Regular and Integer that grow: first bin, on the lattice of `axis` (Integer: the value itself).
        size: bins, without flow.
        edges: Variable that grows: edges that stay.
        labels: categories that grow, in the order of the cells; value: first appearance.
    """

    position: Position
    axis: Any
    fixed: dict[str, Any]
    start: int = 0
    size: int = 0
    edges: tuple[float, ...] = ()
    labels: dict[Any, Rank] = field(default_factory=dict)

    @classmethod
    def of(cls, axis: Any, *, position: Position) -> AxisSum:
        """Describe the axis of one block's histogram."""
        kind, traits = type(axis).__name__, axis.traits
        fixed: dict[str, Any] = {"type": kind, "name": getattr(axis, "name", ""), "traits": traits}
        axis = copy.copy(axis)
        axis.__dict__ = interned(axis.__dict__)
        result = cls(position, axis, fixed, size=axis.size)
        if not traits.growth:
            fixed |= _bins(axis, kind)
            return result
        if kind == "Integer":
            return replace(result, start=int(axis.edges[0]))
        if kind == "Variable":
            return replace(result, edges=tuple(axis.edges.tolist()))
        if kind in ("IntCategory", "StrCategory"):
            return replace(result, labels={label: (*position, place) for place, label in enumerate(axis)})
        return result

    @property
    def extent(self) -> int:
        """Bins, flow included."""
        traits = self.axis.traits
        return self.size + int(traits.underflow) + int(traits.overflow)

    def check(self, other: AxisSum, *, where: str) -> None:
        """Make sure that both can be merged.

        Raises:
            MergeError: saying what differs.
        """
        for fact, mine in self.fixed.items():
            theirs = other.fixed.get(fact)
            if mine != theirs:
                raise MergeError(
                    f"output {where}: axes of different {fact}: {mine!r} in one block, {theirs!r} in another; "
                    "make the same axes in every block, or let them grow (growth=True)"
                )

    def joined(self, other: AxisSum, *, where: str) -> tuple[AxisSum, Ints | None, Ints | None]:
        """Merge two axes.

        Returns:
            The merged axis; and for the old bins (flow included) of each of both their places in it, None: unchanged.

        Raises:
            MergeError: saying what differs.
        """
        self.check(other, where=where)
        kind, grows = self.fixed["type"], self.axis.traits.growth
        if not grows:
            merged = self if self.position <= other.position else other
        elif kind == "Integer":
            merged = self._joined_range(other, shift=0)
        elif kind == "Regular":
            merged = self._joined_range(other, shift=self._lattice_shift(other, where=where))
        elif kind == "Variable":
            merged = self._joined_edges(other)
        else:
            merged = self._joined_labels(other)
        return merged, self._places_in(merged, where=where), other._places_in(merged, where=where)

    def built(self) -> tuple[Any, Ints | None]:
        """Make the axis of the result; and, where the cells stand in another order, the places they belong to."""
        kind = self.fixed["type"]
        places: Ints | None = None
        if not self.axis.traits.growth:
            axis = copy.copy(self.axis)
        elif kind == "Regular":
            axis = type(self.axis)(self.size, *self._range(), growth=True, **_flow(self.axis))
        elif kind == "Integer":
            axis = type(self.axis)(self.start, self.start + self.size, growth=True, **_flow(self.axis))
        elif kind == "Variable":
            axis = type(self.axis)(list(self.edges), growth=True, **_flow(self.axis))
        else:
            ordered = sorted(map(interned, self.labels), key=self.labels.__getitem__)
            place = {label: i for i, label in enumerate(ordered)}
            places = np.array([place[label] for label in self.labels], dtype=np.int64)
            axis = type(self.axis)(ordered, growth=True)
        axis.__dict__ = interned(self.axis.__dict__)
        return axis, places

    def _range(self) -> tuple[float, float]:
        """Place the merged range on the lattice of `axis`, rounding each end once."""
        low, high = float(self.axis.edges[0]), float(self.axis.edges[-1])
        size = self.axis.size
        if (self.start, self.size) == (0, size):
            return low, high
        width = (Fraction(high) - Fraction(low)) / size
        return float(low + self.start * width), float(low + (self.start + self.size) * width)

    def _lattice_shift(self, other: AxisSum, *, where: str) -> int:
        """Count the bins from the start of my lattice to that of the other's."""
        (low, width), (their_low, their_width) = _lattice(self.axis), _lattice(other.axis)
        bins = (their_low - low) / width
        reach = max(abs(other.start) + other.size, 1)
        off = max(abs(bins - round(bins)), reach * abs(their_width / width - 1))
        if off > _LATTICE_TOLERANCE:
            raise MergeError(
                f"output {where}: growing Regular axes on different lattices: bins of {width!r} from {low!r} in one "
                f"block, of {their_width!r} from {their_low!r} in another; start from the same bins in every block"
            )
        return round(bins)

    def _joined_range(self, other: AxisSum, *, shift: int) -> AxisSum:
        start = min(self.start, other.start + shift)
        stop = max(self.start + self.size, other.start + shift + other.size)
        if self.position <= other.position:
            return replace(self, start=start, size=stop - start)
        return replace(other, start=start - shift, size=stop - start)

    def _joined_edges(self, other: AxisSum) -> AxisSum:
        kept = [e for e in self.edges if not _is_inside(e, other.edges)]
        kept += [e for e in other.edges if not _is_inside(e, self.edges)]
        edges = tuple(sorted(set(kept)))
        first = self if self.position <= other.position else other
        return replace(first, edges=edges, size=len(edges) - 1)

    def _joined_labels(self, other: AxisSum) -> AxisSum:
        labels = dict(self.labels)
        for label, rank in other.labels.items():
            labels[label] = min(rank, labels.get(label, rank))
        first = self if self.position <= other.position else other
        return replace(first, labels=labels, size=len(labels))

    def _places_in(self, merged: AxisSum, *, where: str) -> Ints | None:
        """Find the place of each of my bins, flow included, in a merged axis."""
        kind, under = self.fixed["type"], int(self.axis.traits.underflow)
        if not self.axis.traits.growth:
            return None
        if kind in ("Regular", "Integer"):
            shift = merged._lattice_shift(self, where=where) if kind == "Regular" else 0
            inner = np.arange(self.size) + (self.start + shift - merged.start)
        elif kind == "Variable":
            inner = np.searchsorted(merged.edges, self.edges[:-1], side="right") - 1
        else:
            place = {label: i for i, label in enumerate(merged.labels)}
            inner = np.array([place[label] for label in self.labels], dtype=np.int64)
        if self.size == merged.size and np.array_equal(inner, np.arange(self.size)):
            return None
        places = np.empty(self.extent, dtype=np.int64)
        places[under : under + self.size] = inner + under
        if under:
            places[0] = 0
        if self.axis.traits.overflow:
            places[-1] = merged.extent - 1
        return places


def _bins(axis: Any, kind: str) -> dict[str, Any]:
    """Collect what makes the bins of an axis that cannot grow, in few words also where there are many bins."""
    if kind in ("IntCategory", "StrCategory"):
        return {"categories": tuple(axis)}
    transform = getattr(axis, "transform", None)
    return {"transform": None if transform is None else repr(transform), "edges": _edges(axis, kind)}


def _edges(axis: Any, kind: str) -> str:
    """Write down what tells the edges of an axis from those of all others."""
    if kind == "Variable" and axis.size > _MAX_EDGES_SHOWN:
        edges = axis.edges
        digest = blake2b(edges.tobytes(), digest_size=16).hexdigest()
        return f"{axis.size} bins from {float(edges[0])!r} to {float(edges[-1])!r} (hash {digest})"
    if kind == "Variable":
        return str(axis.edges.tolist())
    # Equal steps: the first bin and the last one, to the last bit, have all that there is to know.
    return f"{axis.size} bins from {axis.bin(0)} to {axis.bin(axis.size - 1)}"


def _flow(axis: Any) -> dict[str, bool]:
    return {"underflow": axis.traits.underflow, "overflow": axis.traits.overflow}


def _lattice(axis: Any) -> tuple[float, float]:
    low, high = float(axis.edges[0]), float(axis.edges[-1])
    return low, (high - low) / axis.size


def _is_inside(edge: float, edges: tuple[float, ...]) -> bool:
    """Tell whether an edge lies strictly inside one of the bins between `edges`."""
    return edges[0] < edge < edges[-1] and edge not in edges
