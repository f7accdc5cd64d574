"""What a value of one entry is while a function is written: a number, or a list whose items are written when asked for.

Nothing is computed for a list but its length; an element is written where it is used. What costs more than a few
instructions is kept in scratch memory (`scratch.py`) instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from overproof.columns.machine.writer import NO, YES, Value, Writer
from overproof.words.frozen import dataclass


class NotWrittenError(Exception):
    """A construct that only the interpreter knows; says which.

    Attributes:
        path_of_other_blocks: that has a chance to compute them.
    """

    path_of_other_blocks = "interpreted"


class OtherColumnError(NotWrittenError):
    """A column of a block that is not made as the plan says; the next block may be."""

    path_of_other_blocks = "compiled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number or a truth, which is 1 or 0.

    Attributes:
        data: a double.
        none: flag that there is no number but None; None: there always is one.
    """

    data: Value
    none: Value | None = None


class Listing:
    """A list of numbers or of lists.

    Args:
        writer: of the function.
        length: how many items it has; 0 where it is None.
        item: writes one, where its place is at least 0 and below the length.
        none: flag that there is no list but None; None: there always is one.
        size: its length where awkward knows that all have the same; a list of size 1 is repeated beside others.
        kept: where it lies in scratch memory: place of the first item.
    """

    def __init__(
        self,
        writer: Writer,
        *,
        length: Value,
        item: Callable[[Value], Content],
        none: Value | None = None,
        size: int | None = None,
        kept: Value | None = None,
    ) -> None:
        self.length = length
        self.none = none
        self.size = size
        self.kept = kept
        self._writer = writer
        self._item = item

    def item(self, place: Value) -> Content:
        """Return an item, written once where it can be used again."""
        return self._writer.known((self, place), lambda: self._item(place))

    def mapped(self, change: Callable[[Content], Content]) -> Listing:
        """Return the list with something done to every item."""
        return Listing(
            self._writer,
            length=self.length,
            item=lambda place: change(self.item(place)),
            none=self.none,
            size=self.size,
        )


Content: TypeAlias = Number | Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The value of a formula for an entry.

    Attributes:
        content: number or list; every list is empty where the value is not present.
        present: flag that masks have left the entry; None: they have.
        is_constant: the same number everywhere.
    """

    content: Content
    present: Value | None = None
    is_constant: bool = False


def any_of(writer: Writer, *flags: Value | None) -> Value | None:
    """Write whether one of some flags is set; None is a flag that never is."""
    found = None
    for flag in flags:
        if flag is not None:
            found = flag if found is None else writer.either(found, flag)
    return found


def all_of(writer: Writer, *flags: Value | None) -> Value | None:
    """Write whether all of some flags are set; None is a flag that always is."""
    found = None
    for flag in flags:
        if flag is not None:
            found = flag if found is None else writer.both(found, flag)
    return found


def emptied(writer: Writer, content: Content, unless: Value | None) -> Content:
    """Leave a list empty unless a flag is set; a number stays what it is."""
    if unless is None or isinstance(content, Number):
        return content
    length = writer.select(unless, content.length, writer.integer(0))
    return Listing(writer, length=length, item=content.item, none=content.none, size=content.size, kept=content.kept)


def is_there(writer: Writer, content: Content) -> Value:
    """Write the flag that a content is not None."""
    return YES if content.none is None else writer.negation(content.none)


def nothing_when(writer: Writer, content: Content, none: Value | None) -> Content:
    """Make None of a content where a flag is set."""
    if none is None:
        return content
    flag = any_of(writer, content.none, none)
    if isinstance(content, Number):
        return Number(data=content.data, none=flag)
    length = writer.select(none, writer.integer(0), content.length)
    return Listing(writer, length=length, item=content.item, none=flag, size=content.size, kept=content.kept)


def is_of_numbers(writer: Writer, listing: Listing) -> bool:
    """Tell what the items of a list are; what is written for that is never reached."""
    with writer.when(NO):
        return isinstance(listing.item(writer.integer(0)), Number)


def can_lack(writer: Writer, listing: Listing) -> bool:
    """Tell whether items of a list may be None; what is written for that is never reached."""
    with writer.when(NO):
        return listing.item(writer.integer(0)).none is not None


def one_of(writer: Writer, flag: Value, yes: Callable[[], Content], no: Callable[[], Content]) -> Content:
    """Write one of two contents of the same depth; what is not chosen is not computed."""
    sides: list[Content] = []

    def side(make: Callable[[], Content]) -> Callable[[], list[Value]]:
        def write() -> list[Value]:
            content = make()
            sides.append(content)
            none = NO if content.none is None else content.none
            return [content.data if isinstance(content, Number) else content.length, none]

        return write

    found, none = writer.decide(flag, side(yes), side(no))
    can_lack = any(content.none is not None for content in sides)
    if all(isinstance(content, Number) for content in sides):
        return Number(data=found, none=none if can_lack else None)
    if any(isinstance(content, Number) for content in sides):
        raise NotWrittenError("a list or a number")

    def item(place: Value) -> Content:
        return one_of(writer, flag, lambda: _item(yes(), place), lambda: _item(no(), place))

    sizes = {content.size for content in sides if isinstance(content, Listing)}
    if sizes != {None}:
        raise NotWrittenError("one of two lists of which awkward knows the size")
    return Listing(writer, length=found, item=item, none=none if can_lack else None)


def optional(writer: Writer, is_given: Value, make: Callable[[], Content]) -> Content:
    """Write a content that is None, and not computed, where a flag is not set."""
    sides: list[Content] = []

    def write() -> list[Value]:
        content = make()
        sides.append(content)
        none = NO if content.none is None else content.none
        return [content.data if isinstance(content, Number) else content.length, none]

    def nothing() -> list[Value]:
        zero = writer.double(0.0) if isinstance(sides[0], Number) else writer.integer(0)
        return [zero, YES]

    found, none = writer.decide(is_given, write, nothing)
    content = sides[0]
    if isinstance(content, Number):
        return Number(data=found, none=none)
    return Listing(writer, length=found, item=lambda place: _item(make(), place), none=none, size=content.size)


def _item(content: Content, place: Value) -> Content:
    assert isinstance(content, Listing)
    return content.item(place)
