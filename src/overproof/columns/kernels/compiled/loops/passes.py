"""Lay out the implicit loop of one entry: see `kernels/loops/passes.py` and `kernels/loops/rows.py` for its rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from overproof.analysis.draw.looping import (
    Multiplicity,
    is_by_entry,
    loops_once,
    multiplicity,
    shared_lengths,
)
from overproof.analysis.draw.typed import Formula, Leaf
from overproof.columns.kernels.compiled.columns import WrittenColumn
from overproof.columns.kernels.compiled.loops.loop import EntryLoop, Length, Rows
from overproof.columns.machine.writer import Value, Variable, Writer

PlaceReader = Callable[[Formula, Value, Value], Value]
"""Writes an index in a pass of its own loop, given by entry and number; what is no number is negative."""


def lay_out(
    writer: Writer,
    formulas: Sequence[Formula],
    columns: Mapping[str, WrittenColumn],
    entry: Value,
    *,
    read_place: PlaceReader,
) -> EntryLoop:
    """Lay out the passes that formulas make together in one entry.

    Args:
        writer: of the function.
        formulas: the selection first, then what is drawn: the order matters for lengths of one.
        columns: by name of the branch.
        entry: in the block.
        read_place: writes indices that are formulas.
    """
    counter = _Counter(writer, formulas, columns, entry, read_place)
    for formula in formulas:
        if multiplicity(formula) is Multiplicity.VARIABLE:  # ROOT looks at no others, not even for their indices
            for leaf in formula.leaves:
                counter.count(leaf)
    return counter.loop()


class _Counter:
    """The lengths of the dimensions of one loop, while its leaves are looked at one after the other."""

    def __init__(
        self,
        writer: Writer,
        formulas: Sequence[Formula],
        columns: Mapping[str, WrittenColumn],
        entry: Value,
        read_place: PlaceReader,
    ) -> None:
        self.writer = writer
        self.leaves = [leaf for formula in formulas for leaf in formula.leaves]
        self.columns = columns
        self.entry = entry
        self.read_place = read_place
        self.lengths = shared_lengths(formulas)
        self.used: list[Length] = list(self.lengths.sizes)
        self.present: Value | None = None

    def count(self, leaf: Leaf) -> None:
        """Let a leaf shorten the loop."""
        writer = self.writer
        first = leaf.indices[0] if leaf.indices else None
        if leaf.n_jagged and first is None:
            own = self.columns[leaf.column].length(0, self.entry)
            self.shorten(0, own, lambda used: writer.either(writer.is_equal(used, 1), writer.less(own, used)))
        elif leaf.n_jagged and isinstance(first, int):
            here = writer.less(writer.integer(first), self.columns[leaf.column].length(0, self.entry))
            self.present = here if self.present is None else writer.both(self.present, here)
        depth = 0
        for dimension, index in enumerate(leaf.indices):
            if isinstance(index, Formula):
                self.count_index(leaf, index, depth)
            elif index is None and leaf.n_jagged == 2 and dimension == 1 and isinstance(first, int):
                self.count_row(leaf, writer.integer(first), depth)
            depth += not isinstance(index, int)

    def count_index(self, leaf: Leaf, index: Formula, depth: int) -> None:
        """Let the loop of an index shorten the loop; a length of one counts as short here."""
        writer = self.writer
        if leaf.n_jagged == 2 and loops_once(index):
            self.count_row(leaf, self.read_place(index, self.entry, writer.integer(0)), depth)
        elif depth < len(self.lengths.varies) and self.lengths.varies[depth]:
            own = lay_out(writer, [index], self.columns, self.entry, read_place=self.read_place).count
            start = self.lengths.sizes[depth]
            is_single = shared_lengths([index]).is_single

            def takes(used: Value) -> Value:
                is_long, is_first = writer.differs(own, 1), writer.is_equal(used, start)
                if is_single:
                    return writer.both(is_long, writer.either(is_first, writer.less(own, used)))
                return writer.either(writer.both(is_long, is_first), writer.less(own, used))

            self.shorten(depth, own, takes)

    def count_row(self, leaf: Leaf, row: Value, depth: int) -> None:
        """Let one row of a doubly jagged leaf shorten the loop."""
        writer = self.writer
        own = row_length(writer, self.columns[leaf.column], entry=self.entry, row=row)

        def takes(used: Value) -> Value:
            is_shorter = writer.both(writer.differs(own, 1), writer.less(own, used))
            return writer.either(writer.is_equal(used, 1), is_shorter)

        self.shorten(depth, own, takes)

    def shorten(self, depth: int, own: Value, takes: Callable[[Value], Value]) -> None:
        """Take the own length of a leaf where it counts."""
        self.used += [1] * (depth + 1 - len(self.used))
        used = self.writer.whole(self.used[depth])
        self.used[depth] = own if own is used else self.writer.select(takes(used), own, used)

    # -- the loop ------------------------------------------------------------------------------------------------

    def loop(self) -> EntryLoop:
        """Lay out the passes, when every leaf was counted."""
        if self.lengths.is_single:  # then ROOT takes one pass, whatever the leaves say now
            self.used = [1]
        steps = tuple(self.product(self.used[depth:]) for depth in range(len(self.used) + 1))
        has_rows = any(leaf.n_jagged == 2 for leaf in self.leaves)
        if has_rows and self.has_inner_loop():
            rows = Rows(n_rows=self.where_present(self.used[0]), passes=lambda row: self.row_passes(row, steps))
            return EntryLoop(
                self.writer, self.entry, steps=steps, count=lambda: self.all_passes(rows), has_rows=True, rows=rows
            )
        count = self.where_present(steps[0])
        return EntryLoop(self.writer, self.entry, steps=steps, count=lambda: count, has_rows=has_rows)

    def product(self, lengths: Sequence[Length]) -> Length:
        product: Length = 1
        for length in lengths:
            if isinstance(product, int) and isinstance(length, int):
                product *= length
            else:
                product = length if isinstance(product, int) and product == 1 else self.writer.times(product, length)
        return product

    def where_present(self, length: Length) -> Value:
        count = self.writer.whole(length)
        return count if self.present is None else self.writer.select(self.present, count, self.writer.integer(0))

    # -- loops over rows -----------------------------------------------------------------------------------------

    def has_inner_loop(self) -> bool:
        """Tell whether rows loop: then every row has passes of its own."""
        indices = [leaf.indices[0] for leaf in self.leaves if leaf.n_jagged == 2]
        return any(index is None or (isinstance(index, Formula) and not is_by_entry(index)) for index in indices)

    def all_passes(self, rows: Rows) -> Value:
        """Write the number of passes of all rows."""
        total = Variable(self.writer, self.writer.integer(0))
        with self.writer.count(self.writer.integer(0), rows.n_rows) as row:
            total.set(self.writer.plus(total.get(), rows.passes(row)))
        return total.get()

    def row_passes(self, row: Value, steps: Sequence[Length]) -> Value:
        """Write the passes of a row: the shortest of the doubly jagged leaves, where 0 gives way to what follows."""
        writer = self.writer
        lengths = writer.integer(0)
        for leaf in self.leaves:
            if leaf.n_jagged == 2:
                lengths = self.row_with(leaf, row, lengths)
        beside = writer.whole(self.used[1] if len(self.used) > 1 else 1)
        is_shorter = writer.both(writer.differs(lengths, 1), writer.less(lengths, beside))
        passes = writer.select(writer.either(writer.is_equal(beside, 1), is_shorter), lengths, beside)
        return writer.times(passes, steps[2]) if len(steps) > 2 else passes

    def row_with(self, leaf: Leaf, row: Value, lengths: Value) -> Value:
        """Let a doubly jagged leaf shorten a row; one with an index for its row takes part too, by all of its rows."""
        writer, column = self.writer, self.columns[leaf.column]
        has_row = writer.less(row, column.length(0, self.entry))
        own = row_length(writer, column, entry=self.entry, row=row)
        row_index, index = leaf.indices
        if row_index is None and isinstance(index, int):
            own = writer.as_integer(writer.less(writer.integer(index), own))
        is_first = writer.is_equal(lengths, 0)
        takes = writer.both(has_row, writer.either(is_first, writer.less(own, lengths)))
        return writer.select(takes, own, lengths)


def row_length(writer: Writer, column: WrittenColumn, *, entry: Value, row: Value) -> Value:
    """Write the length of a row of an entry; 0 where there is no such row."""
    is_there = writer.both(writer.less(row, column.length(0, entry)), writer.not_less(row, writer.integer(0)))
    place = writer.select(is_there, writer.plus(column.start(0, entry), row), column.start(0, entry))

    def read() -> list[Value]:
        return [column.length(1, place)]

    return writer.decide(is_there, read, lambda: [writer.integer(0)])[0]
