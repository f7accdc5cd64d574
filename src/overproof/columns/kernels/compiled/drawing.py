"""Fill the histograms of some plans with one compiled function for each kind of block."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from overproof.analysis.draw.axes import Growing
from overproof.analysis.draw.dialects import AnyRows
from overproof.analysis.draw.plan import DrawPlan
from overproof.analysis.draw.python.rows import PythonRows
from overproof.columns.kernels.compiled.block import BlockGiven, BlockKind
from overproof.columns.kernels.compiled.fills.bins import write_is_apart
from overproof.columns.kernels.compiled.fills.cells import Cells, HistogramCells, Outputs, ProfileCells
from overproof.columns.kernels.compiled.fills.spill import Spill
from overproof.columns.kernels.compiled.formulas import Formulas
from overproof.columns.kernels.compiled.loops.flat import FlatLoop, elements_of, shared_offsets
from overproof.columns.kernels.compiled.python.formulas import shared_lists
from overproof.columns.kernels.compiled.python.rows import write_python_elements, write_python_rows
from overproof.columns.kernels.compiled.rows import Row, write_flat_rows, write_rows
from overproof.columns.kernels.compiled.work import Work, begin, entries_of, in_whole
from overproof.columns.kernels.computed import ComputedRows
from overproof.columns.kernels.fills.categories import has_categories
from overproof.columns.kernels.fills.drawn import fill_rows, set_aside, starts_of
from overproof.columns.kernels.loops.loop import Loop
from overproof.columns.machine.writer import Value, Writer

_NOT_ASKED_FOR = Loop(np.zeros(0, dtype=np.int64))


MAX_PLANS = 16
"""In one function; the time to compile grows faster than what is written."""


class CompiledDraw:
    """Fills histograms, block by block; functions are compiled when the first block of a kind comes.

    Args:
        plans: what is drawn.
    """

    def __init__(self, plans: Sequence[DrawPlan]) -> None:
        self._plans = tuple(plans)
        self._rows = [plan.rows for plan in plans]
        self._works: dict[BlockKind, list[tuple[Work, list[_Drawn]]]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._plans,)

    def fill(self, events: Any) -> list[dict[str, Any]]:
        """Return for each plan the sums of all cells over a block, the same as the interpreter's.

        Raises:
            BranchError: a branch is not here what it was in the first file.
            Undecided: the interpreter has to do this block.
            NotWrittenError: the interpreter has to do all blocks.
        """
        block = BlockGiven(self._rows, events)
        if block.kind not in self._works:
            with in_whole():
                self._works[block.kind] = list(self._written(block.kind))
        filled = []
        for work, drawn in self._works[block.kind]:
            outputs = work.run(block)
            filled += [each.outputs(outputs, block) for each in drawn]
        return filled

    def _written(self, kind: BlockKind) -> Iterator[tuple[Work, list[_Drawn]]]:
        """Write functions for some plans each."""
        pairs = list(zip(self._plans, self._rows, strict=True))
        for first in range(0, len(pairs), MAX_PLANS):
            writer, formulas = begin(kind)
            some = enumerate(pairs[first : first + MAX_PLANS])
            drawn = [_Drawn(writer, f"plan {number}", plan, rows) for number, (plan, rows) in some]
            _write(writer, formulas, kind, drawn)
            spills = [each.spill for each in drawn if each.spill is not None]
            yield Work(writer, spills, [each.cells for each in drawn if each.cells is not None]), drawn


def _write(writer: Writer, formulas: Formulas, kind: BlockKind, drawn: Sequence[_Drawn]) -> None:
    """Write a loop for all that knows of entries, and one for each kind of lists that can be gone through as one."""
    in_lists: dict[str | None, list[_Drawn]] = {}
    for each in drawn:
        in_lists.setdefault(_lists_of(each.rows, kind), []).append(each)
    formulas.count_beforehand([each.rows for each in in_lists.get(None, ()) if not isinstance(each.rows, PythonRows)])
    for name, some in in_lists.items():
        with elements_of(writer, name) if name else entries_of(writer) as place:
            for each in some:
                if isinstance(each.rows, PythonRows) and name:
                    write_python_elements(
                        writer, each.rows, formulas.columns, place, each.take, takes_all=each.takes_all
                    )
                elif isinstance(each.rows, PythonRows):
                    write_python_rows(writer, each.rows, formulas.columns, place, each.take)
                elif name:
                    loop = FlatLoop(writer, place)
                    write_flat_rows(formulas, each.rows, loop, each.take, takes_all=each.takes_all)
                else:
                    write_rows(formulas, each.rows, place, each.take, takes_all=each.takes_all)


def _lists_of(rows: AnyRows, kind: BlockKind) -> str | None:
    """Return the name of the offsets of lists that can be gone through as one; None: there are none."""
    if isinstance(rows, PythonRows):
        return shared_lists(rows, kind.columns)
    return shared_offsets(rows.formulas, kind.columns)


class _Drawn:
    """What becomes of the rows of one plan: cells, rows that are set apart, or all rows where axes are of texts."""

    def __init__(self, writer: Writer, name: str, plan: DrawPlan, rows: AnyRows) -> None:
        self.plan = plan
        self.rows = rows
        self._writer = writer
        self._growing = {place: axis.start for place, axis in enumerate(plan.axes) if isinstance(axis, Growing)}
        self._has_texts = has_categories(plan.axes)
        self.cells = None if self._has_texts else _cells_of(writer, name, plan)
        self.spill = Spill(writer, name) if self._growing or self._has_texts else None
        self.takes_all = self.spill is None and self.cells is not None and self.cells.takes_all

    def take(self, row: Row) -> None:
        """Write what becomes of a row."""
        if self.cells is None or self.spill is None:
            self._add(row) if self.spill is None else self.spill.take(row, row.values)
            return
        is_apart = self._is_apart(row)
        with self._writer.when(is_apart):
            self.spill.take(row, row.values)
        with self._writer.when(self._writer.negation(is_apart)):
            self._add(row)

    def _add(self, row: Row) -> None:
        assert self.cells is not None
        self.cells.take(row, row.values)

    def _is_apart(self, row: Row) -> Value:
        flags = [write_is_apart(self._writer, row.values[-1 - place], start) for place, start in self._growing.items()]
        found = flags[0]
        for flag in flags[1:]:
            found = self._writer.either(found, flag)
        return found

    def outputs(self, outputs: Outputs, block: BlockGiven) -> dict[str, Any]:
        """Return the sums of the plan, as the interpreter does."""
        if self.cells is None:
            return fill_rows(self.plan, self._rows(outputs, block))
        sums: dict[str, Any] = dict(self.cells.sums(outputs))
        if self.spill is not None and self.spill.size(outputs):
            sums["apart"] = [set_aside(self.plan, self._rows(outputs, block))]
        return sums

    def _rows(self, outputs: Outputs, block: BlockGiven) -> ComputedRows:
        assert self.spill is not None
        return ComputedRows(
            values=self.spill.values(outputs),
            weights=self.spill.weights(outputs),
            loop=_NOT_ASKED_FOR,
            texts=block.block.texts,
        )


def _cells_of(writer: Writer, name: str, plan: DrawPlan) -> Cells:
    make: Callable[..., Cells] = ProfileCells if plan.request.is_profile else HistogramCells
    return make(writer, name, starts_of(plan))
