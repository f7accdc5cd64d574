"""Write what is done with every row of a plan in Python in one entry: see `kernels/python/rows.py` for the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from overproof.analysis.draw.python.rows import PythonRows
from overproof.columns.kernels.compiled.columns import WrittenColumn
from overproof.columns.kernels.compiled.python.contents import (
    Content,
    Held,
    Number,
    all_of,
    emptied,
    is_there,
)
from overproof.columns.kernels.compiled.python.formulas import ElementFormulas, EntryFormulas, is_cheap
from overproof.columns.kernels.compiled.python.together import side_by_side
from overproof.columns.kernels.compiled.rows import Row, Take
from overproof.columns.machine.writer import Value, Variable, Writer


def write_python_rows(
    writer: Writer, rows: PythonRows, columns: Mapping[str, WrittenColumn], entry: Value, take: Take
) -> None:
    """Write the rows that an entry has.

    Args:
        writer: of the function.
        rows: of the plan.
        columns: by name of the branch.
        entry: in the block.
        take: writes what becomes of each.

    Raises:
        NotWrittenError: only the interpreter knows what is asked for.
    """
    _EntryRows(writer, rows, EntryFormulas(writer, columns, entry), entry, take).write()


def write_python_elements(
    writer: Writer,
    rows: PythonRows,
    columns: Mapping[str, WrittenColumn],
    position: Value,
    take: Take,
    *,
    takes_all: bool = False,
) -> None:
    """Write the row that an element has of lists that are gone through as one: see `shared_lists`.

    Args:
        writer: of the function.
        rows: of the plan.
        columns: by name of the branch.
        position: of the element in all lists of the block.
        take: writes what becomes of the row, whose entry is not known.
        takes_all: it may be given rows that are not chosen, where this saves jumps.
    """
    formulas = ElementFormulas(writer, columns, position)
    _EntryRows(writer, rows, formulas, position, take, takes_all=takes_all).write()


class _EntryRows:
    """The rows of one entry."""

    def __init__(
        self,
        writer: Writer,
        rows: PythonRows,
        formulas: EntryFormulas,
        entry: Value,
        take: Take,
        *,
        takes_all: bool = False,
    ) -> None:
        self._writer = writer
        self._rows = rows
        self._formulas = formulas
        self._entry = entry
        self._take = take
        self._n_factors = sum(factor is not None for factor in (rows.cut, rows.weight))
        self._is_counted = rows.weight is None and rows.cut is not None and rows.cut.root.kind.element == "boolean"
        values = [formula.root for formula in rows.values]
        self._takes_all = takes_all and self._is_counted and all(map(is_cheap, values))

    def write(self) -> None:
        """Write the cut, and the rows behind it: one value an entry is looked at before all else."""
        writer, cut = self._writer, self._rows.cut
        if cut is None:
            self._write_rows([])
            return
        held = self._formulas.held(cut)
        is_last = cut.root.kind.depth == 0 or self._rows.weight is None  # what it leaves out, no weight brings back
        if not isinstance(held.content, Number) or not is_last:
            self._write_rows([held])
            return
        is_chosen = writer.compare("!=", held.content.data, writer.double(0.0))  # NaN is chosen, as in ROOT
        flag = all_of(writer, held.present, is_there(writer, held.content), is_chosen)
        factor = Held(content=Number(data=held.content.data))
        if self._takes_all:
            self._write_rows([factor])
            return
        with writer.when(flag):
            self._write_rows([factor])

    def _write_rows(self, factors: list[Held]) -> None:
        writer, rows = self._writer, self._rows
        if rows.weight is not None:
            factors = [*factors, self._formulas.held(rows.weight)]
        helds = [*factors, *(self._formulas.held(formula) for formula in rows.values)]
        present = all_of(writer, *(held.present for held in helds))
        number = Variable(writer, writer.integer(0))
        contents = [emptied(writer, held.content, present) for held in helds]
        if present is None:
            self._go_through(contents, number)
        else:
            with writer.when(present):
                self._go_through(contents, number)

    def _go_through(self, contents: Sequence[Content], number: Variable) -> None:
        """Write a loop for every level of lists; what is None in one of them makes no row."""
        writer = self._writer
        numbers = [content for content in contents if isinstance(content, Number)]
        if len(numbers) < len(contents):
            beside = side_by_side(writer, contents)
            with writer.count(writer.integer(0), beside.length) as place:
                self._go_through(beside.items(place), number)
            return
        flag = all_of(writer, *(None if each.none is None else is_there(writer, each) for each in numbers))
        if flag is None:
            self._row([each.data for each in numbers], number)
        else:
            with writer.when(flag):
                self._row([each.data for each in numbers], number)

    def _row(self, data: Sequence[Value], number: Variable) -> None:
        writer = self._writer
        here = number.get()
        number.set(writer.plus(here, 1))
        factors, values = data[: self._n_factors], data[self._n_factors :]
        if not factors:
            self._take(Row(entry=self._entry, number=here, values=values, weight=None))
            return
        weight = factors[0]
        for factor in factors[1:]:
            weight = writer.builder.fmul(weight, factor)
        is_chosen = writer.compare("!=", weight, writer.double(0.0))
        row = Row(entry=self._entry, number=here, values=values, weight=weight, is_counted=self._is_counted)
        if self._takes_all:
            self._take(replace(row, is_chosen=is_chosen))
            return
        with writer.when(is_chosen):
            self._take(row)
