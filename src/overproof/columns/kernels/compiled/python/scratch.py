"""Memory in which a function keeps lists of one entry.

A list of numbers lies in `numbers`, two places an item: the number, and whether it is None. A list of lists lies in
`places`: place of the first item and length of each; -1 is the length of None. Both are used again for every entry.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from overproof.columns.kernels.compiled.python.contents import (
    Content,
    Listing,
    NotWrittenError,
    Number,
    is_of_numbers,
    is_there,
)
from overproof.columns.machine.writer import NO, Value, Variable, Writer
from overproof.words.frozen import dataclass

UNDECIDED = 1
"""Code of a function that leaves a block to the interpreter."""

NO_ROOM = 2
"""Code of a function that needs more scratch memory."""

FIRST_ROOM = 1 << 16
"""Items for which there is room before a function has asked for more."""

MOST_ROOM = 1 << 27
"""Items beyond which the interpreter is asked: it needs more memory too, but tells why."""

_NUMBERS, _PLACES, _ROOM = "scratch numbers", "scratch places", "scratch room"


def uses_scratch(names: Collection[str]) -> bool:
    """Tell from the names of what a function takes whether it has scratch memory."""
    return _ROOM in names


def scratch_arguments(room: int) -> dict[str, npt.NDArray[Any] | int | float]:
    """Return what a function with scratch memory is called with; nothing for no room."""
    if not room:
        return {}
    return {_NUMBERS: np.empty(room), _PLACES: np.empty(room, dtype=np.int64), _ROOM: room}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """What is known of the items of a list when it is kept: `item` is the shape of theirs, None for numbers."""

    can_lack: bool
    size: int | None = None
    item: _Shape | None = None


class Scratch:
    """The scratch memory of a function; all of it is free where this is made.

    Args:
        writer: of the function.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.numbers = writer.array(_NUMBERS, np.float64, is_constant=False)
        self._places = writer.array(_PLACES, np.int64, is_constant=False)
        self._room = writer.number(_ROOM)
        self._used_numbers = Variable(writer, writer.integer(0))
        self._used_places = Variable(writer, writer.integer(0))

    def reserve(self, items: Value) -> Value:
        """Return the place of as many pairs of doubles."""
        return self._reserve(self._used_numbers, items)

    def _reserve(self, used: Variable, items: Value) -> Value:
        writer = self._writer
        start = used.get()
        stop = writer.plus(start, writer.times(items, 2))
        with writer.give_when(writer.less(self._room, stop), writer.integer(NO_ROOM)):
            pass
        used.set(stop)
        return start

    def keep(self, listing: Listing, *, chosen: Callable[[Value], Value] | None = None) -> Listing:
        """Write a list into memory, and return it from there.

        Args:
            listing: what to keep.
            chosen: writes the flag whether an item is kept; None: all are.
        """
        if listing.kept is not None and chosen is None:
            return listing
        return self.join([listing], chosen=chosen)

    def join(self, listings: Sequence[Listing], *, chosen: Callable[[Value], Value] | None = None) -> Listing:
        """Write some lists one behind the other; all of them have items of the same depth."""
        start, length, shape = self._write(listings, chosen=chosen)
        first = listings[0]
        size = first.size if chosen is None and len(listings) == 1 else None
        return self._read(start, length, first.none, size, shape)

    def flat(self, listing: Listing) -> Listing:
        """Write the items of all lists of a list one behind the other.

        Raises:
            NotWrittenError: one of them may be None.
        """
        writer = self._writer
        total = Variable(writer, writer.integer(0))
        with writer.count(writer.integer(0), listing.length) as row:
            inner = _inner(listing, row)
            total.set(writer.plus(total.get(), inner.length))
            is_deep = not is_of_numbers(writer, inner)
        start = self._reserve(self._used_places if is_deep else self._used_numbers, total.get())
        kept = Variable(writer, writer.integer(0))
        with writer.count(writer.integer(0), listing.length) as row:
            inner = _inner(listing, row)
            with writer.count(writer.integer(0), inner.length) as place:
                shape = self._write_item(inner.item(place), start, kept)
        return self._read(start, kept.get(), None, None, shape)

    def _write(
        self, listings: Sequence[Listing], *, chosen: Callable[[Value], Value] | None = None
    ) -> tuple[Value, Value, _Shape]:
        writer = self._writer
        total = listings[0].length
        for listing in listings[1:]:
            total = writer.plus(total, listing.length)
        holds_numbers = [is_of_numbers(writer, listing) for listing in listings]
        start = self._reserve(self._used_numbers if all(holds_numbers) else self._used_places, total)
        kept = Variable(writer, writer.integer(0))
        shapes: list[_Shape] = []
        for listing in listings:
            with writer.count(writer.integer(0), listing.length) as place:
                if chosen is None:
                    shapes.append(self._write_item(listing.item(place), start, kept))
                else:
                    with writer.when(chosen(place)):
                        shapes.append(self._write_item(listing.item(place), start, kept))
        return start, kept.get(), _joined(shapes)

    def _write_item(self, item: Content, start: Value, kept: Variable) -> _Shape:
        writer = self._writer
        number = kept.get()
        kept.set(writer.plus(number, 1))
        pair = writer.plus(start, writer.times(number, 2))
        if isinstance(item, Number):
            writer.write(self.numbers, pair, item.data)
            if item.none is not None:
                writer.write(self.numbers, writer.plus(pair, 1), writer.as_double(item.none))
            else:
                writer.write(self.numbers, writer.plus(pair, 1), writer.double(0.0))
            return _Shape(can_lack=item.none is not None)
        if item.kept is not None:
            shape = _shape_of(writer, item)
            first, length = item.kept, item.length
        else:
            first, length, shape = self._write([item])
        shown = length if item.none is None else writer.select(item.none, writer.integer(-1), length)
        writer.write(self._places, pair, first)
        writer.write(self._places, writer.plus(pair, 1), shown)
        return _Shape(can_lack=item.none is not None, size=item.size, item=shape)

    def _read(self, start: Value, length: Value, none: Value | None, size: int | None, shape: _Shape) -> Listing:
        writer = self._writer

        def item(place: Value) -> Content:
            pair = writer.plus(start, writer.times(place, 2))
            second = writer.plus(pair, 1)
            if shape.item is None:
                data = writer.element(self.numbers, pair)
                if not shape.can_lack:
                    return Number(data=data)
                flag = writer.compare("!=", writer.element(self.numbers, second), writer.double(0.0))
                return Number(data=data, none=flag)
            first, shown = writer.element(self._places, pair), writer.element(self._places, second)
            flag = writer.less(shown, 0) if shape.can_lack else None
            own = shown if flag is None else writer.larger(shown, 0)
            return self._read(first, own, flag, shape.size, shape.item)

        return Listing(writer, length=length, item=item, none=none, size=size, kept=start)


def _inner(listing: Listing, row: Value) -> Listing:
    inner = listing.item(row)
    if isinstance(inner, Number):
        raise NotWrittenError("numbers made flat")
    return inner


def _shape_of(writer: Writer, listing: Listing) -> _Shape:
    """Tell of what shape the items of a list are that is kept; what is written for that is never reached."""
    with writer.when(NO):
        item = listing.item(writer.integer(0))
        if isinstance(item, Number):
            return _Shape(can_lack=item.none is not None)
        return _Shape(can_lack=item.none is not None, size=item.size, item=_shape_of(writer, item))


def _joined(shapes: Sequence[_Shape]) -> _Shape:
    """Return the shape of items that are of one of some shapes."""
    items = [shape.item for shape in shapes if shape.item is not None]
    sizes = {shape.size for shape in shapes}
    return _Shape(
        can_lack=any(shape.can_lack for shape in shapes),
        size=sizes.pop() if len(sizes) == 1 else None,
        item=_joined(items) if items else None,
    )


def chosen_there(writer: Writer, listing: Listing) -> Callable[[Value], Value]:
    """Write for every item whether it is not None."""
    return lambda place: is_there(writer, listing.item(place))
