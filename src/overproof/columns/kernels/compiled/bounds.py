"""Write what a function looks at before it reads any list: that nothing it reads lies beyond its arrays.

A file may hold anything. Lists that do not begin at 0, that end before they begin, or that go beyond what they are
lists of, make the function give up, before it has written anything; the interpreter then does the block.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from overproof.columns.kernels.compiled.columns import Kinds, content_name
from overproof.columns.kernels.jagged import Column
from overproof.columns.machine.writer import Value, Variable, Writer

BEYOND = 3
"""What a function gives whose lists do not fit their content."""


def write_bounds(writer: Writer, kinds: Kinds) -> None:
    """Write the end of the function where columns are not as long as their lists say."""
    looked_at: dict[tuple[str, ...], Value] = {(): writer.number("entries")}
    for name, kind in kinds:
        n_items = looked_at[()]
        for depth in range(len(kind.offsets)):
            path = kind.offsets[: depth + 1]
            if path not in looked_at:
                looked_at[path] = _write_lists(writer, path[-1], n_items)
            n_items = looked_at[path]
        _give_up_when(writer, writer.less(writer.number(_room(content_name(name))), n_items))


def _write_lists(writer: Writer, offsets: str, n_lists: Value) -> Value:
    """Write the look at one array of offsets; return the number of items in all of its lists."""
    starts = writer.array(offsets, np.int64)
    _give_up_when(writer, writer.less(writer.number(_room(offsets)), writer.plus(n_lists, 1)))
    first = writer.element(starts, writer.integer(0))
    is_not_zero = writer.builder.or_(first, writer.minus(writer.integer(0), first))
    signs = Variable(writer, is_not_zero)  # negative as soon as one number is that goes into it
    with writer.count(writer.integer(0), n_lists) as place:
        start, stop = (writer.element(starts, each) for each in (place, writer.plus(place, 1)))
        both = writer.builder.or_(stop, writer.minus(stop, start))
        signs.set(writer.builder.or_(signs.get(), both))
    _give_up_when(writer, writer.less(signs.get(), 0))
    return writer.element(starts, n_lists)


def _give_up_when(writer: Writer, flag: Value) -> None:
    with writer.give_when(flag, writer.integer(BEYOND)):
        pass


def bounds_of(columns: Mapping[str, Column], kinds: Kinds) -> dict[str, int]:
    """Return how much there is of every array, by name: elements of contents, and numbers of offsets."""
    given = {}
    for name, kind in kinds:
        column = columns[name]
        size = math.prod(kind.fixed_shape)
        given[_room(content_name(name))] = len(column.content) // size if size else 0
        given |= {_room(each): len(offsets) for each, offsets in zip(kind.offsets, column.offsets, strict=True)}
    return given


def _room(name: str) -> str:
    return f"room of {name}"
