"""The plan of a draw: everything a kernel needs to turn columns into a histogram."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from overproof.analysis.draw.binning import Binning, BinsLike, parse_bins
from overproof.analysis.draw.grammar import parse
from overproof.analysis.draw.resolve import Resolver
from overproof.analysis.draw.tokens import tokenize
from overproof.analysis.draw.typed import Aggregate, Decision, Formula, Leaf, LoopIteration, Operation, Typed
from overproof.records.schema import Schema
from overproof.words.errors import ExpressionError

DEFAULT_NAME = "draw"
"""Name of the histogram when the user gives none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawPlan:
    """One histogram of one expression; small, and can be pickled.

    Attributes:
        name: name of the histogram and of the output.
        expression: text of what is drawn; label of the axis.
        cut: text of the selection; empty without one.
        weight: text of the weight; empty without one.
        binning: the axis.
        value: what is filled.
        selection: product of cut and weight; None without both. Passes where it is 0 are not filled, the others are
            filled with it as their weight.
        columns: branches to be read, sorted.
    """

    name: str
    expression: str
    cut: str
    weight: str
    binning: Binning
    value: Formula
    selection: Formula | None
    columns: tuple[str, ...]


def make_plan(
    expression: str,
    *,
    cut: str | None = None,
    weight: str | None = None,
    bins: BinsLike = None,
    schema: Schema,
    name: str | None = None,
) -> DrawPlan:
    """Make the plan of a draw from its texts and the schema of the tree.

    Args:
        expression: what is drawn, in the grammar of TTree::Draw.
        cut: a selection; its value is a weight, as in ROOT. None or blank: everything.
        weight: multiplies the selection.
        bins: `"n, low, high"`, three numbers, or a `Binning`.
        schema: branches of the tree.
        name: name of the histogram.

    Raises:
        ExpressionError: a text that cannot be understood, with the caret under the place.
        BranchError: a name that is no branch, or a branch that holds no numbers.
        OptionError: a binning that makes no axis.
    """
    value = _formula(expression, schema, is_drawn=True)
    factors = [_formula(text, schema) for text in (cut, weight) if text is not None and text.strip()]
    selection = _product(factors)
    formulas = (value,) if selection is None else (value, selection)
    columns = {leaf.column for formula in formulas for leaf in all_leaves(formula.root)}
    return DrawPlan(
        name=name or DEFAULT_NAME,
        expression=expression.strip(),
        cut=(cut or "").strip(),
        weight=(weight or "").strip(),
        binning=parse_bins(bins),
        value=value,
        selection=selection,
        columns=tuple(sorted(columns)),
    )


def _formula(text: str, schema: Schema, *, is_drawn: bool = False) -> Formula:
    if is_drawn:
        _refuse_redirection(text)
    return _evaluated_once(Resolver(text, schema).formula(parse(text)))


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


def _product(factors: list[Formula]) -> Formula | None:
    if len(factors) < 2:
        return factors[0] if factors else None
    root = Operation(kernel="multiply", arguments=tuple(factor.root for factor in factors))
    return Formula(root=root, leaves=tuple(leaf for factor in factors for leaf in factor.leaves))


def _refuse_redirection(text: str) -> None:
    """Refuse a bare `>>` in what is drawn: there, TTree::Draw takes it for the name of a histogram."""
    depth = 0
    for token in tokenize(text):
        depth += (token.text in {"(", "["}) - (token.text in {")", "]"})
        if token.text == ">>" and depth == 0:
            raise ExpressionError(
                "`>>` means two things here: write `(a >> b)` for a shift; a histogram gets its name by --name "
                "(name= in Python), its binning by --bins (bins=)",
                text=text,
                position=token.position,
            )


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
