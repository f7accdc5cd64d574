"""Rows in Python: what is computed in awkward's way, and made flat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from overproof.analysis.draw.python.typed import Apply, Column, Decision, Filter, Lists, Pick, Typed
from overproof.records.dataset import Chain
from overproof.records.schema import Schema
from overproof.words.frozen import dataclass

if TYPE_CHECKING:
    from overproof.analysis.draw.python import syntax


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """An expression, with the text that its places count in."""

    root: Typed
    text: str

    @property
    def is_whole(self) -> bool:
        """Tell whether the values are booleans or whole numbers."""
        return self.root.kind.element != "real"


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonRows:
    """Some values for every element that is selected, in the Python dialect.

    Values, cut and weight are broadcast to one another and made flat; what is None in one of them makes no row.

    Attributes:
        values: formulas of the values, in the order of the text; may be empty.
        cut: a mask or a weight; None: everything. One value an entry picks entries before anything else is computed.
        weight: multiplies the cut.
        columns: branches to be read, sorted.
        chain: the files of the dataset as one long tree; nothing here needs it.
    """

    values: tuple[Formula, ...]
    cut: Formula | None
    weight: Formula | None
    columns: tuple[str, ...]
    chain: Chain | None = None

    @property
    def needs_chain(self) -> bool:
        """Tell whether a number of the whole chain is asked for: there is no name for one."""
        return False


def make_python_rows(
    text: str,
    *,
    cut: str | None = None,
    weight: str | None = None,
    schema: Schema,
    aliases: Mapping[str, str] | None = None,
) -> PythonRows:
    """Make rows from their texts in Python and the schema of the tree.

    Args:
        text: expressions with colons between them; blank for rows without values.
        cut: a mask or a weight. None or blank: everything.
        weight: multiplies the cut.
        schema: branches of the tree.
        aliases: names of the user for expressions in this dialect.

    Raises:
        ExpressionError: a text that cannot be understood, with the caret under the place.
        BranchError: a name that is no branch, or a branch that holds no numbers.
    """
    # Here: workers, which are given plans, need no parser.
    from overproof.analysis.draw.python.reading import read_dimensions, read_expression

    dimensions = read_dimensions(text) if text.strip() else ()
    values = tuple(_formula(each.node, text, schema, aliases or {}) for each in dimensions)
    cut_formula, weight_formula = (
        _formula(read_expression(factor), factor, schema, aliases or {})
        if factor is not None and factor.strip()
        else None
        for factor in (cut, weight)
    )
    given = [formula for formula in (*values, cut_formula, weight_formula) if formula is not None]
    columns = {column.name for formula in given for column in all_columns(formula.root)}
    return PythonRows(values=values, cut=cut_formula, weight=weight_formula, columns=tuple(sorted(columns)))


def _formula(node: syntax.Node, text: str, schema: Schema, aliases: Mapping[str, str]) -> Formula:
    from overproof.analysis.draw.python.calls import resolve_call, unflattened
    from overproof.analysis.draw.python.resolve import Resolver

    resolver = Resolver(text, schema, calls=resolve_call, aliases=aliases)
    return Formula(root=resolver.typed(unflattened(node)), text=text)


def all_columns(node: Typed) -> Iterator[Column]:
    """Walk over every branch under a node."""
    match node:
        case Column():
            yield node
        case Apply() | Lists():
            for argument in node.arguments:
                yield from all_columns(argument)
        case Pick():
            yield from all_columns(node.base)
        case Filter():
            yield from all_columns(node.base)
            yield from all_columns(node.index)
        case Decision():
            for part in (node.condition, node.yes, node.no):
                if part is not None:
                    yield from all_columns(part)
        case _:
            return
