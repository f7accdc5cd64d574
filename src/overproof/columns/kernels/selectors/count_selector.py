"""Counting as a selector: the passes that are chosen, and the entries that have any."""

from __future__ import annotations

from typing import Any

from overproof.analysis.draw.dialects import AnyRows
from overproof.analysis.selector import Selector
from overproof.columns.kernels.selectors.ways import INTERPRETED, Computing


class CountSelector(Selector):
    """Counts what a selection chooses.

    Attributes:
        rows: without values.
        branches: the columns of the selection.
        path: `"compiled"` or `"interpreted"`, which give the same.
    """

    def __init__(self, rows: AnyRows, *, path: str = INTERPRETED) -> None:
        super().__init__()
        self.path = path
        self._computing: Computing | None = None
        self.rows = rows
        self.branches = rows.columns  # type: ignore[misc]  # the list of every instance is its own

    def process(self, events: Any) -> dict[str, Any]:
        """Return the numbers of one block."""
        import numpy as np  # here: whoever only sends this selector to workers needs no numbers

        if self._computing is None:
            self._computing = Computing(self.rows, path=self.path)
        entries = self._computing.compute(events).entry
        return {"entries": len(np.unique(entries)), "passes": len(entries)}

    def terminate(self, outputs: dict[str, Any]) -> dict[str, Any]:
        """Return the numbers of all blocks; 0 when none was processed."""
        return {name: int(outputs.get(name, 0)) for name in ("entries", "passes")}
