"""A table as a user writes it, and what is computed for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Literal, TypeAlias

from overproof.analysis.draw.axes.whole import is_whole
from overproof.analysis.draw.dialects import AnyRows, Dialect, check_dialect, check_piece, read_pieces, rows_in
from overproof.analysis.draw.looping import shared_lengths
from overproof.analysis.draw.names.texts import is_text
from overproof.analysis.draw.python.rows import PythonRows
from overproof.analysis.draw.request import check_aliases, check_text
from overproof.records.dataset import Chain
from overproof.records.schema import Schema
from overproof.words.errors import OptionError
from overproof.words.frozen import dataclass
from overproof.words.naming import free_name

ENTRY, INSTANCE = "entry", "instance"
"""Columns that every table of a loop begins with."""


ColumnKind: TypeAlias = Literal["number", "whole", "text"]
"""Doubles, whole numbers of a branch, or texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRequest:
    """A table that is asked for.

    Attributes:
        text: expressions with colons between them.
        names: of the columns, one for each expression.
        cut: text; empty without one.
        n_rows: rows to keep, from the start; None: all.
        aliases: names for expressions, beside those of the tree.
        dialect: of all texts.
    """

    text: str
    names: tuple[str, ...]
    cut: str
    n_rows: int | None
    aliases: Mapping[str, str] = field(default_factory=dict)
    dialect: Dialect = "root"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPlan:
    """What is computed for a table; small, and can be pickled.

    Attributes:
        request: what the user wrote.
        rows: what is computed, one value for each column.
        kinds: what the values of each column are.
        chain: the files as one long tree, by which entries are counted; None where there is one file.
    """

    request: ListRequest
    rows: AnyRows
    kinds: tuple[ColumnKind, ...]
    chain: Chain | None = None

    @property
    def is_joint(self) -> bool:
        """Tell whether its columns go through one loop, as those of a histogram do.

        They do in Python, with a cut that loops, and where every entry has one value of each column. All others go
        side by side, each to its own end.
        """
        if isinstance(self.rows, PythonRows):
            return True
        if self.rows.selection is not None and not shared_lengths([self.rows.selection]).is_single:
            return True
        has_elements = any(leaf.n_jagged for formula in self.rows.formulas for leaf in formula.leaves)
        return not has_elements and shared_lengths(self.rows.formulas).is_single


def read_listing(
    columns: str | Sequence[str],
    *,
    cut: str | None = None,
    rows: int | None = None,
    aliases: Mapping[str, str] | None = None,
    dialect: str = "root",
) -> ListRequest:
    """Read the texts of a table.

    Args:
        columns: expressions, as a list or with colons between them; none for rows that are only counted.
        cut: a selection. None or blank: everything.
        rows: rows to keep, from the start; None: all.
        aliases: names for expressions, beside those of the tree.
        dialect: `"root"` or `"python"`, of all texts.

    Raises:
        ExpressionError: a text that cannot be understood, with the caret under the place.
        OptionError: no column, or a number of rows that makes no sense.
    """
    spoken = check_dialect(dialect)
    texts = [columns] if isinstance(columns, str) or not isinstance(columns, Iterable) else list(columns)
    if rows is not None and (isinstance(rows, bool) or not isinstance(rows, int) or rows < 1):
        raise OptionError(f"rows={rows!r}: give a whole number, at least 1")
    if not all(isinstance(text, str) for text in texts):
        raise OptionError(f"columns={columns!r}: give expressions, as in 'nMuon:MET_pt' or ['nMuon', 'MET_pt']")
    names: list[str] = []
    for text in texts:
        for piece in read_pieces(text, dialect=spoken):
            names.append(free_name(piece.text, {ENTRY, INSTANCE, *names}))
    check_text("cut", cut)
    check_piece(cut or "", dialect=spoken)
    return ListRequest(
        text=":".join(texts),
        names=tuple(names),
        cut=(cut or "").strip(),
        n_rows=rows,
        aliases=check_aliases(aliases),
        dialect=spoken,
    )


def plan_listing(request: ListRequest, *, schema: Schema) -> ListPlan:
    """Make the plan of a table with the schema of the tree.

    Raises:
        ExpressionError: a text that cannot be understood, with the caret under the place.
        BranchError: a name that is no branch, or a branch that cannot be listed.
    """
    rows = rows_in(request.dialect, request.text, cut=request.cut, schema=schema, aliases=request.aliases)
    return ListPlan(request=request, rows=rows, kinds=_kinds(rows, schema))


def _kinds(rows: AnyRows, schema: Schema) -> tuple[ColumnKind, ...]:
    if isinstance(rows, PythonRows):
        return tuple("whole" if value.is_whole else "number" for value in rows.values)
    dtypes = {branch.name: branch.dtype for branch in schema.branches}
    kinds: list[ColumnKind] = []
    for value in rows.values:
        whole: ColumnKind = "whole" if is_whole(value.root, dtypes=dtypes) else "number"
        kinds.append("text" if is_text(value.root) else whole)
    return tuple(kinds)
