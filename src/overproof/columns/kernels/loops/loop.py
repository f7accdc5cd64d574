"""The implicit loop of a formula: how many passes each entry has, and which element each pass reads.

The rules are ROOT's, with their edges:

- every dimension without an index loops; branches share their loops from the outermost inwards, and the shortest of
  them sets the length;
- a length of one does not count as short when a longer one comes behind it: `a + b` with one `a` and three `b` makes
  three passes, and a formula that reads an element which is not there is NaN in that pass;
- an entry without the element `x[2]` makes no pass at all;
- a doubly jagged branch loops over rows and elements; `x[][2]` over the rows that are long enough.

Source: TTreeFormulaManager::GetNdata, TTreeFormula::LoadCurrentDim and GetRealInstance.
"""

from __future__ import annotations

import functools
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from overproof.analysis.draw.typed import Leaf
from overproof.columns.kernels.jagged import Column, Doubles, Integers

Flags: TypeAlias = npt.NDArray[np.bool_]

Array = TypeVar("Array", Integers, Doubles)


class Loop:
    """All passes of a block, in the order of entries; what only some formulas need is computed when asked for.

    Args:
        counts: passes of each entry.
        steps: passes in one step of each dimension of the loop, outermost first; that of the outermost is not used.
        whole: columns that the passes read through from their first number to their last.
        rows: for a loop over rows and elements: number of rows of each entry, and passes of each row.
        chosen: places of the passes that are made, ascending; None: all.
    """

    def __init__(
        self,
        counts: Integers,
        *,
        steps: tuple[int, ...] = (),
        whole: frozenset[str] = frozenset(),
        rows: tuple[Integers, Integers] | None = None,
        chosen: Integers | None = None,
    ) -> None:
        self.counts = counts
        self._steps = steps
        self._whole = whole
        self._rows = rows
        self._chosen = chosen

    @functools.cached_property
    def is_once(self) -> bool:
        """Tell whether every entry makes exactly one pass."""
        return self._chosen is None and bool((self.counts == 1).all())

    @functools.cached_property
    def n_passes(self) -> int:
        return int(self.counts.sum()) if self._chosen is None else len(self._chosen)

    @functools.cached_property
    def entry(self) -> Integers:
        """Return the entry of each pass."""
        return self._of_chosen(np.repeat(np.arange(len(self.counts)), self.counts))

    @functools.cached_property
    def number(self) -> Integers:
        """Return the number of each pass within its entry, from 0."""
        return self._of_chosen(number_within(self.counts))

    @functools.cached_property
    def row(self) -> Integers:
        """Return the row of each pass within its entry, in a loop over rows."""
        n_rows, passes = self._need_rows()
        return self._of_chosen(np.repeat(number_within(n_rows), passes))

    @functools.cached_property
    def inner(self) -> Integers:
        """Return the number of each pass within its row, in a loop over rows."""
        _, passes = self._need_rows()
        return self._of_chosen(number_within(passes))

    def spread(self, by_entry: Doubles) -> Doubles:
        """Turn one value for each entry into one for each pass."""
        if self.is_once:
            return by_entry
        return np.repeat(by_entry, self.counts) if self._chosen is None else by_entry[self.entry]

    def select(self, flags: Flags) -> Loop:
        """Make some of the passes only; `counts` stay what they were."""
        places = np.flatnonzero(flags)
        chosen = places if self._chosen is None else self._chosen[places]
        return Loop(self.counts, steps=self._steps, whole=self._whole, rows=self._rows, chosen=chosen)

    def read(self, leaf: Leaf, column: Column) -> tuple[Doubles, Flags | None]:
        """Read the element of a looping leaf in each pass, and flag the passes where there is none."""
        if leaf.column in self._whole and all(index is None for index in leaf.indices):
            return self._of_chosen(column.doubles), None
        position, missing = (self._locate_nested if leaf.n_jagged == 2 else self._locate)(leaf, column)
        if not missing.any():
            return column.doubles[position], None
        if not len(column.doubles):
            return np.zeros(len(position)), missing
        return column.doubles[np.where(missing, 0, position)], missing

    def _of_chosen(self, of_all: Array) -> Array:
        return of_all if self._chosen is None else of_all[self._chosen]

    def _need_rows(self) -> tuple[Integers, Integers]:
        if self._rows is None:
            raise AssertionError("a loop over rows has rows")
        return self._rows

    def _locate(self, leaf: Leaf, column: Column) -> tuple[Integers, Flags]:
        """Find the place of each pass in a column with at most one variable length."""
        size, entry = column.element_size, self.entry
        if leaf.n_jagged:
            starts = column.offsets[0]
            first, available = starts[entry] * size, (starts[entry + 1] - starts[entry]) * size
        else:
            first, available = entry * size, np.full(len(entry), size)
        offset = self._offset(leaf)
        return first + offset, offset >= available

    def _offset(self, leaf: Leaf) -> Integers:
        """Return the place of each pass within its entry, as ROOT reckons it from the number of the pass."""
        sizes = leaf.fixed_shape if leaf.n_jagged else leaf.fixed_shape[1:]
        strides = [int(np.prod(sizes[depth:], dtype=np.int64)) for depth in range(len(sizes) + 1)]
        steps = (*self._steps, *[1] * (len(strides) + 1))
        number, offset, depth = self.number, np.zeros(self.n_passes, dtype=np.int64), 0
        last = len(leaf.indices) - 1
        for dimension, (index, stride) in enumerate(zip(leaf.indices, strides, strict=True)):
            if index is not None:
                offset += index * stride
                continue
            if dimension == 0 and self._rows is not None:
                local, number = self.row, self.inner
            else:
                within = number % steps[depth] if depth and steps[depth] > 1 else number
                local = within if dimension == last > 0 else within // steps[depth + 1]
            offset += local * stride
            depth += 1
        return offset

    def _locate_nested(self, leaf: Leaf, column: Column) -> tuple[Integers, Flags]:
        """Find the place of each pass in a doubly jagged column; a row with an index is read pass by pass."""
        rows, elements = column.offsets
        row_index, element_index = leaf.indices
        entry = self.entry
        row: Integers | int = self.row if row_index is None else row_index
        if element_index is None:
            element: Integers | int = self.inner if row_index is None else self.number
        else:
            element = element_index
        return place_nested(rows, elements, entry=entry, row=row, element=element)


def place_nested(
    rows: Integers, elements: Integers, *, entry: Integers, row: Integers | int, element: Integers | int
) -> tuple[Integers, Flags]:
    """Return the place of elements of rows of entries, and flag those that are not there."""
    no_row = row >= rows[entry + 1] - rows[entry]
    place = np.where(no_row, 0, rows[entry] + row)
    if len(elements) < 2:
        return place, np.ones(len(entry), dtype=np.bool_)
    return elements[place] + element, no_row | (element >= elements[place + 1] - elements[place])


def number_within(counts: Integers) -> Integers:
    """Number the items of consecutive lists, each list from 0."""
    numbers = np.arange(int(counts.sum()))
    numbers -= np.repeat(np.cumsum(counts) - counts, counts)
    return numbers


def is_by_entry(leaf: Leaf) -> bool:
    """Tell whether a leaf has one value for each entry: it is a scalar, or every dimension has an index."""
    return None not in leaf.indices


def read_by_entry(leaf: Leaf, column: Column) -> tuple[Doubles, Flags | None]:
    """Read a leaf that does not loop, and flag the entries in which the element is not there."""
    if not leaf.indices:
        return column.doubles, None
    once = Loop(np.ones(column.n_entries, dtype=np.int64))
    return once.read(leaf, column)
