"""Functions of lists, by the names of awkward; see `kernels/python/lists.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from overproof.columns.kernels.compiled.python.contents import (
    Content,
    Listing,
    NotWrittenError,
    Number,
    any_of,
    can_lack,
    nothing_when,
    one_of,
    optional,
)
from overproof.columns.kernels.compiled.python.ordering import Order
from overproof.columns.kernels.compiled.python.picking import at_axis
from overproof.columns.kernels.compiled.python.reducing import REDUCERS, Reduction
from overproof.columns.kernels.compiled.python.scratch import Scratch, chosen_there
from overproof.columns.kernels.compiled.python.together import check_items, side_by_side
from overproof.columns.machine.writer import NO, Value, Writer

Option = float | int | bool | None


class ListFunctions:
    """Writes functions of lists.

    Args:
        writer: of the function.
        scratch: where lists are kept.
    """

    def __init__(self, writer: Writer, scratch: Scratch) -> None:
        self._writer = writer
        self._scratch = scratch

    def write(
        self, name: str, contents: Sequence[Content], options: Mapping[str, Option], *, is_boolean: bool
    ) -> Content:
        """Write a function of some contents.

        Args:
            name: of the function, without its library.
            contents: what it is called with.
            options: its keywords.
            is_boolean: the first content is true or false.

        Raises:
            NotWrittenError: only the interpreter knows this.
        """
        axis = int(options.get("axis") or 0)
        if name in REDUCERS:
            reduction = Reduction(self._writer, self._scratch, name, options, is_boolean=is_boolean)
            return reduction.along(contents[0], axis)
        if name in {"sort", "argsort"}:
            ascending = options.get("ascending") in {None, True}
            order = Order(self._writer, self._scratch, is_ascending=ascending, gives_places=name == "argsort")
            return order.along(unsized(self._writer, contents[0]), axis)
        if name == "where":
            return choose(self._writer, *beside_entries(self._writer, contents))
        if name == "mask":
            valid_when = bool(options.get("valid_when", True))
            return self._mask(beside_entries(self._writer, contents), valid_when)
        if name == "concatenate":
            return self._concatenate(contents, axis)
        write: Callable[[Content, int, Mapping[str, Option]], Content] | None = getattr(self, f"_{name}", None)
        if write is None:
            raise NotWrittenError(f"`{name}`")
        return write(contents[0], axis, options)

    # -- of numbers and what is None -------------------------------------------------------------------------------

    def _ones_like(self, content: Content, axis: int, options: Mapping[str, Option]) -> Content:
        return _each_number(content, lambda number: Number(data=self._writer.double(1.0), none=number.none))

    def _zeros_like(self, content: Content, axis: int, options: Mapping[str, Option]) -> Content:
        return _each_number(content, lambda number: Number(data=self._writer.double(0.0), none=number.none))

    def _fill_none(self, content: Content, axis: int, options: Mapping[str, Option]) -> Content:
        value = self._writer.double(float(options["value"] or 0.0))

        def fill(item: Content) -> Content:
            if item.none is None:
                return item
            if isinstance(item, Listing):
                raise NotWrittenError("a number in the place of a list")
            return Number(data=self._writer.select(item.none, value, item.data))

        return at_axis(content, axis + 1, fill)

    def _is_none(self, content: Content, axis: int, options: Mapping[str, Option]) -> Content:
        def tell(item: Content) -> Content:
            flag = NO if item.none is None else item.none
            return Number(data=self._writer.as_double(flag))

        return at_axis(content, axis + 1, tell)

    def _drop_none(self, content: Content, axis: int, options: Mapping[str, Option]) -> Content:
        """Drop what is None from lists; of one value an entry the caller drops the entry."""
        if axis == 0:
            return _given(self._writer, content)

        def drop(item: Content) -> Content:
            if isinstance(item, Number):
                raise NotWrittenError("a number without items")
            return self._without_none(item) if can_lack(self._writer, item) else item

        return at_axis(content, axis, drop)

    def _without_none(self, listing: Listing) -> Listing:
        given = Listing(
            self._writer,
            length=listing.length,
            item=lambda place: _given(self._writer, listing.item(place)),
            none=listing.none,
        )
        return self._scratch.keep(given, chosen=chosen_there(self._writer, listing))

    def _mask(self, contents: Sequence[Content], valid_when: bool) -> Content:  # noqa: FBT001 - an option of awkward
        writer = self._writer
        content, condition = contents
        if isinstance(condition, Listing):
            beside = side_by_side(writer, [content, condition])
            found = Listing(
                writer,
                length=beside.length,
                item=lambda place: self._mask(beside.items(place), valid_when),
                none=beside.none,
                size=beside.size,
            )
            check_items(writer, found)
            return found
        is_true = writer.compare("!=", condition.data, writer.double(0.0))
        is_left_out = writer.negation(is_true) if valid_when else is_true
        return nothing_when(writer, content, any_of(writer, is_left_out, condition.none))

    # -- of lengths and places -------------------------------------------------------------------------------------

    def _num(self, content: Content, axis: int, options: Mapping[str, Option]) -> Content:
        return at_axis(content, axis, lambda each: _number_of_items(self._writer, each))

    def _local_index(self, content: Content, axis: int, options: Mapping[str, Option]) -> Content:
        writer = self._writer

        def places(each: Content) -> Content:
            listing = _listing(each)
            return Listing(
                writer,
                length=listing.length,
                item=lambda place: Number(data=writer.as_double(place)),
                none=listing.none,
                size=listing.size,
            )

        return at_axis(content, axis, places)

    def _firsts(self, content: Content, axis: int, options: Mapping[str, Option]) -> Content:
        writer = self._writer

        def first(each: Content) -> Content:
            listing = _listing(each)
            has_one = writer.less(writer.integer(0), listing.length)
            return optional(writer, has_one, lambda: listing.item(writer.integer(0)))

        return at_axis(content, axis, first)

    def _singletons(self, content: Content, axis: int, options: Mapping[str, Option]) -> Content:
        writer = self._writer
        one = writer.integer(1)
        length = one if content.none is None else writer.select(content.none, writer.integer(0), one)
        return Listing(writer, length=length, item=lambda _: _given(writer, content))

    def _pad_none(self, content: Content, axis: int, options: Mapping[str, Option]) -> Content:
        return at_axis(content, axis, lambda each: self._padded(_listing(each), options))

    def _padded(self, listing: Listing, options: Mapping[str, Option]) -> Listing:
        writer, target = self._writer, int(options["target"] or 0)
        clips = bool(options.get("clip"))
        length = writer.integer(target) if clips else writer.larger(listing.length, target)
        if listing.none is not None:
            length = writer.select(listing.none, writer.integer(0), length)

        def item(place: Value) -> Content:
            return optional(writer, writer.less(place, listing.length), lambda: listing.item(place))

        return Listing(writer, length=length, item=item, none=listing.none)

    # -- of whole lists --------------------------------------------------------------------------------------------

    def _flatten(self, content: Content, axis: int, options: Mapping[str, Option]) -> Content:
        return at_axis(content, axis - 1, lambda each: self._flat(_listing(each)))

    def _flat(self, listing: Listing) -> Content:
        """Put the lists of a list one behind the other."""
        return nothing_when(self._writer, self._scratch.flat(listing), listing.none)

    def _concatenate(self, contents: Sequence[Content], axis: int) -> Content:
        writer = self._writer
        lists = [_listing(content) for content in contents]
        if any(each.size is not None for each in lists):
            raise NotWrittenError("lists of which awkward knows the size put together")
        if axis == 1:
            return self._scratch.join([_listing(_given(writer, each)) for each in lists])  # None is an empty list
        if any(each.none is not None for each in lists):
            raise NotWrittenError("lists inside of what may be None put together")
        beside = side_by_side(writer, lists)
        found = Listing(
            writer, length=beside.length, item=lambda place: self._concatenate(beside.items(place), axis - 1)
        )
        return self._scratch.keep(found)


def choose(writer: Writer, condition: Content, yes: Content, no: Content) -> Content:
    """Write one of two values for each condition; the three are broadcast."""
    if isinstance(condition, Number):
        flag = writer.compare("!=", condition.data, writer.double(0.0))
        return nothing_when(writer, one_of(writer, flag, lambda: yes, lambda: no), condition.none)
    if any(isinstance(content, Listing) and content.none is not None for content in (condition, yes, no)):
        raise NotWrittenError("a choice by elements where a whole list may be None")
    beside = side_by_side(writer, [condition, _given(writer, yes), _given(writer, no)])

    def item(place: Value) -> Content:
        flag, one, other = beside.items(place)
        return choose(writer, flag, nothing_when(writer, one, yes.none), nothing_when(writer, other, no.none))

    found = Listing(writer, length=beside.length, item=item, size=beside.size)
    check_items(writer, found)
    return found


def beside_entries(writer: Writer, contents: Sequence[Content], *, has_plain: bool | None = None) -> list[Content]:
    """Forget sizes beside one value an entry, where awkward would line up the innermost axes; see `lists.py` there.

    Args:
        writer: of the function.
        contents: what stands side by side.
        has_plain: one of them has one value an entry; None: numbers have.
    """
    plain = any(isinstance(content, Number) for content in contents) if has_plain is None else has_plain
    return [unsized(writer, content) for content in contents] if plain else list(contents)


def unsized(writer: Writer, content: Content) -> Content:
    """Forget at all levels that the size of a list is known; those of size 1 are not repeated then."""
    if isinstance(content, Number):
        return content
    return Listing(
        writer,
        length=content.length,
        item=lambda place: unsized(writer, content.item(place)),
        none=content.none,
    )


def _each_number(content: Content, change: Callable[[Number], Content]) -> Content:
    if isinstance(content, Number):
        return change(content)
    return content.mapped(lambda item: _each_number(item, change))


def _given(writer: Writer, content: Content) -> Content:
    """Return a content that is not None here."""
    if isinstance(content, Number):
        return Number(data=content.data)
    return Listing(writer, length=content.length, item=content.item, size=content.size, kept=content.kept)


def _number_of_items(writer: Writer, content: Content) -> Number:
    listing = _listing(content)
    return Number(data=writer.as_double(listing.length), none=listing.none)


def _listing(content: Content) -> Listing:
    if isinstance(content, Number):
        raise NotWrittenError("a number without items")
    return content
