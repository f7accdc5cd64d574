"""An expression of the draw language that a selector calls with its events."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from overproof.analysis.draw.beforehand import OF_ALL_FILES, check_beforehand
from overproof.analysis.draw.dialects import check_dialect, check_piece, read_pieces, rows_in
from overproof.analysis.draw.names.texts import is_text
from overproof.analysis.draw.python.beforehand import check_python_beforehand
from overproof.analysis.draw.python.rows import PythonRows
from overproof.analysis.draw.request import check_aliases, check_text
from overproof.analysis.draw.rows import Rows
from overproof.columns.kernels.computed import ComputedRows
from overproof.columns.kernels.expressions.forms import flat_values, take_form
from overproof.columns.kernels.expressions.meaning import Meaning, meaning_of
from overproof.columns.kernels.expressions.offered import Offer, offer_of
from overproof.columns.views import View
from overproof.records.schema import Branch, Schema
from overproof.words.errors import ExpressionError, OptionError

_KINDS_KEPT = 8
"""Kinds of events, by the columns that were added to them, of which one expression remembers what it means there."""


def compile(  # noqa: A001 - as in `re.compile`, it is called by the name of its module
    expression: str,
    *,
    cut: str | None = None,
    aliases: Mapping[str, str] | None = None,
    dialect: str = "root",
) -> Expression:
    """Make an expression of the draw language that a selector can call with its events.

    Args:
        expression: as in `Session.draw`; with colons between several that share a loop.
        cut: leaves values out where it is 0; it is no weight here. None or blank: nothing is left out.
        aliases: names for expressions, beside those of the tree.
        dialect: `"root"`: the grammar of TTree::Draw; `"python"`: Python, with the meaning of awkward arrays.

    Raises:
        ExpressionError: a text that cannot be understood, with the caret under the place.
        OptionError: another keyword that makes no sense.
    """
    return Expression(expression, cut=cut, aliases=aliases, dialect=dialect)


class Expression:
    """An expression of the draw language, called with events: `mass(events)`.

    What names mean is looked up in every file. Values are doubles; those of a comparison are true or false.

    Attributes:
        text: of the expression.
        cut: text; empty without one.
        aliases: names for expressions.
        dialect: of all texts.
    """

    def __init__(self, text: str, *, cut: str | None, aliases: Mapping[str, str] | None, dialect: str) -> None:
        self.dialect = check_dialect(dialect)
        check_text("expression", text)
        check_text("cut", cut)
        self.text, self.cut = (text or "").strip(), (cut or "").strip()
        if not self.text:
            raise OptionError("op.compile: the expression is missing: write what is to be computed")
        self._pieces = read_pieces(self.text, dialect=self.dialect)
        check_piece(self.cut, dialect=self.dialect)
        self.aliases = check_aliases(aliases)
        check = check_python_beforehand if self.dialect == "python" else check_beforehand
        check(self.text, cut=self.cut, aliases=self.aliases)
        self._schema: Schema | None = None
        self._meanings: dict[tuple[Branch, ...], Meaning] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        make = partial(Expression, self.text, cut=self.cut, aliases=self.aliases, dialect=self.dialect)
        return (make, ())

    def __repr__(self) -> str:
        said = [repr(self.text)]
        said += [f"cut={self.cut!r}"] if self.cut else []
        said += [f"dialect={self.dialect!r}"] if self.dialect != "root" else []
        return f"op.compile({', '.join(said)})"

    def __call__(self, events: Any) -> Any:
        """Compute the expression for some events.

        Args:
            events: of a block, or fewer of them; or an awkward record array.

        Returns:
            An array with one item for each of the events; a tuple of these for several expressions. The items are
            numbers (a numpy array) where every event has one; lists where the expression loops; else numbers, or None
            for events without one. Which of these depends on the expression and the types of the branches alone.

        Raises:
            ExpressionError: something that cannot be computed from these events, with the caret under the place.
            BranchError: no such branch, or one that is not what it was.
            ReadError: a column could not be read.
        """
        meaning, rows = self._computed(events)
        return self._one_or_all(take_form(rows, meaning.form, n_entries=len(events)))

    def flat(self, events: Any) -> Any:
        """Compute the values alone, as a draw fills them: flat, without those that are left out or not there.

        Returns:
            A numpy array; a tuple of these, all of one length, for several expressions.

        Raises:
            ExpressionError, BranchError, ReadError: as when it is called.
        """
        meaning, rows = self._computed(events)
        return self._one_or_all(flat_values(rows, meaning.form))

    @property
    def meanings(self) -> tuple[Meaning, ...]:
        """What it meant in the last file, for each kind of events that it was called with."""
        return tuple(self._meanings.values())

    def _one_or_all(self, values: tuple[Any, ...]) -> Any:
        return values[0] if len(self._pieces) == 1 else values

    def _computed(self, events: Any) -> tuple[Meaning, ComputedRows]:
        offer = offer_of(events)
        if self._schema is not offer.schema or offer.added not in self._meanings:
            self._understand(offer, is_block=isinstance(events, View))
        meaning = self._meanings[offer.added]
        return meaning, meaning.computing.compute(events)

    def _understand(self, offer: Offer, *, is_block: bool) -> None:
        """Look the names up in what events offer."""
        rows = rows_in(self.dialect, self.text, cut=self.cut, schema=offer.all_branches(), aliases=self.aliases)
        if not isinstance(rows, PythonRows):
            self._check(rows, is_block=is_block)
        earlier = self._meanings.get(offer.added)
        if self._schema is not offer.schema or len(self._meanings) >= _KINDS_KEPT:
            self._schema = offer.schema
            self._meanings = {}
        self._meanings[offer.added] = meaning_of(rows, offer, earlier=earlier)

    def _check(self, rows: Rows, *, is_block: bool) -> None:
        """Refuse what has no answer here, or is no number.

        Raises:
            ExpressionError: such a thing.
        """
        for piece, value in zip(self._pieces, rows.values, strict=True):
            if is_text(value.root):
                raise self._error('this is a text: take it from the events, as in `events["name"]`', piece.position)
        if rows.needs_chain:
            raise self._error(OF_ALL_FILES)  # named in an alias of the file
        if rows.entry_numbers and not is_block:
            raise self._error("an array has no numbers of entries: give the events of a block")

    def _error(self, problem: str, position: int = 0) -> ExpressionError:
        return ExpressionError(problem, text=self.text, position=position)
