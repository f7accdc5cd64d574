"""Write what is done with every row of a plan in one entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from overproof.analysis.draw.looping import Multiplicity, has_one_value, multiplicity
from overproof.analysis.draw.rows import Rows
from overproof.analysis.draw.typed import Formula
from overproof.columns.kernels.compiled.formulas import Formulas
from overproof.columns.kernels.compiled.loop import EntryLoop, Pass
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
    """

    entry: Value
    number: Value
    values: Sequence[Value]
    weight: Value | None


Take: TypeAlias = Callable[[Row], None]
"""Writes what becomes of a row."""


def write_rows(formulas: Formulas, rows: Rows, entry: Value, take: Take) -> None:
    """Write the rows that an entry has.

    Args:
        formulas: writes values.
        rows: of the plan.
        entry: in the block.
        take: writes what becomes of each.
    """
    writer, selection = formulas.writer, rows.selection
    loop = formulas.loop_of(rows.formulas, entry)
    if selection is None:
        _write_passes(formulas, rows, loop, take)
        return
    formulas.prepare(selection, entry)
    if not is_by_entry(selection):
        _write_passes(formulas, rows, loop, take)
        return
    weight = formulas.evaluate(selection, loop, loop.at(writer.integer(0)))
    with writer.when(writer.compare("!=", weight, writer.double(0.0))):
        _write_passes(formulas, rows, loop, take, weight=weight)


def is_by_entry(formula: Formula) -> bool:
    """Tell whether a formula has the same value in all passes of an entry."""
    return has_one_value(formula) or multiplicity(formula) is Multiplicity.ONCE


def _write_passes(
    formulas: Formulas, rows: Rows, loop: EntryLoop, take: Take, *, weight: Value | None = None
) -> None:
    """Write a row for every pass that is selected; `weight` is that of all passes, where it is known already."""
    writer = formulas.writer

    def row(at: Pass, weight: Value | None) -> None:
        values = [formulas.evaluate(formula, loop, at) for formula in rows.values]
        take(Row(entry=loop.entry, number=at.number, values=values, weight=weight))

    for formula in rows.values:
        formulas.prepare(formula, loop.entry)
    with loop.passes() as at:
        if rows.selection is None or weight is not None:
            row(at, weight)
        else:
            found = formulas.evaluate(rows.selection, loop, at)
            with writer.when(writer.compare("!=", found, writer.double(0.0))):  # NaN is chosen, as in ROOT
                row(at, found)
