"""What the text alone tells of an implicit loop: whether a formula loops, and the lengths that fixed arrays give.

Source: TTreeFormula::ResetDimensions and DefineDimensions, TTreeFormulaManager::Sync and UpdateUsedSize.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from enum import IntEnum

from overproof.analysis.draw.typed import (
    Aggregate,
    Alternative,
    Decision,
    Formula,
    Leaf,
    LoopIteration,
    Operation,
    Size,
    TextOperation,
    Typed,
)
from overproof.words.frozen import dataclass


class Multiplicity(IntEnum):
    """How often a formula is computed in an entry."""

    ONCE = 0
    FIXED = 1
    VARIABLE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """Lengths of the dimensions of a loop as far as they are the same in every entry, outermost first.

    Attributes:
        sizes: the shortest fixed length of each dimension; 1 where there is none.
        varies: whether something of variable length loops in it too.
    """

    sizes: tuple[int, ...]
    varies: tuple[bool, ...]

    @property
    def is_single(self) -> bool:
        """Tell whether the loop can have no more than one pass."""
        return math.prod(self.sizes) == 1 and not any(self.varies)


def own_nodes(node: Typed) -> Iterator[Typed]:
    """Walk over a node and what is below it in the same loop, not into what has a loop of its own."""
    yield node
    match node:
        case Operation() | TextOperation():
            for argument in node.arguments:
                yield from own_nodes(argument)
        case Decision():
            for part in (node.condition, node.yes, node.no):
                yield from own_nodes(part)
        case Alternative():
            yield from own_nodes(node.otherwise)
        case _:
            return


def multiplicity(formula: Formula) -> Multiplicity:
    """Tell how often a formula is computed, by its kinds of arrays; indices that are numbers do not change it."""
    found = Multiplicity.ONCE
    for node in own_nodes(formula.root):
        if isinstance(node, LoopIteration) or (isinstance(node, Leaf) and node.n_jagged):
            return Multiplicity.VARIABLE
        if isinstance(node, Leaf) and math.prod(node.fixed_shape) > 1:
            found = Multiplicity.FIXED
    return found


def has_one_value(formula: Formula) -> bool:
    """Tell whether a formula is the same in every pass anyway: it has neither arrays nor alternatives."""
    return not any(
        isinstance(node, LoopIteration | Alternative) or (isinstance(node, Leaf) and node.indices)
        for node in own_nodes(formula.root)
    )


def sizes_of(leaf: Leaf) -> tuple[int | None, ...]:
    """Return the length of each dimension of a leaf; None where it varies."""
    return (None,) * leaf.n_jagged + leaf.fixed_shape


def shared_lengths(formulas: Sequence[Formula]) -> Lengths:
    """Return the lengths of the loop that formulas share."""
    sizes, varies = [1], [False]
    for leaf in (leaf for formula in formulas for leaf in formula.leaves):
        depth = 0
        for size, index in zip(sizes_of(leaf), leaf.indices, strict=True):
            if isinstance(index, int) or (isinstance(index, Formula) and is_by_entry(index)):
                continue
            if depth == len(sizes):
                sizes.append(1)
                varies.append(False)
            own = _fixed_length(index) if isinstance(index, Formula) else size
            if own is None:
                varies[depth] = True
            elif sizes[depth] == 1 or own < sizes[depth]:
                sizes[depth] = own
            depth += 1
    return Lengths(sizes=tuple(sizes), varies=tuple(varies))


def is_by_entry(index: Formula) -> bool:
    """Tell whether an index is one number for each entry."""
    return multiplicity(index) is Multiplicity.ONCE


def _fixed_length(index: Formula) -> int | None:
    if multiplicity(index) is Multiplicity.VARIABLE:
        return None
    return math.prod(shared_lengths([index]).sizes)


def loops_once(formula: Formula) -> bool:
    """Tell whether a formula has exactly one pass in every entry, whatever is in the file."""
    return shared_lengths([formula]).is_single and multiplicity(formula) is not Multiplicity.VARIABLE


def all_nodes(node: Typed) -> Iterator[Typed]:
    """Walk over every node under a node, those of aggregates, alternatives and indices included."""
    for own in own_nodes(node):
        yield own
        for formula in _inner_formulas(own):
            yield from all_nodes(formula.root)


def all_leaves(node: Typed) -> Iterator[Leaf]:
    """Walk over every leaf under a node, those of aggregates, alternatives and indices included."""
    for each in all_nodes(node):
        if isinstance(each, Leaf):
            yield each
        elif isinstance(each, Size):
            yield each.leaf


def _inner_formulas(node: Typed) -> tuple[Formula, ...]:
    """Return the formulas with loops of their own in a node."""
    match node:
        case Leaf():
            return tuple(index for index in node.indices if isinstance(index, Formula))
        case Aggregate():
            return (node.formula,) if node.condition is None else (node.formula, node.condition)
        case Alternative():
            return (node.formula,)
        case _:
            return ()
