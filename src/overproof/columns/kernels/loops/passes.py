"""Count the passes of an implicit loop: from the leaves of its formulas and their lengths in a block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from overproof.analysis.draw.typed import Leaf
from overproof.columns.kernels.jagged import Column, Integers
from overproof.columns.kernels.loops.loop import Flags, Loop, is_by_entry, number_within, read_by_entry


def build_loop(leaves: Sequence[Leaf], columns: Mapping[str, Column], n_entries: int) -> Loop:
    """Lay out the passes that leaves make together.

    Args:
        leaves: those of the selection first, then those of what is drawn: the order matters for lengths of one.
        columns: by name of the branch.
        n_entries: entries of the block.
    """
    present = _present(leaves, columns)
    fixed = _fixed_sizes(leaves)
    outer = _outer_lengths(leaves, columns, n_entries, start=fixed[0])
    steps = tuple(int(np.prod(fixed[depth:], dtype=np.int64)) for depth in range(len(fixed) + 1))
    if any(leaf.n_jagged == 2 and leaf.indices[0] is None for leaf in leaves):
        if outer is None:
            raise AssertionError("rows have a variable number")
        return _nested_loop(leaves, columns, fixed=fixed, outer=_where_present(outer, present), steps=steps)
    counts = np.full(n_entries, steps[0], dtype=np.int64) if outer is None else outer * steps[1]
    whole = frozenset() if present is not None else _read_whole(leaves, columns, fixed=fixed, outer=outer)
    return Loop(_where_present(counts, present), steps=steps, whole=whole)


def _where_present(counts: Integers, present: Flags | None) -> Integers:
    return counts if present is None else np.where(present, counts, 0)


def _present(leaves: Sequence[Leaf], columns: Mapping[str, Column]) -> Flags | None:
    """Flag the entries that have every element asked for by its index; None: all have."""
    present: Flags | None = None
    for leaf in leaves:
        if not leaf.n_jagged or leaf.indices[0] is None:
            continue
        column = columns[leaf.column]
        if leaf.n_jagged == 2 and is_by_entry(leaf):
            _, missing = read_by_entry(leaf, column)
            here = np.ones(column.n_entries, dtype=np.bool_) if missing is None else ~missing
        else:
            here = column.counts() > leaf.indices[0]
        present = here if present is None else present & here
    return None if present is None or present.all() else present


def _sizes(leaf: Leaf) -> tuple[int | None, ...]:
    return (None,) * leaf.n_jagged + leaf.fixed_shape


def _fixed_sizes(leaves: Sequence[Leaf]) -> list[int]:
    """Return the length that fixed dimensions give to each dimension of the loop; 1 where they give none."""
    fixed = [1]
    for leaf in leaves:
        looping = [size for size, index in zip(_sizes(leaf), leaf.indices, strict=True) if index is None]
        for depth, size in enumerate(looping):
            if depth == len(fixed):
                fixed.append(1)
            if size is not None and (fixed[depth] == 1 or size < fixed[depth]):
                fixed[depth] = size
    return fixed


def _outer_lengths(
    leaves: Sequence[Leaf], columns: Mapping[str, Column], n_entries: int, *, start: int
) -> Integers | None:
    """Return the length of the outermost dimension in each entry; None when it is the same in all."""
    lengths: Integers | None = None
    for leaf in leaves:
        if not leaf.n_jagged or is_by_entry(leaf):
            continue
        column = columns[leaf.column]
        if leaf.indices[0] is None:
            own, is_row = column.counts(), False
        elif leaf.n_jagged == 2:
            own, is_row = _row_lengths(column, leaf.indices[0]), True
        else:
            continue
        if lengths is None and start == 1:
            lengths = own
            continue
        if lengths is None:
            lengths = np.full(n_entries, start, dtype=np.int64)
        if not np.array_equal(own, lengths):
            shorter = (own != 1) & (own < lengths) if is_row else own < lengths
            lengths = np.where((lengths == 1) | shorter, own, lengths)
    return lengths


def _row_lengths(column: Column, row: int) -> Integers:
    """Return the length of one row in each entry; 0 where there is no such row."""
    rows, elements = column.offsets
    has_row = column.counts() > row
    place = np.where(has_row, rows[:-1] + row, 0)
    return np.where(has_row, np.diff(elements)[place], 0) if len(elements) > 1 else np.zeros(len(place), np.int64)


def _read_whole(
    leaves: Sequence[Leaf], columns: Mapping[str, Column], *, fixed: list[int], outer: Integers | None
) -> frozenset[str]:
    """Name the columns of which the loop reads every number in order."""
    whole = set()
    for leaf in leaves:
        if is_by_entry(leaf) or any(index is not None for index in leaf.indices) or leaf.column in whole:
            continue
        own = [1, *leaf.fixed_shape] if leaf.n_jagged else list(leaf.fixed_shape)
        shape = [1, *fixed[1:]] if leaf.n_jagged else fixed
        if own != shape or (outer is None) != (leaf.n_jagged == 0):
            continue
        if outer is None or np.array_equal(outer, columns[leaf.column].counts()):
            whole.add(leaf.column)
    return frozenset(whole)


def _nested_loop(
    leaves: Sequence[Leaf],
    columns: Mapping[str, Column],
    *,
    fixed: list[int],
    outer: Integers,
    steps: tuple[int, ...],
) -> Loop:
    """Lay out a loop over rows and their elements."""
    row_entry = np.repeat(np.arange(len(outer)), outer)
    lengths = _inner_lengths(leaves, columns, row_entry, number_within(outer))
    beside = fixed[1] if len(fixed) > 1 else 1
    shared = lengths if beside == 1 else np.where((lengths != 1) & (lengths < beside), lengths, beside)
    beyond = steps[2] if len(steps) > 2 else 1
    passes = np.where(lengths == 0, 0, shared) * beyond
    whole = frozenset(
        leaf.column
        for leaf in leaves
        if leaf.indices == (None, None)
        and leaf.n_jagged == 2
        and np.array_equal(outer, columns[leaf.column].counts())
        and np.array_equal(passes, np.diff(columns[leaf.column].offsets[1]))
    )
    counts = np.bincount(row_entry, weights=passes, minlength=len(outer)).astype(np.int64)
    return Loop(counts, steps=steps, whole=whole, rows=(outer, passes))


def _inner_lengths(
    leaves: Sequence[Leaf], columns: Mapping[str, Column], row_entry: Integers, row_number: Integers
) -> Integers:
    """Return the passes of each row: the shortest of the doubly jagged leaves, where 0 gives way to what follows."""
    lengths = np.zeros(len(row_entry), dtype=np.int64)
    for leaf in leaves:
        if leaf.n_jagged != 2 or leaf.indices[0] is not None:
            continue
        rows, elements = columns[leaf.column].offsets
        has_row = row_number < np.diff(rows)[row_entry]
        own = np.zeros(len(row_entry), dtype=np.int64)
        own[has_row] = np.diff(elements)[rows[row_entry[has_row]] + row_number[has_row]]
        index = leaf.indices[1]
        if index is not None:
            own = (own > index).astype(np.int64)
        takes = has_row & ((lengths == 0) | (own < lengths))
        lengths = np.where(takes, own, lengths)
    return lengths
