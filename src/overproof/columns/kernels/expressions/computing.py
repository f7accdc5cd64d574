"""Compute an expression for the events of a file, by either path."""

from __future__ import annotations

from typing import Any

from overproof.analysis.draw.dialects import AnyRows
from overproof.columns.kernels.computed import ComputedRows
from overproof.columns.kernels.expressions.forms import form_of
from overproof.columns.kernels.rows import compute_rows


class Computing:
    """Computes some rows for the events of a file.

    Attributes:
        rows: what is computed.
        form: as what their values come out.
    """

    def __init__(self, rows: AnyRows) -> None:
        self.rows = rows
        self.form = form_of(rows)

    def compute(self, events: Any, *, n_entries: int) -> ComputedRows:
        """Compute the rows that some events have.

        Args:
            events: with the columns by name, and a length.
            n_entries: of their tree in the file.
        """
        return compute_rows(self.rows, events)
