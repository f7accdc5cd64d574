"""Sort lists of numbers, and tell the places of what is sorted.

The order is awkward's: NaN before all numbers, in either direction; what is equal stays as it was; None comes last.
Short lists are sorted by insertion, long ones from runs that are merged.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from overproof.columns.kernels.compiled.python.contents import (
    Content,
    Listing,
    NotWrittenError,
    Number,
    is_of_numbers,
    is_there,
)
from overproof.columns.kernels.compiled.python.scratch import Scratch
from overproof.columns.machine.writer import Array, Value, Variable, Writer

RUN = 16
"""Numbers that are sorted by insertion before runs are merged."""


class Order:
    """Sorts lists of numbers, or lists of lists place by place.

    Args:
        writer: of the function.
        scratch: where what is sorted is kept.
        is_ascending: from the smallest to the largest.
        gives_places: what comes out are places, not numbers.
    """

    def __init__(self, writer: Writer, scratch: Scratch, *, is_ascending: bool, gives_places: bool) -> None:
        self._writer = writer
        self._scratch = scratch
        self._is_ascending = is_ascending
        self._gives_places = gives_places
        self._pairs: Array = scratch.numbers

    def along(self, content: Content, axis: int) -> Content:
        """Sort along an axis; 1 is that of the elements of an entry."""
        writer = self._writer
        if isinstance(content, Number):
            raise NotWrittenError("a number sorted")
        if axis > 1:
            return self._scratch.keep(content.mapped(lambda item: self.along(item, axis - 1)))
        return self._sorted(content) if is_of_numbers(writer, content) else self._across(content)

    def _sorted(self, listing: Listing) -> Listing:
        writer = self._writer
        start = self._scratch.reserve(listing.length)
        count, can_lack = self._gather(listing, start)
        self._insert(start, count)
        self._merge(start, count)

        def item(place: Value) -> Content:
            pair = writer.plus(start, writer.times(place, 2))
            if self._gives_places:
                return Number(data=writer.element(self._pairs, writer.plus(pair, 1)))
            none = writer.not_less(place, count) if can_lack else None
            return Number(data=writer.element(self._pairs, pair), none=none)

        return Listing(writer, length=listing.length, item=item, none=listing.none, size=listing.size)

    def _across(self, listing: Listing) -> Content:
        """Sort the first elements of all lists, the second ones, and so on; each list keeps its length."""
        writer = self._writer
        kept = self._scratch.join([listing])
        longest = Variable(writer, writer.integer(0))
        with writer.count(writer.integer(0), kept.length) as row:
            longest.set(writer.larger(longest.get(), _row(writer, kept, row).length))
        with writer.count(writer.integer(0), longest.get()) as place:
            start = self._scratch.reserve(kept.length)
            count = Variable(writer, writer.integer(0))
            with writer.count(writer.integer(0), kept.length) as row, self._has(kept, row, place) as pair:
                number = writer.element(self._pairs, pair)
                self._write(self._pair(start, count), number, writer.as_double(row))
            self._insert(start, count.get())
            self._merge(start, count.get())
            count.set(writer.integer(0))
            with writer.count(writer.integer(0), kept.length) as row, self._has(kept, row, place) as pair:
                number, origin = self._read(self._pair(start, count))
                writer.write(self._pairs, pair, origin if self._gives_places else number)
        return kept

    @contextmanager
    def _has(self, kept: Listing, row: Value, place: Value) -> Iterator[Value]:
        """Write what follows where a list has an element at a place; gives the place of its pair."""
        writer, inner = self._writer, _row(self._writer, kept, row)
        with writer.when(writer.less(place, inner.length)):
            yield writer.plus(inner.kept, writer.times(place, 2))

    def _pair(self, start: Value, count: Variable) -> Value:
        """Return the place of the next pair, and count it."""
        writer, number = self._writer, count.get()
        count.set(writer.plus(number, 1))
        return writer.plus(start, writer.times(number, 2))

    def _gather(self, listing: Listing, start: Value) -> tuple[Value, bool]:
        """Write numbers and places one behind the other, what is None last; returns how many are numbers."""
        writer = self._writer
        count = Variable(writer, writer.integer(0))
        can_lack = []

        def write(place: Value, number: Number) -> None:
            self._write(self._pair(start, count), number.data, writer.as_double(place))

        with writer.count(writer.integer(0), listing.length) as place:
            number = listing.item(place)
            assert isinstance(number, Number)
            can_lack.append(number.none is not None)
            with writer.when(is_there(writer, number)):
                write(place, number)
        n_numbers = count.get()
        if can_lack[0]:
            with writer.count(writer.integer(0), listing.length) as place:
                number = listing.item(place)
                assert isinstance(number, Number)
                with writer.when(writer.negation(is_there(writer, number))):
                    write(place, number)
        return n_numbers, can_lack[0]

    def _is_before(self, left: Value, right: Value) -> Value:
        writer = self._writer
        is_better = writer.compare("<" if self._is_ascending else ">", left, right)
        is_left_nan = writer.both(writer.is_nan(left), writer.negation(writer.is_nan(right)))
        return writer.either(is_better, is_left_nan)

    def _read(self, pair: Value) -> tuple[Value, Value]:
        writer = self._writer
        return writer.element(self._pairs, pair), writer.element(self._pairs, writer.plus(pair, 1))

    def _write(self, pair: Value, number: Value, place: Value) -> None:
        writer = self._writer
        writer.write(self._pairs, pair, number)
        writer.write(self._pairs, writer.plus(pair, 1), place)

    def _insert(self, start: Value, count: Value) -> None:
        """Sort every run by insertion."""
        writer = self._writer
        with writer.count(writer.integer(1), count) as moved:
            number, place = self._read(writer.plus(start, writer.times(moved, 2)))
            first = writer.minus(moved, writer.remainder(moved, RUN))
            hole = Variable(writer, moved)

            def goes_on(hole: Variable = hole, first: Value = first, number: Value = number) -> Value:
                at = hole.get()
                has_left = writer.less(first, at)
                left = writer.select(has_left, writer.minus(at, 1), at)
                before = writer.element(self._pairs, writer.plus(start, writer.times(left, 2)))
                return writer.both(has_left, self._is_before(number, before))

            with writer.repeat_while(goes_on):
                pair = writer.plus(start, writer.times(hole.get(), 2))
                self._write(pair, *self._read(writer.minus(pair, 2)))
                hole.set(writer.minus(hole.get(), 1))
            self._write(writer.plus(start, writer.times(hole.get(), 2)), number, place)

    def _merge(self, start: Value, count: Value) -> None:
        """Merge runs of 16, then of 32, and so on."""
        writer = self._writer
        with writer.when(writer.less(writer.integer(RUN), count)):
            beside = self._scratch.reserve(count)
            width = Variable(writer, writer.integer(RUN))
            with writer.repeat_while(lambda: writer.less(width.get(), count)):
                with writer.count(writer.integer(0), writer.times(count, 2)) as each:
                    copied = writer.element(self._pairs, writer.plus(start, each))
                    writer.write(self._pairs, writer.plus(beside, each), copied)
                self._merge_all(beside, start, count, width.get())
                width.set(writer.times(width.get(), 2))

    def _merge_all(self, source: Value, target: Value, count: Value, width: Value) -> None:
        """Merge every two neighbouring runs of a width from one place to another."""
        writer = self._writer
        first = Variable(writer, writer.integer(0))

        def limited(place: Value) -> Value:
            return writer.select(writer.less(place, count), place, count)

        with writer.repeat_while(lambda: writer.less(first.get(), count)):
            middle = limited(writer.plus(first.get(), width))
            stop = limited(writer.plus(first.get(), writer.times(width, 2)))
            left, right = Variable(writer, first.get()), Variable(writer, middle)
            with writer.count(first.get(), stop) as place:
                takes_right = self._takes_right(source, left.get(), right.get(), middle, stop)
                taken = writer.select(takes_right, right.get(), left.get())
                pair = writer.plus(target, writer.times(place, 2))
                self._write(pair, *self._read(writer.plus(source, writer.times(taken, 2))))
                step = writer.as_integer(takes_right)
                right.set(writer.plus(right.get(), step))
                left.set(writer.plus(left.get(), writer.minus(writer.integer(1), step)))
            first.set(stop)

    def _takes_right(self, source: Value, left: Value, right: Value, middle: Value, stop: Value) -> Value:
        """Tell whether the next number comes from the right run: where it is before that of the left one."""
        writer = self._writer
        has_left, has_right = writer.less(left, middle), writer.less(right, stop)
        both = writer.both(has_left, has_right)
        zero = writer.integer(0)
        numbers = [
            writer.element(self._pairs, writer.plus(source, writer.times(writer.select(both, each, zero), 2)))
            for each in (right, left)
        ]
        return writer.either(writer.negation(has_left), writer.both(both, self._is_before(*numbers)))


def _row(writer: Writer, kept: Listing, row: Value) -> Listing:
    """Return a list of numbers inside of a list that is kept."""
    inner = kept.item(row)
    if isinstance(inner, Number) or inner.none is not None or inner.size is not None:
        raise NotWrittenError("this axis of such lists sorted")
    if not is_of_numbers(writer, inner):
        raise NotWrittenError("an axis further out sorted")
    return inner
