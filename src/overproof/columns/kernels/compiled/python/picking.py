"""Elements by place and by slice, by a mask or by a list of places."""

from __future__ import annotations

from collections.abc import Callable

from overproof.analysis.draw.python.typed import Step
from overproof.columns.kernels.compiled.python.contents import (
    Content,
    Listing,
    NotWrittenError,
    Number,
    any_of,
    is_of_numbers,
    nothing_when,
    optional,
)
from overproof.columns.kernels.compiled.python.scratch import Scratch
from overproof.columns.kernels.compiled.python.together import check_items, leave_when, side_by_side
from overproof.columns.machine.writer import Value, Writer

TWO_TO_53 = 2.0**53


def at_axis(content: Content, axis: int, change: Callable[[Content], Content]) -> Content:
    """Do something to all contents at an axis: 1 is that of the elements of an entry, the content itself."""
    if axis == 1:
        return change(content)
    if isinstance(content, Number):
        raise NotWrittenError("an axis that is not there")
    return content.mapped(lambda item: at_axis(item, axis - 1, change))


# -- by place ----------------------------------------------------------------------------------------------------


def pick_step(writer: Writer, content: Content, step: Step, present: Value | None) -> Content:
    """Take one step; an element that is not there leaves the block to the interpreter."""
    if step.at is None and step.bounds is None:
        return at_axis(content, step.axis, lambda each: _new_axis(writer, each))

    def change(each: Content) -> Content:
        if isinstance(each, Number):
            raise NotWrittenError("an element of a number")
        if step.bounds is not None:
            return _slice(writer, each, step.bounds)
        return _element(writer, each, step.at or 0, present if step.axis == 1 else None)

    found = at_axis(content, step.axis, change)
    if step.at is not None and step.axis > 1:
        _check_elements(writer, found, step.axis - 1)
    return found


def _check_elements(writer: Writer, content: Content, levels: int) -> None:
    """Write every element that was picked, since one that is missing is an error though nobody looks at it."""
    if isinstance(content, Listing):
        with writer.count(writer.integer(0), content.length) as place:
            item = content.item(place)
            if levels > 1:
                _check_elements(writer, item, levels - 1)


def _new_axis(writer: Writer, content: Content) -> Listing:
    return Listing(writer, length=writer.integer(1), item=lambda _: content, size=1)


def _element(writer: Writer, listing: Listing, place: int, present: Value | None) -> Content:
    needed = place + 1 if place >= 0 else -place
    is_there = writer.not_less(listing.length, needed)
    lacks = writer.negation(is_there)
    if listing.none is not None:
        lacks = writer.both(lacks, writer.negation(listing.none))
    if present is not None:
        lacks = writer.both(lacks, present)
    leave_when(writer, lacks)
    number = writer.integer(place) if place >= 0 else writer.plus(listing.length, place)
    if listing.none is None and present is None:
        return listing.item(number)  # the function goes on only where it is there
    found = optional(writer, is_there, lambda: listing.item(number))
    if listing.none is not None:
        return found
    return Number(data=found.data) if isinstance(found, Number) else _without_none(writer, found)


def _without_none(writer: Writer, listing: Listing) -> Listing:
    return Listing(writer, length=listing.length, item=listing.item, size=listing.size)


def _slice(writer: Writer, listing: Listing, bounds: tuple[int | None, int | None, int | None]) -> Listing:
    """Take a slice, as Python does: see `slice.indices`."""
    start, stop, step = bounds
    step = 1 if step is None else step
    length, none, size = listing.length, listing.none, None
    if listing.size is not None:
        size = len(range(*slice(*bounds).indices(listing.size)))
        if size != 1:
            raise NotWrittenError("nothing of a list of which awkward knows the size")
    lowest = writer.integer(0 if step > 0 else -1)
    highest = length if step > 0 else writer.minus(length, 1)

    def bound(given: int | None, default: Value) -> Value:
        if given is None:
            return default
        place = writer.integer(given) if given >= 0 else writer.plus(length, given)
        place = writer.larger(place, lowest)
        return writer.select(writer.less(place, highest), place, highest)

    first = bound(start, lowest if step > 0 else highest)
    last = bound(stop, highest if step > 0 else lowest)
    distance = writer.minus(last, first) if step > 0 else writer.minus(first, last)
    width = abs(step)
    rounded = writer.plus(distance, width - 1)
    count = rounded if width == 1 else writer.quotient(writer.larger(rounded, 0), width)
    return Listing(
        writer,
        length=writer.larger(count, 0),
        item=lambda place: listing.item(writer.plus(first, writer.times(place, step))),
        none=none,
        size=size,
    )


