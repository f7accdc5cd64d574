"""A table as a selector: columns of a block in, its rows out, in the order of entries."""

from __future__ import annotations

from typing import Any

import numpy as np

from overproof.analysis.draw.listing import ENTRY, INSTANCE, ListPlan
from overproof.analysis.selector import Selector
from overproof.columns.kernels.rows import compute_rows

N_ROWS = "n_rows"


class ScanSelector(Selector):
    """Lists the values of a plan, row by row.

    Attributes:
        plan: what is listed.
        branches: its columns, so that they are read in one go.
    """

    def __init__(self, plan: ListPlan) -> None:
        super().__init__()
        self.plan = plan
        self.branches = plan.rows.columns  # type: ignore[misc]  # the list of every instance is its own

    def process(self, events: Any) -> dict[str, Any]:
        """Return the rows of one block, and how many there are: no more rows than the whole table may have."""
        import awkward as ak

        rows = compute_rows(self.plan.rows, events)
        n_rows = len(rows.entry)
        kept = slice(0, self.plan.request.n_rows)
        listed = {
            ENTRY: np.asarray(events.entry_numbers, dtype=np.int64)[rows.entry[kept]],
            INSTANCE: rows.loop.number[kept],
            **dict(zip(self.plan.request.names, (values[kept] for values in rows.values), strict=True)),
        }
        return {"rows": ak.Array(listed), N_ROWS: n_rows}

    def terminate(self, outputs: dict[str, Any]) -> dict[str, Any]:
        """Return the columns as arrays, with no more rows than were asked for."""
        rows, n_rows = outputs.get("rows"), int(outputs.get(N_ROWS, 0))
        columns: dict[str, Any] = {}
        for name in (ENTRY, INSTANCE, *self.plan.request.names):
            empty = np.empty(0, dtype=np.int64 if name in (ENTRY, INSTANCE) else np.float64)
            columns[name] = empty if rows is None else np.asarray(rows[name])[: self.plan.request.n_rows]
        return {"columns": columns, N_ROWS: n_rows}
