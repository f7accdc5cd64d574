"""Rows of a block that may move the limits of growing axes, or that such a move may put elsewhere.

Nobody who fills a block knows how far the axes have grown in the blocks before. Rows well inside the bins that an axis
starts with stay in these, however it grows: they are summed as on any axis. The others are set apart, and put in their
place when all blocks are known, in the order of entries (see `growth.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from overproof.analysis.draw.axes import Axis, Binning, Growing
from overproof.columns.kernels.fills.bins import sum_in_order
from overproof.columns.kernels.fills.cells import Sums
from overproof.columns.kernels.fills.growing.grids import Flags, Grid
from overproof.columns.kernels.jagged import Doubles, Integers
from overproof.words.frozen import dataclass

HUGE = 2.0**60
"""So many lengths of an axis away it is not certain that a value can be reached by doubling."""

SLACK = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """Rows of one block, in stretches between which the axes may grow.

    Attributes:
        moves: rows that may make axes grow, as they are, shape (n_moves, n_axes); stretch i + 1 begins with row i.
        stretches: stretch of each group of rows, ascending.
        places: where each group is, shape (n_groups, n_axes).
        sums: of each group.
    """

    moves: Doubles
    stretches: Integers
    places: Doubles
    sums: Mapping[str, Doubles]


def find_apart(points: Sequence[Doubles], axes: Sequence[Axis]) -> Flags | None:
    """Tell which rows must be set apart; None: none."""
    found: Flags | None = None
    for values, axis in zip(points, axes, strict=True):
        if isinstance(axis, Growing):
            start = axis.start
            here = ~((values >= start.low) & (values < start.high))  # NaN is apart
            grid = Grid.of(start)
            if not grid.reach:
                here |= grid.is_near_edge(values)
            found = here if found is None else found | here
    return found if found is not None and found.any() else None


def set_apart(points: Sequence[Doubles], summands: Sums, axes: Sequence[Axis]) -> Apart:
    """Sum up rows that are set apart.

    Args:
        points: for each axis, x first, one coordinate a row.
        summands: what each row adds, by what is summed.
        axes: x first.
    """
    moves = np.zeros(len(points[0]), dtype=np.bool_)
    for values, axis in zip(points, axes, strict=True):
        if isinstance(axis, Growing):
            moves |= _moves(values, axis.start)
    stretch = np.cumsum(moves, dtype=np.int64)
    settled = [Grid.of(_start(axis)).settled(values) for values, axis in zip(points, axes, strict=True)]
    first, groups = _grouped(stretch, settled)
    return Apart(
        moves=np.stack([values[moves] for values in points], axis=1),
        stretches=stretch[first],
        places=np.stack([values[first] for values in settled], axis=1),
        sums={name: sum_in_order(groups, each, n_groups=len(first)) for name, each in summands.items()},
    )


def _start(axis: Axis) -> Binning:
    assert isinstance(axis, Growing | Binning)
    return axis.start if isinstance(axis, Growing) else axis


def _moves(values: Doubles, start: Binning) -> Flags:
    """Tell which rows may make an axis grow, or stop growing, wherever it stands when the block begins.

    The ends of an axis lie whole lengths of its start away from this; a value moves them only if no value of the block
    has been as far.
    """
    with np.errstate(all="ignore"):
        lengths = (values - start.low) / (start.high - start.low)
    is_huge = np.abs(lengths) > HUGE
    up = np.where((values >= start.high) & ~is_huge, lengths, -np.inf)
    down = np.where((values < start.low) & ~is_huge, -lengths, -np.inf)
    moves = _farther(up) | _farther(down) | (is_huge & np.isfinite(values))
    is_nan = np.isnan(values)
    if is_nan.any():
        moves[np.argmax(is_nan)] = True
    return moves


def _farther(lengths: Doubles) -> Flags:
    """Tell which values are a length farther than all before, with some slack; -inf: not at all."""
    before = np.maximum.accumulate(np.concatenate(([0.0], lengths)))[:-1]
    slack = SLACK * np.maximum(1.0, before)
    with np.errstate(all="ignore"):
        farther: Flags = np.floor(lengths + slack * 2) > np.floor(before - slack)
    return farther & np.isfinite(lengths) & (lengths > before)


def _grouped(stretch: Integers, settled: Sequence[Doubles]) -> tuple[Integers, Integers]:
    """Group equal rows of a stretch: one row of each group, ascending by stretch, and the group of each row."""
    keys = [stretch, *(values.view(np.int64) for values in settled)]
    order = np.lexsort(keys[::-1])
    is_new = np.zeros(len(order), dtype=np.bool_)
    is_new[:1] = True
    for key in keys:
        ordered = key[order]
        is_new[1:] |= ordered[1:] != ordered[:-1]
    groups = np.empty(len(order), dtype=np.int64)
    groups[order] = np.cumsum(is_new) - 1
    return order[is_new], groups
