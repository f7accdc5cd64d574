"""Compute the rows of a plan on one block by a compiled function."""

from __future__ import annotations

from typing import Any

import numpy as np

from overproof.analysis.draw.dialects import AnyRows
from overproof.analysis.draw.python.rows import PythonRows
from overproof.columns.kernels.compiled.block import BlockGiven, BlockKind
from overproof.columns.kernels.compiled.fills.spill import Spill
from overproof.columns.kernels.compiled.python.rows import write_python_rows
from overproof.columns.kernels.compiled.rows import write_rows
from overproof.columns.kernels.compiled.work import Work, begin, entries_of, in_whole
from overproof.columns.kernels.computed import ComputedRows
from overproof.columns.kernels.loops.loop import Loop


class CompiledRows:
    """Computes rows, block by block; a function is compiled when the first block of its kind comes.

    Args:
        rows: what to compute.
    """

    def __init__(self, rows: AnyRows) -> None:
        self._rows = rows
        self._works: dict[BlockKind, tuple[Work, Spill]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._rows,)

    def compute(self, events: Any) -> ComputedRows:
        """Return the rows of a block, the same as `compute_rows`.

        Raises:
            BranchError: a branch is not here what it was in the first file.
            Undecided: the interpreter has to do this block.
            NotWrittenError: the interpreter has to do all blocks.
        """
        given = BlockGiven([self._rows], events)
        if given.kind not in self._works:
            with in_whole():
                self._works[given.kind] = self._write(given.kind)
        work, spill = self._works[given.kind]
        outputs = work.run(given)
        entry, number = spill.places(outputs)
        counts = np.bincount(entry, minlength=given.block.n_entries)
        return ComputedRows(
            values=spill.values(outputs),
            weights=spill.weights(outputs),
            loop=Loop(counts).at(entry, number),
            texts=given.block.texts,
        )

    def _write(self, kind: BlockKind) -> tuple[Work, Spill]:
        writer, formulas = begin(kind)
        spill = Spill(writer, "rows", has_places=True)
        if not isinstance(self._rows, PythonRows):
            formulas.count_beforehand([self._rows])
        with entries_of(writer) as entry:
            if isinstance(self._rows, PythonRows):
                write_python_rows(writer, self._rows, formulas.columns, entry, lambda row: spill.take(row, row.values))
            else:
                write_rows(formulas, self._rows, entry, lambda row: spill.take(row, row.values))
        return Work(writer, [spill]), spill
