"""The nodes of a plan: names are resolved, spellings are settled, loops are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A number."""

    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A branch with its indices.

    Attributes:
        column: name of the branch.
        n_jagged: its variable-length dimensions.
        fixed_shape: its fixed dimensions behind these.
        indices: one for each dimension, outermost first; None loops.
    """

    column: str
    n_jagged: int
    fixed_shape: tuple[int, ...]
    indices: tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A function of numbers, by the name of its kernel."""

    kernel: str
    arguments: tuple[Typed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`condition ? yes : no`; `a && b` and `a || b` are decisions too, with a `truth` on the side that is looked at.

    What is not chosen is not looked at, so that an element missing there does no harm.
    """

    condition: Typed
    yes: Typed
    no: Typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """An expression with the leaves that make its loop.

    Attributes:
        root: the expression.
        leaves: every appearance of a branch outside of aggregates, in the order of the text.
    """

    root: Typed
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """`"sum"`, `"max"`, `"min"` or `"length"` of a formula with a loop of its own: one number an entry."""

    kind: str
    formula: Formula


@dataclass(frozen=True, slots=True)
class LoopLength:
    """`Length$`: passes of the loop in this entry."""


@dataclass(frozen=True, slots=True)
class LoopIteration:
    """`Iteration$`: number of the pass, from 0."""


Typed: TypeAlias = Constant | Leaf | Operation | Decision | Aggregate | LoopLength | LoopIteration
