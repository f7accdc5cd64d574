"""A table as a selector: columns of a block in, its rows out, in the order of entries."""

from __future__ import annotations

from typing import Any

import numpy as np

from overproof.analysis.draw.listing import ENTRY, INSTANCE, ColumnKind, ListPlan
from overproof.analysis.draw.rows import Rows
from overproof.analysis.selector import Selector
from overproof.columns.kernels.jagged import Doubles
from overproof.columns.kernels.listed import ListedRows, list_beside, listed
from overproof.columns.kernels.selectors.ways import INTERPRETED, Computing
from overproof.columns.kernels.texts.table import Texts

ROWS, N_ROWS = "rows", "n_rows"
"""Names of the outputs: the rows that are kept, and how many there are."""

MAX_WHOLE = 2.0**63
"""Beyond, 64 bits do not hold a whole number."""

_DTYPES: dict[ColumnKind, type] = {"number": np.float64, "whole": np.int64}


class ScanSelector(Selector):
    """Lists the values of a plan, row by row.

    Attributes:
        plan: what is listed.
        branches: its columns, so that they are read in one go.
        path: `"compiled"` or `"interpreted"`, which give the same; the latter for columns that go side by side.
    """

    def __init__(self, plan: ListPlan, *, path: str = INTERPRETED) -> None:
        super().__init__()
        self.path = path if plan.is_joint else INTERPRETED
        self._computing: Computing | None = None
        self.plan = plan
        self.branches = plan.rows.columns  # type: ignore[misc]  # the list of every instance is its own

    def process(self, events: Any) -> dict[str, Any]:
        """Return the rows of one block, and how many there are: no more rows than the whole table may have."""
        import awkward as ak

        rows = self._rows(events)
        kept = slice(0, self.plan.request.n_rows)
        numbers = np.asarray(events.entry_numbers, dtype=np.int64)[rows.entry[kept]]
        if self.plan.chain is not None:
            numbers += self.plan.chain.firsts[events.file_number]
        columns: dict[str, Any] = {ENTRY: numbers, INSTANCE: np.asarray(rows.number[kept], dtype=np.int64)}
        for name, kind, values in zip(self.plan.request.names, self.plan.kinds, rows.values, strict=True):
            columns[name] = _column(values[kept], kind, rows.texts)
        return {ROWS: ak.Array(columns), N_ROWS: len(rows.entry)}

    def _rows(self, events: Any) -> ListedRows:
        rows = self.plan.rows
        if isinstance(rows, Rows) and not self.plan.is_joint:
            return list_beside(rows, events)
        if self._computing is None:
            self._computing = Computing(rows, path=self.path)
        return listed(self._computing.compute(events))

    def terminate(self, outputs: dict[str, Any]) -> dict[str, Any]:
        """Return the columns as arrays, with no more rows than were asked for; texts are objects."""
        rows = outputs.get(ROWS)
        kinds = dict(zip(self.plan.request.names, self.plan.kinds, strict=True))
        columns: dict[str, Any] = {}
        for name in (ENTRY, INSTANCE, *self.plan.request.names):
            kind = kinds.get(name, "whole")
            column = [] if rows is None else rows[name][: self.plan.request.n_rows]
            if kind == "text":
                columns[name] = np.array([str(each) for each in column], dtype=object)
            else:
                columns[name] = np.asarray(column) if len(column) else np.empty(0, _DTYPES[kind])
        return {"columns": columns, N_ROWS: int(outputs.get(N_ROWS, 0))}


def _column(values: Doubles, kind: ColumnKind, texts: Texts) -> Any:
    """Return values as what they are: texts by their codes, whole numbers where all of them are."""
    if kind == "text":
        return texts.read(values)
    is_whole = kind == "whole" and bool((np.abs(values) < MAX_WHOLE).all())  # false where an element was not there
    return values.astype(np.int64) if is_whole else values
