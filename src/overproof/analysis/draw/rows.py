"""Rows: what is computed in every pass of an implicit loop, whatever becomes of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from overproof.analysis.draw.language.grammar import parse, parse_dimensions
from overproof.analysis.draw.resolve import Resolver
from overproof.analysis.draw.typed import Aggregate, Decision, Formula, Leaf, LoopIteration, Operation, Typed
from overproof.records.schema import Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Some values for every pass that is selected: a point to fill, a line of a table, an entry of a list.

    Attributes:
        values: formulas of the values, in the order of the text; may be empty.
        selection: product of cut and weight; None without both. Passes where it is 0 make no row; elsewhere it is the
            weight of the row.
        columns: branches to be read, sorted.
    """

    values: tuple[Formula, ...]
    selection: Formula | None
    columns: tuple[str, ...]


def make_rows(text: str, *, cut: str | None = None, weight: str | None = None, schema: Schema) -> Rows:
    """Make rows from their texts and the schema of the tree.

    Args:
        text: expressions with colons between them; blank for rows without values.
        cut: a selection; its value is a weight, as in ROOT. None or blank: everything.
        weight: multiplies the selection.
        schema: branches of the tree.

    Raises:
        ExpressionError: a text that cannot be understood, with the caret under the place.
        BranchError: a name that is no branch, or a branch that holds no numbers.
    """
    resolver = Resolver(text, schema)
    dimensions = parse_dimensions(text) if text.strip() else ()
    values = tuple(_evaluated_once(resolver.formula(each.node)) for each in dimensions)
    factors = [
        _evaluated_once(Resolver(factor, schema).formula(parse(factor)))
        for factor in (cut, weight)
        if factor is not None and factor.strip()
    ]
    selection = _product(factors)
    formulas = values if selection is None else (*values, selection)
    columns = {leaf.column for formula in formulas for leaf in all_leaves(formula.root)}
    return Rows(values=values, selection=selection, columns=tuple(sorted(columns)))


def _evaluated_once(formula: Formula) -> Formula:
    """Fix the only element of arrays of one where nothing else in the formula loops.

    ROOT computes such a formula once for each entry, however long the loop that it stands in.
    """
    loops = any(leaf.n_jagged or math.prod(leaf.fixed_shape) > 1 for leaf in formula.leaves)
    if loops or _counts_passes(formula.root):
        return formula
    return Formula(root=_first_elements(formula.root), leaves=formula.leaves)


def _counts_passes(node: Typed) -> bool:
    """Tell whether `Iteration$` stands under a node, outside of aggregates."""
    match node:
        case LoopIteration():
            return True
        case Operation():
            return any(map(_counts_passes, node.arguments))
        case Decision():
            return any(map(_counts_passes, (node.condition, node.yes, node.no)))
        case _:
            return False


def _first_elements(node: Typed) -> Typed:
    match node:
        case Leaf():
            return replace(node, indices=(0,) * len(node.indices))
        case Operation():
            return replace(node, arguments=tuple(_first_elements(argument) for argument in node.arguments))
        case Decision():
            condition, yes, no = (_first_elements(part) for part in (node.condition, node.yes, node.no))
            return Decision(condition=condition, yes=yes, no=no)
        case _:
            return node


def _product(factors: Sequence[Formula]) -> Formula | None:
    if len(factors) < 2:
        return factors[0] if factors else None
    root = Operation(kernel="multiply", arguments=tuple(factor.root for factor in factors))
    return Formula(root=root, leaves=tuple(leaf for factor in factors for leaf in factor.leaves))


def all_leaves(node: Typed) -> Iterator[Leaf]:
    """Walk over every leaf under a node, those of aggregates included."""
    match node:
        case Leaf():
            yield node
        case Operation():
            for argument in node.arguments:
                yield from all_leaves(argument)
        case Decision():
            for part in (node.condition, node.yes, node.no):
                yield from all_leaves(part)
        case Aggregate():
            yield from all_leaves(node.formula.root)
        case _:
            return
