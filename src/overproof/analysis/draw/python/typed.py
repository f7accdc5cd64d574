"""The nodes of a plan in Python: names are resolved, the kind of every value is known."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a value is.

    Attributes:
        element: `"boolean"`, `"integer"` (a whole number, kept in a double) or `"real"`.
        depth: levels of lists in one entry; 0: one number for each entry.
        is_constant: the same number everywhere.
    """

    element: str
    depth: int = 0
    is_constant: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A number."""

    value: float
    kind: Kind
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A branch; dimensions of a fixed size are lists like all others."""

    name: str
    kind: Kind
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Apply:
    """A function of numbers, element by element, by the name of its kernel; arguments are broadcast."""

    kernel: str
    arguments: tuple[Typed, ...]
    kind: Kind
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """A function of awkward arrays, with options such as `axis`; the axis of entries is 0 and is never gone over."""

    function: str
    arguments: tuple[Typed, ...]
    options: tuple[tuple[str, float | int | bool | None], ...]
    kind: Kind
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is taken along one axis.

    Attributes:
        axis: 1 is that of the elements of an entry.
        at: the element at this place, which ends the axis; None: a slice, or a new axis.
        bounds: start, stop and step of a slice; None: a new axis of length 1, unless `at` is given.
    """

    axis: int
    at: int | None = None
    bounds: tuple[int | None, int | None, int | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """Elements by place: steps one after the other."""

    base: Typed
    steps: tuple[Step, ...]
    kind: Kind
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Elements by a mask or by a list of places; a mask with one value an entry picks entries."""

    base: Typed
    index: Typed
    kind: Kind
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One of two values.

    Where all are one number an entry, a side is computed only for the entries that need it.
    `left and right` has no `no`, `left or right` has no `yes`: what is missing is the condition itself.
    """

    condition: Typed
    yes: Typed | None
    no: Typed | None
    kind: Kind
    position: int


Typed: TypeAlias = Constant | Column | Apply | Lists | Pick | Filter | Decision


def moved(node: Typed, *, position: int) -> Typed:
    """Return a node with everything below it at one place: that of the name it stands for."""
    match node:
        case Apply() | Lists():
            arguments = tuple(moved(argument, position=position) for argument in node.arguments)
            return replace(node, arguments=arguments, position=position)
        case Pick():
            return replace(node, base=moved(node.base, position=position), position=position)
        case Filter():
            base, index = (moved(part, position=position) for part in (node.base, node.index))
            return replace(node, base=base, index=index, position=position)
        case Decision():
            condition = moved(node.condition, position=position)
            yes, no = (None if part is None else moved(part, position=position) for part in (node.yes, node.no))
            return replace(node, condition=condition, yes=yes, no=no, position=position)
    return replace(node, position=position)
