"""Lay out a loop over the rows of doubly jagged branches and the elements of each row.

Source: TTreeFormulaManager::GetNdata for several variable dimensions, TFormLeafInfoMultiVarDim::UpdateSizes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from overproof.analysis.draw.looping import is_by_entry
from overproof.analysis.draw.typed import Formula, Leaf
from overproof.columns.kernels.jagged import Column, Integers
from overproof.columns.kernels.loops.loop import Loop, number_within


def has_inner_loop(leaves: Sequence[Leaf]) -> bool:
    """Tell whether rows loop: then every row has passes of its own."""
    return any(leaf.n_jagged == 2 and _loops(leaf.indices[0]) for leaf in leaves)


def _loops(index: int | Formula | None) -> bool:
    return index is None or (isinstance(index, Formula) and not is_by_entry(index))


def nested_loop(
    leaves: Sequence[Leaf],
    columns: Mapping[str, Column],
    *,
    used: Sequence[int | Integers],
    outer: Integers,
    steps: tuple[int | Integers, ...],
) -> Loop:
    """Lay out a loop over rows and their elements.

    Args:
        leaves: all of the loop, in its order.
        columns: by name of the branch.
        used: length of each dimension as leaves other than rows give it, for each entry or the same for all.
        outer: number of rows of each entry.
        steps: passes in one step of each dimension.
    """
    row_entry = np.repeat(np.arange(len(outer)), outer)
    lengths = _inner_lengths(leaves, columns, row_entry, number_within(outer))
    beside = _of_rows(used[1] if len(used) > 1 else 1, row_entry)
    shorter = (lengths != 1) & (lengths < beside)
    passes = np.where((beside == 1) | shorter, lengths, beside)
    if len(steps) > 2:
        passes = passes * _of_rows(steps[2], row_entry)
    whole = frozenset(
        leaf.column
        for leaf in leaves
        if leaf.indices == (None, None)
        and leaf.n_jagged == 2
        and np.array_equal(outer, columns[leaf.column].counts())
        and np.array_equal(passes, np.diff(columns[leaf.column].offsets[1]))
    )
    counts = np.bincount(row_entry, weights=passes, minlength=len(outer)).astype(np.int64)
    return Loop(counts, steps=steps, whole=whole, has_rows=True, rows=(outer, passes))


def _of_rows(lengths: int | Integers, row_entry: Integers) -> int | Integers:
    return lengths if isinstance(lengths, int) else lengths[row_entry]


def _inner_lengths(
    leaves: Sequence[Leaf], columns: Mapping[str, Column], row_entry: Integers, row_number: Integers
) -> Integers:
    """Return the passes of each row: the shortest of the doubly jagged leaves, where 0 gives way to what follows.

    A leaf with an index for its row takes part too, by the lengths of all of its rows.
    """
    lengths = np.zeros(len(row_entry), dtype=np.int64)
    for leaf in leaves:
        if leaf.n_jagged != 2:
            continue
        rows, elements = columns[leaf.column].offsets
        has_row = row_number < np.diff(rows)[row_entry]
        own = np.zeros(len(row_entry), dtype=np.int64)
        own[has_row] = np.diff(elements)[rows[row_entry[has_row]] + row_number[has_row]]
        row_index, index = leaf.indices
        if row_index is None and isinstance(index, int):
            own = (own > index).astype(np.int64)
        takes = has_row & ((lengths == 0) | (own < lengths))
        lengths = np.where(takes, own, lengths)
    return lengths
