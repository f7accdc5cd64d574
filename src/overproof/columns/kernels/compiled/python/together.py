"""Lists and numbers side by side, as awkward broadcasts them.

Lists of one level have the same length, or the function leaves the block to the interpreter, which says what is wrong.
A list of size 1, which a new axis makes, is repeated; a number stands beside every item.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from overproof.columns.kernels.compiled.functions import write_function
from overproof.columns.kernels.compiled.python.contents import (
    Content,
    Listing,
    NotWrittenError,
    Number,
    any_of,
    is_of_numbers,
)
from overproof.columns.kernels.compiled.python.scratch import UNDECIDED
from overproof.columns.machine.writer import Value, Writer
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Some contents, of which one at least is a list, with one loop for all.

    Attributes:
        length: of the loop; 0 where one of them is None.
        none: flag that one of them is None.
        size: the length, where awkward knows it.
        items: writes the contents of a pass, in the order of the contents.
    """

    length: Value
    none: Value | None
    size: int | None
    items: Callable[[Value], list[Content]]


def side_by_side(writer: Writer, contents: Sequence[Content]) -> Beside:
    """Broadcast one level of lists."""
    lists = [content for content in contents if isinstance(content, Listing)]
    none = any_of(writer, *(content.none for content in contents))
    longer = [each for each in lists if each.size != 1]
    leading = longer[0] if longer else lists[0]
    for other in longer[1:]:
        _check_lengths(writer, leading, other)
    length = leading.length
    if none is not None:
        length = writer.select(none, writer.integer(0), length)

    def items(place: Value) -> list[Content]:
        return [_item(writer, content, place, is_repeated=bool(longer)) for content in contents]

    return Beside(length=length, none=none, size=_size(lists), items=items)


def _size(lists: Sequence[Listing]) -> int | None:
    sizes = {each.size for each in lists}
    if None in sizes:
        return None
    larger = sizes - {1}
    if len(larger) > 1:
        raise NotWrittenError("lists of different known sizes side by side")
    return larger.pop() if larger else 1


def _item(writer: Writer, content: Content, place: Value, *, is_repeated: bool) -> Content:
    if isinstance(content, Number):
        return Number(data=content.data)  # where it is None there is no pass
    return content.item(writer.integer(0) if content.size == 1 and is_repeated else place)


def _check_lengths(writer: Writer, one: Listing, other: Listing) -> None:
    differs = writer.differs(one.length, other.length)
    none = any_of(writer, one.none, other.none)
    if none is not None:
        differs = writer.both(differs, writer.negation(none))
    leave_when(writer, differs)


def leave_when(writer: Writer, flag: Value) -> None:
    """Leave the block to the interpreter where a flag is set."""
    with writer.give_when(flag, writer.integer(UNDECIDED)):
        pass


def combined(writer: Writer, contents: Sequence[Content], combine: Callable[[Sequence[Content]], Content]) -> Content:
    """Broadcast contents at all levels and make one of them, element by element; see `check_items`.

    Args:
        writer: of the function.
        contents: what stands side by side.
        combine: makes one content of numbers, or of what it takes instead.
    """
    if all(isinstance(content, Number) for content in contents):
        return combine(contents)
    beside = side_by_side(writer, contents)
    return Listing(
        writer,
        length=beside.length,
        item=lambda place: combined(writer, beside.items(place), combine),
        none=beside.none,
        size=beside.size,
    )


def check_items(writer: Writer, listing: Listing) -> None:
    """Go through the lists inside of a list, which compares their lengths; LLVM drops what compares nothing."""
    if not is_of_numbers(writer, listing):
        with writer.count(writer.integer(0), listing.length) as place:
            listing.item(place)


def write_elements(writer: Writer, kernel: str, contents: Sequence[Content], *, makes_booleans: bool) -> Content:
    """Write a function of numbers in every element."""

    def combine(numbers: Sequence[Content]) -> Content:
        data = [number.data for number in numbers if isinstance(number, Number)]
        found = write_function(writer, kernel, data)
        if makes_booleans:
            found = writer.as_double(writer.compare("!=", found, writer.double(0.0)))
        return Number(data=found, none=any_of(writer, *(number.none for number in numbers)))

    return combined(writer, contents, combine)
