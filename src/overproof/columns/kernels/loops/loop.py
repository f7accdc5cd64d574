"""The implicit loop of a formula: how many passes each entry has, and which element each pass reads.

The rules are ROOT's, with their edges:

- every dimension without an index loops; branches share their loops from the outermost inwards, and the shortest of
  them sets the length;
- a length of one does not count as short when a longer one comes behind it: `a + b` with one `a` and three `b` makes
  three passes, and a formula that reads an element which is not there is NaN in that pass;
- an entry without the element `x[2]` makes no pass at all;
- an index that is a formula has a loop of its own, of which each pass takes the one with its own number;
- a doubly jagged branch loops over rows and elements; `x[][2]` over the rows that are long enough.

Source: TTreeFormulaManager::GetNdata, TTreeFormula::LoadCurrentDim and GetRealInstance.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from overproof.analysis.draw.typed import Formula, Leaf
from overproof.columns.kernels.jagged import Column, Doubles, Integers

Flags: TypeAlias = npt.NDArray[np.bool_]

IndexReader: TypeAlias = Callable[[Formula, Integers, Integers], Integers]
"""Computes an index in passes of its own loop, given by entry and number; what is no number is negative."""

Array = TypeVar("Array", Integers, Doubles)

_NOWHERE = 2**40
"""Row of a pass that a loop over rows has not."""


class Loop:
    """All passes of a block, in the order of entries; what only some formulas need is computed when asked for.

    Args:
        counts: passes of each entry.
        steps: passes in one step of each dimension, outermost first, one for each entry or the same for all; that of
            the outermost is not used.
        whole: columns that the passes read through from their first number to their last.
        has_rows: a doubly jagged branch takes part, whose rules are others.
        rows: for a loop over rows and elements: number of rows of each entry, and passes of each row.
        chosen: places of the passes that are made, ascending; None: all.
    """

    def __init__(
        self,
        counts: Integers,
        *,
        steps: tuple[int | Integers, ...] = (),
        whole: frozenset[str] = frozenset(),
        has_rows: bool = False,
        rows: tuple[Integers, Integers] | None = None,
        chosen: Integers | None = None,
    ) -> None:
        self.counts = counts
        self._steps = steps
        self._whole = whole
        self._has_rows = has_rows
        self._rows = rows
        self._chosen = chosen
        self._given: tuple[Integers, Integers] | None = None

    @functools.cached_property
    def is_once(self) -> bool:
        """Tell whether every entry makes exactly one pass."""
        return self._chosen is None and self._given is None and bool((self.counts == 1).all())

    @functools.cached_property
    def n_passes(self) -> int:
        if self._given is not None:
            return len(self._given[0])
        return int(self.counts.sum()) if self._chosen is None else len(self._chosen)

    @functools.cached_property
    def entry(self) -> Integers:
        """Return the entry of each pass."""
        if self._given is not None:
            return self._given[0]
        return self._of_chosen(np.repeat(np.arange(len(self.counts)), self.counts))

    @functools.cached_property
    def number(self) -> Integers:
        """Return the number of each pass within its entry, from 0."""
        if self._given is not None:
            return self._given[1]
        return self._of_chosen(number_within(self.counts))

    @functools.cached_property
    def row(self) -> Integers:
        """Return the row of each pass within its entry, in a loop that has rows."""
        if self._rows is None:
            return self.number // self._step(1)
        n_rows, passes = self._rows
        return self._of_places(np.repeat(number_within(n_rows), passes), nowhere=_NOWHERE)

    @functools.cached_property
    def inner(self) -> Integers:
        """Return the number of each pass within its row, in a loop that has rows."""
        if self._rows is None:
            return self.number % self._step(1)
        return self._of_places(number_within(self._rows[1]), nowhere=_NOWHERE)

    def spread(self, by_entry: Doubles) -> Doubles:
        """Turn one value for each entry into one for each pass."""
        if self.is_once:
            return by_entry
        if self._chosen is None and self._given is None:
            return np.repeat(by_entry, self.counts)
        return by_entry[self.entry]

    def select(self, flags: Flags) -> Loop:
        """Make some of the passes only; `counts` stay what they were."""
        places = np.flatnonzero(flags)
        return self._with(places if self._chosen is None else self._chosen[places])

    def at(self, entry: Integers, number: Integers) -> Loop:
        """Make passes by entry and number, in any order; there may be such as the loop itself does not make."""
        given = self._with(None)
        given._given = (entry, number)
        return given

    def read(self, leaf: Leaf, column: Column, read_index: IndexReader) -> tuple[Doubles, Flags | None]:
        """Read the element of a leaf in each pass, and flag the passes where there is none."""
        if leaf.column in self._whole and self._given is None and all(index is None for index in leaf.indices):
            return self._of_chosen(column.doubles), None
        locate = self._locate_nested if leaf.n_jagged == 2 else self._locate
        position, missing = locate(leaf, column, read_index)
        if not missing.any():
            return column.doubles[position], None
        if not len(column.doubles):
            return np.zeros(len(position)), missing
        return column.doubles[np.where(missing, 0, position)], missing

    # -- passes --------------------------------------------------------------------------------------------------

    def _with(self, chosen: Integers | None) -> Loop:
        return Loop(
            self.counts,
            steps=self._steps,
            whole=self._whole,
            has_rows=self._has_rows,
            rows=self._rows,
            chosen=chosen,
        )

    def _of_chosen(self, of_all: Array) -> Array:
        return of_all if self._chosen is None else of_all[self._chosen]

    def _of_places(self, of_all: Integers, *, nowhere: int) -> Integers:
        """Pick what the passes have of something that all passes of the loop have."""
        if self._given is None:
            return self._of_chosen(of_all)
        entry, number = self._given
        is_there = number < self.counts[entry]
        if not len(of_all):
            return np.full(len(entry), nowhere)
        starts = np.cumsum(self.counts) - self.counts
        return np.where(is_there, of_all[np.where(is_there, starts[entry] + number, 0)], nowhere)

    def _step(self, depth: int) -> int | Integers:
        """Return the passes in one step of a dimension; at least 1."""
        step = self._steps[depth] if depth < len(self._steps) else 1
        return max(step, 1) if isinstance(step, int) else np.maximum(step, 1)[self.entry]

    # -- elements ------------------------------------------------------------------------------------------------

    def _locate(self, leaf: Leaf, column: Column, read_index: IndexReader) -> tuple[Integers, Flags]:
        """Find the place of each pass in a column with at most one variable length.

        An index beyond the outermost length is missing; one beyond another length is the last one there.
        """
        entry, offset = self.entry, np.zeros(self.n_passes, dtype=np.int64)
        missing = np.zeros(self.n_passes, dtype=np.bool_)
        sizes = leaf.fixed_shape if leaf.n_jagged else leaf.fixed_shape[1:]
        for dimension, (index, place) in enumerate(zip(leaf.indices, self._locals(leaf), strict=True)):
            stride = int(np.prod(sizes[dimension:], dtype=np.int64))
            if not isinstance(index, Formula):
                offset += place * stride
                continue
            found = read_index(index, entry, np.asarray(place))
            if dimension:
                size = sizes[dimension - 1]
                found = np.where((found < 0) | (found >= size), size - 1, found)
            elif self._has_rows:
                found = np.maximum(found, 0)
            else:
                missing |= found < 0
            offset += found * stride
        if leaf.n_jagged:
            starts = column.offsets[0] * column.element_size
            first = starts[entry]
            missing |= offset >= starts[entry + 1] - first
        else:
            first = entry * column.element_size
            missing |= offset >= column.element_size
        return first + offset, missing

    def _locals(self, leaf: Leaf) -> list[int | Integers]:
        """Return the place of each pass in every dimension, as ROOT reckons it from the number of the pass."""
        number, depth, places = self.number, 0, list[int | Integers]()
        last = len(leaf.indices) - 1
        for dimension, index in enumerate(leaf.indices):
            if isinstance(index, int):
                places.append(index)
                continue
            if dimension == 0 and self._has_rows and index is not None:
                places.append(number)  # ROOT takes the number in the whole loop here, and no dimension
                continue
            if dimension == 0 and self._has_rows:
                places.append(self.row)
                number = self.inner
            elif dimension == 0:
                places.append(number // self._step(1) if self._has_step(1) else number)
            else:
                within = self._within(number, depth)
                is_last = dimension == last or not self._has_step(depth + 1)
                places.append(within if is_last else within // self._step(depth + 1))
            depth += 1
        return places

    def _has_step(self, depth: int) -> bool:
        step = self._steps[depth] if depth < len(self._steps) else 1
        return not isinstance(step, int) or step > 1

    def _within(self, number: Integers, depth: int) -> Integers:
        """Return the number of each pass within its step of a dimension; ROOT leaves it where steps are of one pass."""
        if not depth or not self._has_step(depth):
            return number
        step = self._step(depth)
        if isinstance(step, int):
            return number % step
        return np.where(step > 1, number % step, number)

    def _locate_nested(self, leaf: Leaf, column: Column, read_index: IndexReader) -> tuple[Integers, Flags]:
        """Find the place of each pass in a doubly jagged column; a row with an index is read pass by pass."""
        row_index, element_index = leaf.indices
        entry = self.entry
        if row_index is None:
            row: Integers | int = self.row
            local = self.inner
        else:
            local = self.number
            row = row_index if isinstance(row_index, int) else np.maximum(read_index(row_index, entry, local), 0)
        if isinstance(element_index, int):
            return place_nested(column, entry=entry, row=row, element=element_index)
        place, missing = place_nested(column, entry=entry, row=row, element=local)
        if element_index is None:
            return place, missing
        element = read_index(element_index, entry, local)
        lengths = row_lengths(column, entry=entry, row=row)
        element = np.where((element < 0) | (element >= lengths), lengths - 1, element)
        return place + element - local, missing


def place_nested(
    column: Column, *, entry: Integers, row: Integers | int, element: Integers | int
) -> tuple[Integers, Flags]:
    """Return the place of elements of rows of entries, and flag those that are not there."""
    rows, elements = column.offsets
    no_row = row >= rows[entry + 1] - rows[entry]
    place = np.where(no_row, 0, rows[entry] + row)
    if len(elements) < 2:
        return place, np.ones(len(entry), dtype=np.bool_)
    return elements[place] + element, no_row | (element >= elements[place + 1] - elements[place])


def row_lengths(column: Column, *, entry: Integers, row: Integers | int) -> Integers:
    """Return the length of rows of entries; 0 where there is no such row."""
    rows, elements = column.offsets
    has_row = np.less(row, rows[entry + 1] - rows[entry]) & np.greater_equal(row, 0)
    if len(elements) < 2:
        return np.zeros(len(entry), dtype=np.int64)
    place = np.where(has_row, rows[entry] + row, 0)
    return np.where(has_row, np.diff(elements)[place], 0)


def number_within(counts: Integers) -> Integers:
    """Number the items of consecutive lists, each list from 0."""
    numbers = np.arange(int(counts.sum()))
    numbers -= np.repeat(np.cumsum(counts) - counts, counts)
    return numbers


def is_by_entry(leaf: Leaf) -> bool:
    """Tell whether a leaf has one value for each entry: a scalar, or with a number as the index of every dimension."""
    return all(isinstance(index, int) for index in leaf.indices)
