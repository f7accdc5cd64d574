"""Write what is done with every row of a plan in one entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from overproof.analysis.draw.looping import Multiplicity, has_one_value, multiplicity
from overproof.analysis.draw.rows import Rows
from overproof.analysis.draw.typed import Formula
from overproof.columns.kernels.compiled.formulas import Formulas, is_boolean, is_cheap
from overproof.columns.kernels.compiled.loops.loop import EntryLoop, Pass
from overproof.columns.machine.writer import Value
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a plan, as it is written.

    Attributes:
        entry: in the block.
        number: of its pass in the entry.
        values: doubles, in the order of the plan.
        weight: None: it is 1.
        is_counted: the weight is 1, or NaN; 0 where the row is not chosen.
        is_chosen: flag that there is a row at all; None: there is.
    """

    entry: Value
    number: Value
    values: Sequence[Value]
    weight: Value | None
    is_counted: bool = False
    is_chosen: Value | None = None


Take: TypeAlias = Callable[[Row], None]
"""Writes what becomes of a row."""


def write_flat_rows(formulas: Formulas, rows: Rows, loop: EntryLoop, take: Take, *, takes_all: bool = False) -> None:
    """Write the rows of a loop that is the same for all formulas, and knows of no entries; see `write_rows`."""
    _Passes(formulas, rows, loop, take, takes_all=takes_all).write()


def write_rows(formulas: Formulas, rows: Rows, entry: Value, take: Take, *, takes_all: bool = False) -> None:
    """Write the rows that an entry has.

    Args:
        formulas: writes values.
        rows: of the plan.
        entry: in the block.
        take: writes what becomes of each.
        takes_all: it may be given rows that are not chosen, where this saves jumps.
    """
    writer, selection = formulas.writer, rows.selection
    loop = formulas.loop_of(rows.formulas, entry)
    passes = _Passes(formulas, rows, loop, take, takes_all=takes_all)
    if selection is None:
        passes.write()
        return
    formulas.prepare(selection, entry)
    if not is_by_entry(selection):
        passes.write()
        return
    weight = formulas.evaluate(selection, loop, loop.at(writer.integer(0)))
    with writer.when(writer.compare("!=", weight, writer.double(0.0))):
        passes.write(weight=weight)


class _Passes:
    """The passes of one entry, with a row for each that is selected."""

    def __init__(self, formulas: Formulas, rows: Rows, loop: EntryLoop, take: Take, *, takes_all: bool) -> None:
        self.formulas = formulas
        self.rows = rows
        self.loop = loop
        self.take = take
        selection = rows.selection
        self.is_counted = selection is not None and is_boolean(selection.root)
        cheap = all(is_cheap(formula.root) for formula in rows.formulas)
        self.takes_all = takes_all and self.is_counted and cheap

    def write(self, *, weight: Value | None = None) -> None:
        """Write all passes; `weight` is that of all, where it is known already."""
        formulas, selection = self.formulas, self.rows.selection
        for formula in self.rows.values:
            formulas.prepare(formula, self.loop.entry)
        with self.loop.passes() as at:
            if selection is None or weight is not None:
                self.row(at, weight)
            else:
                self.selected(at, formulas.evaluate(selection, self.loop, at))

    def selected(self, at: Pass, weight: Value) -> None:
        """Write the row of a pass that may not be selected; NaN is, as in ROOT."""
        writer = self.formulas.writer
        is_chosen = writer.compare("!=", weight, writer.double(0.0))
        if self.takes_all:
            self.row(at, weight, is_chosen)
        else:
            with writer.when(is_chosen):
                self.row(at, weight)

    def row(self, at: Pass, weight: Value | None, is_chosen: Value | None = None) -> None:
        values = [self.formulas.evaluate(formula, self.loop, at) for formula in self.rows.values]
        self.take(
            Row(
                entry=self.loop.entry,
                number=at.number,
                values=values,
                weight=weight,
                is_counted=self.is_counted,
                is_chosen=is_chosen,
            )
        )


def is_by_entry(formula: Formula) -> bool:
    """Tell whether a formula has the same value in all passes of an entry."""
    return has_one_value(formula) or multiplicity(formula) is Multiplicity.ONCE
