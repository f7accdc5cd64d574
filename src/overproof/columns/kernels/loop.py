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

from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from overproof.analysis.draw.typed import Leaf
from overproof.columns.kernels.jagged import Column, Doubles, Integers

Flags: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """All passes of a block, in the order of entries.

    Attributes:
        counts: passes of each entry.
        entry: entry of each pass; None: exactly one pass for every entry.
        number: number of each pass within its entry, from 0; None as `entry`.
        row: in a loop over rows and elements, the row of each pass within its entry.
        inner: in such a loop, the number of each pass within its row.
        steps: passes in one step of each dimension of the loop, outermost first; that of the outermost is not used.
        whole: columns that the passes read through from their first number to their last.
    """

    counts: Integers
    entry: Integers | None = None
    number: Integers | None = None
    row: Integers | None = None
    inner: Integers | None = None
    steps: tuple[int, ...] = ()
    whole: frozenset[str] = field(default_factory=frozenset)

    @property
    def n_passes(self) -> int:
        return len(self.counts if self.entry is None else self.entry)

    def spread(self, by_entry: Doubles) -> Doubles:
        """Turn one value for each entry into one for each pass."""
        return by_entry if self.entry is None else by_entry[self.entry]

    def numbers(self) -> Integers:
        """Return the number of each pass within its entry."""
        return np.zeros(self.n_passes, dtype=np.int64) if self.number is None else self.number

    def select(self, chosen: Flags) -> Loop:
        """Keep some of the passes; `counts` stay what they were."""
        return replace(
            self,
            entry=np.flatnonzero(chosen) if self.entry is None else self.entry[chosen],
            number=self.numbers()[chosen],
            row=None if self.row is None else self.row[chosen],
            inner=None if self.inner is None else self.inner[chosen],
            whole=frozenset(),
        )

    def read(self, leaf: Leaf, column: Column) -> tuple[Doubles, Flags | None]:
        """Read the element of a looping leaf in each pass, and flag the passes where there is none."""
        if leaf.column in self.whole and all(index is None for index in leaf.indices):
            return column.doubles, None
        entry = np.arange(len(self.counts)) if self.entry is None else self.entry
        locate = self._locate_nested if leaf.n_jagged == 2 else self._locate
        position, missing = locate(leaf, column, entry)
        if not missing.any():
            return column.doubles[position], None
        if not len(column.doubles):
            return np.zeros(len(position)), missing
        return column.doubles[np.where(missing, 0, position)], missing

    def _locate(self, leaf: Leaf, column: Column, entry: Integers) -> tuple[Integers, Flags]:
        """Find the place of each pass in a column with at most one variable length."""
        size = column.element_size
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
        steps = (*self.steps, *[1] * len(strides))
        number, offset, depth = self.numbers(), np.zeros(self.n_passes, dtype=np.int64), 0
        last = len(leaf.indices) - 1
        for dimension, (index, stride) in enumerate(zip(leaf.indices, strides, strict=True)):
            if index is not None:
                offset += index * stride
                continue
            if dimension == 0 and self.row is not None and self.inner is not None:
                local, number = self.row, self.inner
            else:
                within = number % steps[depth] if depth and steps[depth] > 1 else number
                local = within if dimension == last > 0 else within // steps[depth + 1]
            offset += local * stride
            depth += 1
        return offset

    def _locate_nested(self, leaf: Leaf, column: Column, entry: Integers) -> tuple[Integers, Flags]:
        """Find the place of each pass in a doubly jagged column."""
        rows, elements = column.offsets
        row_index, element_index = leaf.indices
        if row_index is not None:
            row, element = np.full(len(entry), row_index), self.numbers()
        else:
            if self.row is None or self.inner is None:
                raise AssertionError("a loop over rows has rows")
            row = self.row
            element = self.inner if element_index is None else np.full(len(entry), element_index)
        no_row = row >= rows[entry + 1] - rows[entry]
        place = np.where(no_row, 0, rows[entry] + row)
        if len(elements) < 2:
            return place, np.ones(len(entry), dtype=np.bool_)
        return elements[place] + element, no_row | (element >= elements[place + 1] - elements[place])


def is_by_entry(leaf: Leaf) -> bool:
    """Tell whether a leaf has one value for each entry: it is a scalar, or every dimension has an index."""
    return None not in leaf.indices


def read_by_entry(leaf: Leaf, column: Column) -> tuple[Doubles, Flags | None]:
    """Read a leaf that does not loop, and flag the entries in which the element is not there."""
    if not leaf.indices:
        return column.doubles, None
    loop = Loop(counts=np.ones(column.n_entries, dtype=np.int64))
    if leaf.n_jagged < 2:
        return loop.read(leaf, column)
    row, element = leaf.indices
    picked = Loop(
        counts=loop.counts,
        entry=np.arange(column.n_entries),
        number=np.full(column.n_entries, element, dtype=np.int64),
    )
    return picked.read(replace(leaf, indices=(row, None)), column)
