"""Functions that make one number of a list: sums go from the first element to the last."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from overproof.columns.kernels.compiled.python.contents import (
    Content,
    Listing,
    NotWrittenError,
    Number,
    is_of_numbers,
    is_there,
    nothing_when,
)
from overproof.columns.kernels.compiled.python.scratch import Scratch
from overproof.columns.machine.writer import NO, YES, Value, Variable, Writer

Each = Callable[[Callable[[Value, Value], None]], None]
"""Goes through numbers that are there: gives place and number of each."""

Reducer = Callable[[Writer, Each], Number]
"""Makes one number of some."""


class Reduction:
    """Reduces one level of lists.

    Args:
        writer: of the function.
        scratch: where lists of results are kept.
        name: of the function.
        options: its keywords.
        is_boolean: what is reduced is true or false.
    """

    def __init__(
        self,
        writer: Writer,
        scratch: Scratch,
        name: str,
        options: Mapping[str, float | int | bool | None],
        *,
        is_boolean: bool,
    ) -> None:
        self._writer = writer
        self._scratch = scratch
        self._options = options
        self._reduce = reducer(name, options, is_boolean=is_boolean)

    def along(self, content: Content, axis: int) -> Content:
        """Reduce along an axis; 1 is that of the elements of an entry."""
        if isinstance(content, Number):
            raise NotWrittenError("a number reduced")
        if axis > 1:
            found = content.mapped(lambda item: self.along(item, axis - 1))
            return self._scratch.keep(found)
        return self._with_dimension(content, self._reduced(content))

    def _with_dimension(self, content: Listing, reduced: Content) -> Content:
        if self._options.get("keepdims"):
            reduced_item = reduced
            reduced = Listing(self._writer, length=self._writer.integer(1), item=lambda _: reduced_item, size=1)
        return nothing_when(self._writer, reduced, content.none)

    def _reduced(self, listing: Listing) -> Content:
        writer = self._writer
        if is_of_numbers(writer, listing):
            return self._reduce(writer, lambda take: _go_through(writer, listing.length, listing.item, take))
        return self._across(listing)

    def _across(self, listing: Listing) -> Listing:
        """Reduce the first elements of all lists, the second ones, and so on."""
        writer = self._writer
        longest = Variable(writer, writer.integer(0))
        with writer.count(writer.integer(0), listing.length) as row:
            inner = listing.item(row)
            assert isinstance(inner, Listing)
            if inner.size is not None or not is_of_numbers(writer, inner):
                raise NotWrittenError("this axis of such lists")
            longest.set(writer.larger(longest.get(), inner.length))

        def column(place: Value) -> Content:
            return self._reduce(writer, lambda take: _go_across(writer, listing, place, take))

        return self._scratch.keep(Listing(writer, length=longest.get(), item=column))


def _go_through(
    writer: Writer, length: Value, item: Callable[[Value], Content], take: Callable[[Value, Value], None]
) -> None:
    with writer.count(writer.integer(0), length) as place:
        number = item(place)
        assert isinstance(number, Number)
        if number.none is None:
            take(place, number.data)
        else:
            with writer.when(is_there(writer, number)):
                take(place, number.data)


def _go_across(writer: Writer, listing: Listing, place: Value, take: Callable[[Value, Value], None]) -> None:
    with writer.count(writer.integer(0), listing.length) as row:
        inner = listing.item(row)
        assert isinstance(inner, Listing)
        with writer.when(writer.less(place, inner.length)):
            number = inner.item(place)
            assert isinstance(number, Number)
            if number.none is None:
                take(row, number.data)
            else:
                with writer.when(is_there(writer, number)):
                    take(row, number.data)


# -- what is made of the numbers ---------------------------------------------------------------------------------


def reducer(name: str, options: Mapping[str, float | int | bool | None], *, is_boolean: bool) -> Reducer:
    """Return what makes one number of some.

    Raises:
        NotWrittenError: nothing has that name.
    """
    if name in {"min", "max"}:
        masks = options.get("mask_identity") in {None, True}
        none = _lowest(name, is_boolean=is_boolean)
        return lambda writer, each: _extreme(writer, each, name, none=none, masks=masks)
    if name in {"argmin", "argmax"}:
        return lambda writer, each: _place_of_extreme(writer, each, "<" if name == "argmin" else ">")
    if name in {"var", "std"}:
        ddof = float(options.get("ddof") or 0.0)
        return lambda writer, each: _spread(writer, each, ddof=ddof, has_root=name == "std")
    if name not in _REDUCERS:
        raise NotWrittenError(f"`{name}`")
    return _REDUCERS[name]


def _lowest(name: str, *, is_boolean: bool) -> float:
    if is_boolean:
        return 1.0 if name == "min" else 0.0
    return math.inf if name == "min" else -math.inf


def _folded(first: float, step: Callable[[Writer, Value, Value], Value]) -> Reducer:
    """Make what starts from a number and takes one after the other."""

    def reduce(writer: Writer, each: Each) -> Number:
        result = Variable(writer, writer.double(first))
        each(lambda _, number: result.set(step(writer, result.get(), number)))
        return Number(data=result.get())

    return reduce


def _plus(writer: Writer, before: Value, number: Value) -> Value:
    return writer.builder.fadd(before, number)


def _is_not_zero(writer: Writer, number: Value) -> Value:
    return writer.compare("!=", number, writer.double(0.0))


def _any(writer: Writer, before: Value, number: Value) -> Value:
    return writer.select(_is_not_zero(writer, number), writer.double(1.0), before)


def _all(writer: Writer, before: Value, number: Value) -> Value:
    return writer.select(_is_not_zero(writer, number), before, writer.double(0.0))


def _mean(writer: Writer, each: Each) -> Number:
    total, count = _total_and_count(writer, each)
    return Number(data=writer.builder.fdiv(total, count))


def _total_and_count(writer: Writer, each: Each) -> tuple[Value, Value]:
    total, count = Variable(writer, writer.double(0.0)), Variable(writer, writer.double(0.0))

    def take(_: Value, number: Value) -> None:
        total.set(writer.builder.fadd(total.get(), number))
        count.set(writer.builder.fadd(count.get(), writer.double(1.0)))

    each(take)
    return total.get(), count.get()


def _spread(writer: Writer, each: Each, *, ddof: float, has_root: bool) -> Number:
    """Write the mean square of the distances from the mean, or its root: see `kernels/python/spreads.py`."""
    builder = writer.builder
    total, count = _total_and_count(writer, each)
    mean = builder.fdiv(total, count)
    squares = Variable(writer, writer.double(0.0))

    def take(_: Value, number: Value) -> None:
        distance = builder.fsub(number, mean)
        squares.set(builder.fadd(squares.get(), builder.fmul(distance, distance)))

    each(take)
    found = builder.fdiv(squares.get(), count)
    if ddof:
        found = builder.fmul(found, builder.fdiv(count, builder.fsub(count, writer.double(ddof))))
    return Number(data=writer.intrinsic("sqrt", found) if has_root else found)


def _extreme(writer: Writer, each: Each, name: str, *, none: float, masks: bool) -> Number:
    result = Variable(writer, writer.double(none))
    is_empty = Variable(writer, YES)

    def take(_: Value, number: Value) -> None:
        is_better = writer.compare("<" if name == "min" else ">", number, result.get())
        result.set(writer.select(is_better, number, result.get()))
        is_empty.set(NO)

    each(take)
    return Number(data=result.get(), none=is_empty.get() if masks else None)


def _ptp(writer: Writer, each: Each) -> Number:
    low = _extreme(writer, each, "min", none=math.inf, masks=True)
    high = _extreme(writer, each, "max", none=-math.inf, masks=True)
    return Number(data=writer.builder.fsub(high.data, low.data), none=low.none)


def _place_of_extreme(writer: Writer, each: Each, how: str) -> Number:
    """Write the place of the first number that none is beyond; NaN stays where it comes first."""
    best, found = Variable(writer, writer.double(0.0)), Variable(writer, writer.integer(-1))

    def take(place: Value, number: Value) -> None:
        is_first = writer.less(found.get(), 0)
        is_better = writer.compare("<" if how == "<" else ">", number, best.get())
        with writer.when(writer.either(is_first, is_better)):
            best.set(number)
            found.set(place)

    each(take)
    return Number(data=writer.as_double(found.get()), none=writer.less(found.get(), 0))


_REDUCERS: dict[str, Reducer] = {
    "all": _folded(1.0, _all),
    "any": _folded(0.0, _any),
    "count": _folded(0.0, lambda writer, before, _: _plus(writer, before, writer.double(1.0))),
    "count_nonzero": _folded(
        0.0, lambda writer, before, number: _plus(writer, before, writer.as_double(_is_not_zero(writer, number)))
    ),
    "mean": _mean,
    "prod": _folded(1.0, lambda writer, before, number: writer.builder.fmul(before, number)),
    "ptp": _ptp,
    "sum": _folded(0.0, _plus),
}
"""Functions without options, by name."""

REDUCERS = frozenset({*_REDUCERS, "min", "max", "argmin", "argmax", "var", "std"})
"""Names of all functions that reduce."""