# -- by a mask, or by places -------------------------------------------------------------------------------------


class Picker:
    """Picks elements of lists by other lists.

    Args:
        writer: of the function.
        scratch: where lists are kept.
        is_mask: the other lists are conditions, not places.
    """

    def __init__(self, writer: Writer, scratch: Scratch, *, is_mask: bool) -> None:
        self._writer = writer
        self._scratch = scratch
        self._is_mask = is_mask

    def pick(self, base: Content, index: Content) -> Content:
        """Pick at the innermost level of the index."""
        writer = self._writer
        if isinstance(base, Number) or isinstance(index, Number):
            raise NotWrittenError("a number picked from")
        base = Listing(writer, length=base.length, item=base.item, none=base.none)  # is not repeated here
        if index.size is not None and self._is_mask:
            raise NotWrittenError("a condition of which awkward knows the size")
        if not is_of_numbers(writer, index):
            return self._pick_inside(base, index)
        none = any_of(writer, base.none, index.none)
        found = self._by_mask(base, index) if self._is_mask else self._by_places(base, index)
        return nothing_when(writer, found, none)

    def _pick_inside(self, base: Listing, index: Listing) -> Content:
        writer = self._writer
        if index.size is not None:
            raise NotWrittenError("lists picked from by places of which awkward knows the number")
        none = any_of(writer, base.none, index.none)
        if none is not None:  # awkward picks nothing but nothing from None here
            has_items = writer.less(writer.integer(0), writer.plus(base.length, index.length))
            leave_when(writer, writer.both(none, has_items))
        beside = side_by_side(writer, [base, index])
        found = Listing(
            writer,
            length=beside.length,
            item=lambda place: self.pick(*beside.items(place)),
            none=beside.none,
            size=beside.size,
        )
        check_items(writer, found)
        return found

    def _by_mask(self, base: Listing, mask: Listing) -> Listing:
        writer = self._writer
        beside = side_by_side(writer, [base, mask])
        picked = Listing(writer, length=beside.length, item=lambda place: self._masked(base, mask, place))
        return self._scratch.keep(picked, chosen=lambda place: self._is_chosen(mask, place))

    def _masked(self, base: Listing, mask: Listing, place: Value) -> Content:
        flag = mask.item(place)
        return nothing_when(self._writer, base.item(place), flag.none)

    def _is_chosen(self, mask: Listing, place: Value) -> Value:
        flag = mask.item(place)
        assert isinstance(flag, Number)
        chosen = self._writer.compare("!=", flag.data, self._writer.double(0.0))
        return chosen if flag.none is None else self._writer.either(chosen, flag.none)

    def _by_places(self, base: Listing, index: Listing) -> Listing:
        """Pick by places, which are looked at before anything is picked; a negative one counts from the end."""
        writer = self._writer
        if base.none is not None:
            raise NotWrittenError("elements by their places from lists that may be None")
        kept = self._scratch.keep(index)

        def place_of(number: Value) -> tuple[Value, Value | None]:
            item = kept.item(number)
            assert isinstance(item, Number)
            fits = writer.compare("<", writer.intrinsic("fabs", item.data), writer.double(TWO_TO_53))
            place = writer.towards_zero(writer.select(fits, item.data, writer.double(-TWO_TO_53)))
            return writer.select(writer.less(place, 0), writer.plus(place, base.length), place), item.none

        with writer.count(writer.integer(0), kept.length) as number:
            place, none = place_of(number)
            is_out = writer.either(writer.less(place, 0), writer.not_less(place, base.length))
            leave_when(writer, is_out if none is None else writer.both(is_out, writer.negation(none)))

        def item(number: Value) -> Content:
            place, none = place_of(number)
            if none is None:
                return base.item(place)
            return optional(writer, writer.negation(none), lambda: base.item(place))

        return Listing(writer, length=kept.length, item=item)
