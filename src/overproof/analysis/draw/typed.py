"""The nodes of a plan: names are resolved, spellings are settled, loops are known."""

from __future__ import annotations

from typing import TypeAlias

from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A number."""

    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text, known by its code among the texts of a block."""

    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A branch with its indices.

    Attributes:
        column: what is read: the name of the branch, or another one for its texts where it can be both.
        n_jagged: its variable-length dimensions.
        fixed_shape: its fixed dimensions behind these.
        indices: one for each dimension, outermost first; None loops, a formula is computed in every pass.
        text_of: branch whose texts are read, as codes; empty: numbers are.
    """

    column: str
    n_jagged: int
    fixed_shape: tuple[int, ...]
    indices: tuple[int | Formula | None, ...]
    text_of: str = ""

    @property
    def branch(self) -> str:
        """Name of the branch."""
        return self.text_of or self.column


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A function of numbers, by the name of its kernel."""

    kernel: str
    arguments: tuple[Typed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOperation:
    """A number made of texts: `"contains"` or `"length"`."""

    kind: str
    arguments: tuple[Typed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many elements a branch has in an entry, outermost dimension."""

    leaf: Leaf


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
    """`"sum"`, `"max"`, `"min"` or `"length"` of a formula with a loop of its own: one number an entry.

    Attributes:
        condition: of the passes that count; shares the loop. None: all do.
    """

    kind: str
    formula: Formula
    condition: Formula | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """`Alt$(x, y)`: the pass of `x`, which has a loop of its own, with the same number; `y` where `x` has none."""

    formula: Formula
    otherwise: Typed


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryNumber:
    """`"entry"` or `"entries"` of the chain, `"local_entry"` or `"local_entries"` of the tree."""

    kind: str


@dataclass(frozen=True, slots=True)
class LoopLength:
    """`Length$`: passes of the loop in this entry."""


@dataclass(frozen=True, slots=True)
class LoopIteration:
    """`Iteration$`: number of the pass, from 0."""


Typed: TypeAlias = (
    Constant
    | Text
    | Leaf
    | Operation
    | TextOperation
    | Size
    | Decision
    | Aggregate
    | Alternative
    | EntryNumber
    | LoopLength
    | LoopIteration
)
