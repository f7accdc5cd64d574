"""Rows: what is computed in every pass of an implicit loop, whatever becomes of it."""

from __future__ import annotations

from collections.abc import Sequence

from overproof.analysis.draw.looping import all_leaves, all_nodes
from overproof.analysis.draw.typed import EntryNumber, Formula, Operation
from overproof.records.dataset import Chain
from overproof.records.schema import Schema
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Some values for every pass that is selected: a point to fill, a line of a table, an entry of a list.

    Attributes:
        values: formulas of the values, in the order of the text; may be empty.
        selection: product of cut and weight; None without both. Passes where it is 0 make no row; elsewhere it is the
            weight of the row.
        columns: branches to be read, sorted.
        chain: the files of the dataset as one long tree; None where it is not needed, or the tree is alone.
    """

    values: tuple[Formula, ...]
    selection: Formula | None
    columns: tuple[str, ...]
    chain: Chain | None = None

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """All formulas that share the loop, in the order in which they make it."""
        return self.values if self.selection is None else (self.selection, *self.values)

    @property
    def needs_chain(self) -> bool:
        """Tell whether a number of the whole chain is asked for."""
        return bool({"entry", "entries"} & self.entry_numbers)

    @property
    def entry_numbers(self) -> frozenset[str]:
        """Kinds of the numbers of entries that are asked for."""
        nodes = (node for formula in self.formulas for node in all_nodes(formula.root))
        return frozenset(node.kind for node in nodes if isinstance(node, EntryNumber))


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
    # Here: workers, which are given plans, need no parser.
    from overproof.analysis.draw.language.grammar import parse, parse_dimensions
    from overproof.analysis.draw.resolve import Resolver

    resolver = Resolver(text, schema)
    dimensions = parse_dimensions(text) if text.strip() else ()
    values = tuple(resolver.formula(each.node, takes_text=True) for each in dimensions)
    factors = [
        Resolver(factor, schema).formula(parse(factor))
        for factor in (cut, weight)
        if factor is not None and factor.strip()
    ]
    selection = _product(factors)
    formulas = values if selection is None else (*values, selection)
    columns = {leaf.branch for formula in formulas for leaf in all_leaves(formula.root)}
    return Rows(values=values, selection=selection, columns=tuple(sorted(columns)))


def _product(factors: Sequence[Formula]) -> Formula | None:
    if len(factors) < 2:
        return factors[0] if factors else None
    root = Operation(kernel="multiply", arguments=tuple(factor.root for factor in factors))
    return Formula(root=root, leaves=tuple(leaf for factor in factors for leaf in factor.leaves))
