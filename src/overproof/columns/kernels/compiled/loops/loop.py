"""The implicit loop of one entry, as it is written: see `kernels/loops/loop.py` for its rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from overproof.columns.machine.writer import Value, Variable, Writer
from overproof.words.frozen import dataclass

NOWHERE = 2**40
"""Row of a pass that a loop over rows has not."""

Length = int | Value
"""A length that is the same in every entry, or one that is computed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One pass of a loop.

    Attributes:
        entry: in the block.
        number: in the entry, from 0.
        row: in the entry, and `inner`, number in the row, in a loop that has rows.
        position: in the content of all columns, where this is all that is known.
    """

    entry: Value
    number: Value
    row: Value
    inner: Value
    position: Value | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows of a loop over rows and elements.

    Attributes:
        n_rows: of the entry.
        passes: writes the number of passes of a row.
    """

    n_rows: Value
    passes: Callable[[Value], Value]


class EntryLoop:
    """All passes of one entry.

    Args:
        writer: of the function.
        entry: in the block.
        steps: passes in one step of each dimension, outermost first.
        count: writes the number of passes, where it is asked for.
        has_rows: a doubly jagged branch takes part, whose rules are others.
        rows: of a loop over rows and elements.
    """

    def __init__(
        self,
        writer: Writer,
        entry: Value,
        *,
        steps: tuple[Length, ...],
        count: Callable[[], Value],
        has_rows: bool,
        rows: Rows | None = None,
    ) -> None:
        self.entry = entry
        self.steps = steps
        self.has_rows = has_rows
        self._writer = writer
        self._count = count
        self._rows = rows

    @property
    def count(self) -> Value:
        """Return how many passes the entry makes."""
        return self._writer.known(("count", self), self._count)

    @contextmanager
    def passes(self) -> Iterator[Pass]:
        """Go through all passes."""
        writer = self._writer
        if self._rows is None:
            with writer.count(writer.integer(0), self.count) as number:
                yield self._plain(number)
            return
        running = Variable(writer, writer.integer(0))
        with (
            writer.count(writer.integer(0), self._rows.n_rows) as row,
            writer.count(writer.integer(0), self._rows.passes(row)) as inner,
        ):
            number = running.get()
            running.set(writer.plus(number, 1))
            yield Pass(entry=self.entry, number=number, row=row, inner=inner)

    def at(self, number: Value) -> Pass:
        """Return a pass by its number; there may be such as the loop does not make."""
        if self._rows is None:
            return self._plain(number)
        writer, rows = self._writer, self._rows
        row, inner = (Variable(writer, writer.integer(NOWHERE)) for _ in range(2))
        start = Variable(writer, writer.integer(0))
        with writer.count(writer.integer(0), rows.n_rows) as each:
            first, stop = start.get(), writer.plus(start.get(), rows.passes(each))
            is_here = writer.both(writer.not_less(number, first), writer.less(number, stop))
            with writer.when(is_here):
                row.set(each)
                inner.set(writer.minus(number, first))
            start.set(stop)
        return Pass(entry=self.entry, number=number, row=row.get(), inner=inner.get())

    def step(self, depth: int) -> Length:
        """Return the passes in one step of a dimension; at least 1."""
        step = self.steps[depth] if depth < len(self.steps) else 1
        return max(step, 1) if isinstance(step, int) else self._writer.larger(step, self._writer.integer(1))

    def has_step(self, depth: int) -> bool:
        """Tell whether a step of a dimension may have more than one pass."""
        step = self.steps[depth] if depth < len(self.steps) else 1
        return not isinstance(step, int) or step > 1

    def within(self, number: Value, depth: int) -> Value:
        """Return the number of a pass within its step of a dimension; ROOT leaves it where steps are of one pass."""
        if not depth or not self.has_step(depth):
            return number
        writer, step = self._writer, self.step(depth)
        rest = writer.remainder(number, step)
        if isinstance(step, int):
            return rest
        return writer.select(writer.less(writer.integer(1), step), rest, number)

    def _plain(self, number: Value) -> Pass:
        if not self.has_rows:
            return Pass(entry=self.entry, number=number, row=None, inner=None)
        step = self.step(1)
        row, inner = self._writer.quotient(number, step), self._writer.remainder(number, step)
        return Pass(entry=self.entry, number=number, row=row, inner=inner)
