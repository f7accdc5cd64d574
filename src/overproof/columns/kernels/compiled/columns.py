"""The columns that a compiled function takes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from overproof.columns.kernels.jagged import Column, Integers
from overproof.columns.machine.writer import ELEMENTS, Array, Value, Writer
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnKind:
    """What a function is compiled for.

    Attributes:
        dtype: of the numbers, as numpy writes it.
        fixed_shape: of one element.
        offsets: for each variable-length dimension the name of its offsets; columns of one collection share them.
    """

    dtype: str
    fixed_shape: tuple[int, ...]
    offsets: tuple[str, ...]


Kinds = tuple[tuple[str, ColumnKind], ...]
"""Kinds of columns by name, sorted."""


def kinds_of(columns: Mapping[str, Column]) -> Kinds:
    """Tell what a function for a block's columns is compiled for."""
    known: dict[str, Integers] = {}
    kinds = []
    for name, column in sorted(columns.items()):
        own = tuple(_name_of(each, f"lists {depth} of {name}", known) for depth, each in enumerate(column.offsets))
        kinds.append((name, ColumnKind(dtype=_dtype_of(column), fixed_shape=column.fixed_shape, offsets=own)))
    return tuple(kinds)


def content_name(name: str) -> str:
    """Return under which name a function takes the numbers of a column, whatever that is called."""
    return f"column {name}"


def _dtype_of(column: Column) -> str:
    """Return the type in which a function takes numbers: their own, or doubles where the machine has none like it."""
    dtype = column.content.dtype.newbyteorder("=")
    return dtype.str if dtype.str[1:] in ELEMENTS else np.dtype(np.float64).str


def _name_of(offsets: Integers, name: str, known: dict[str, Integers]) -> str:
    """Return the name of the first offsets like these, which get this name where there are none yet."""
    for other, each in known.items():
        if each is offsets or (np.array_equal(each[-1:], offsets[-1:]) and np.array_equal(each, offsets)):
            return other
    known[name] = offsets
    return name


def arguments_of(columns: Mapping[str, Column], kinds: Kinds) -> dict[str, npt.NDArray[Any] | int | float]:
    """Return what a function is called with: contents and offsets, by name."""
    given: dict[str, npt.NDArray[Any] | int | float] = {}
    for name, kind in kinds:
        column = columns[name]
        given[content_name(name)] = np.ascontiguousarray(column.content, dtype=kind.dtype)
        given |= dict(zip(kind.offsets, column.offsets, strict=True))
    return given


class WrittenColumn:
    """A column in a function that is written.

    Attributes:
        content: its numbers.
        offsets: where its lists start, outermost first.
        element_size: numbers in one element.
        fixed_shape: of one element.
    """

    def __init__(self, writer: Writer, name: str, kind: ColumnKind) -> None:
        self._writer = writer
        self.content: Array = writer.array(content_name(name), kind.dtype)
        self.offsets = tuple(writer.array(each, np.int64) for each in kind.offsets)
        self.fixed_shape = kind.fixed_shape
        self.element_size = math.prod(kind.fixed_shape)

    def start(self, depth: int, place: Value) -> Value:
        """Return where a list starts in the next level."""
        return self._writer.known(
            ("start", self.offsets[depth], place), lambda: self._writer.element(self.offsets[depth], place)
        )

    def stop(self, depth: int, place: Value) -> Value:
        """Return where a list ends in the next level."""
        after = self._writer.known(("after", place), lambda: self._writer.plus(place, 1))
        return self.start(depth, after)

    def length(self, depth: int, place: Value) -> Value:
        """Return how many items a list has."""
        return self._writer.minus(self.stop(depth, place), self.start(depth, place))

    def value(self, place: Value) -> Value:
        """Return a number of the content as a double."""
        return self._writer.known(("value", self.content, place), lambda: self._writer.read_double(self.content, place))
