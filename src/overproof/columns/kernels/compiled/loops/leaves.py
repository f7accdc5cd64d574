"""Find the element of a branch that a pass reads: see `kernels/loops/loop.py` for the rules."""

from __future__ import annotations

from overproof.analysis.draw.typed import Formula, Leaf
from overproof.columns.kernels.compiled.columns import WrittenColumn
from overproof.columns.kernels.compiled.loops.loop import EntryLoop, Pass
from overproof.columns.kernels.compiled.loops.passes import PlaceReader, row_length
from overproof.columns.machine.writer import NO, Value, Writer
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an element lies.

    Attributes:
        position: in the content, if it is there.
        missing: flag that it is not.
    """

    position: Value
    missing: Value


def locate(
    writer: Writer,
    leaf: Leaf,
    column: WrittenColumn,
    loop: EntryLoop,
    at: Pass,
    *,
    read_place: PlaceReader,
    first_only: bool = False,
) -> Place:
    """Write where the element of a leaf with indices lies in a pass.

    Args:
        writer: of the function.
        leaf: with at least one index.
        column: its numbers.
        loop: of the formula.
        at: the pass.
        read_place: writes indices that are formulas.
        first_only: of each list there is no more than the first element.
    """
    finder = _Finder(writer, column, loop, at, read_place)
    if leaf.n_jagged == 2:
        return finder.nested(leaf)
    return finder.plain(leaf, first_only=first_only)


class _Finder:
    def __init__(
        self, writer: Writer, column: WrittenColumn, loop: EntryLoop, at: Pass, read_place: PlaceReader
    ) -> None:
        self.writer = writer
        self.column = column
        self.loop = loop
        self.at = at
        self.read_place = read_place

    def plain(self, leaf: Leaf, *, first_only: bool) -> Place:
        """Find an element of a column with at most one variable length.

        An index beyond the outermost length is missing; one beyond another length is the last one there.
        """
        writer, column = self.writer, self.column
        offset, missing = writer.integer(0), NO
        sizes = leaf.fixed_shape if leaf.n_jagged else leaf.fixed_shape[1:]
        for dimension, (index, place) in enumerate(zip(leaf.indices, self.places(leaf), strict=True)):
            stride = 1
            for size in sizes[dimension:]:
                stride *= size
            found = place
            if isinstance(index, Formula):
                found = self.read_place(index, self.at.entry, place)
                is_low = writer.less(found, 0)
                if dimension:
                    last = sizes[dimension - 1] - 1
                    is_beyond = writer.either(is_low, writer.less(last, found))
                    found = writer.select(is_beyond, writer.integer(last), found)
                elif self.loop.has_rows:
                    found = writer.larger(found, 0)
                else:
                    missing = writer.either(missing, is_low)
            offset = writer.plus(offset, writer.times(found, stride))
        entry = self.at.entry
        if leaf.n_jagged:
            length = column.length(0, entry)
            if first_only:
                length = writer.select(writer.less(1, length), writer.integer(1), length)
            first = writer.times(column.start(0, entry), column.element_size)
            size = writer.times(length, column.element_size)
        else:
            first = writer.times(entry, column.element_size)
            size = writer.integer(column.element_size)
        missing = writer.either(missing, writer.not_less(offset, size))
        return Place(position=writer.plus(first, offset), missing=missing)

    def places(self, leaf: Leaf) -> list[Value]:
        """Return the place of the pass in every dimension, as ROOT reckons it from the number of the pass."""
        writer, loop = self.writer, self.loop
        number, depth, places = self.at.number, 0, list[Value]()
        last = len(leaf.indices) - 1
        for dimension, index in enumerate(leaf.indices):
            if isinstance(index, int):
                places.append(writer.integer(index))
                continue
            if dimension == 0 and loop.has_rows and index is not None:
                places.append(number)  # ROOT takes the number in the whole loop here, and no dimension
                continue
            if dimension == 0 and loop.has_rows:
                places.append(self.at.row)
                number = self.at.inner
            elif dimension == 0:
                places.append(writer.quotient(number, loop.step(1)) if loop.has_step(1) else number)
            else:
                within = loop.within(number, depth)
                is_last = dimension == last or not loop.has_step(depth + 1)
                places.append(within if is_last else writer.quotient(within, loop.step(depth + 1)))
            depth += 1
        return places

    def nested(self, leaf: Leaf) -> Place:
        """Find an element of a doubly jagged column; a row with an index is read pass by pass."""
        writer = self.writer
        row_index, element_index = leaf.indices
        entry = self.at.entry
        if row_index is None:
            row, local = self.at.row, self.at.inner
        else:
            local = self.at.number
            if isinstance(row_index, int):
                row = writer.integer(row_index)
            else:
                row = writer.larger(self.read_place(row_index, entry, local), 0)
        if isinstance(element_index, int):
            return self.of_row(row, writer.integer(element_index))
        place = self.of_row(row, local)
        if element_index is None:
            return place
        element = self.read_place(element_index, entry, local)
        length = row_length(writer, self.column, entry=entry, row=row)
        is_beyond = writer.either(writer.less(element, 0), writer.not_less(element, length))
        element = writer.select(is_beyond, writer.minus(length, 1), element)
        moved = writer.minus(writer.plus(place.position, element), local)
        return Place(position=moved, missing=place.missing)

    def of_row(self, row: Value, element: Value) -> Place:
        """Find an element of a row; both may not be there."""
        writer, column, entry = self.writer, self.column, self.at.entry
        length = row_length(writer, column, entry=entry, row=row)
        is_there = writer.less(row, column.length(0, entry))
        place = writer.select(is_there, writer.plus(column.start(0, entry), row), writer.integer(0))
        missing = writer.either(writer.negation(is_there), writer.not_less(element, length))

        def start() -> list[Value]:
            return [column.start(1, place)]

        first = writer.decide(is_there, start, lambda: [writer.integer(0)])[0]
        return Place(position=writer.plus(first, element), missing=missing)
