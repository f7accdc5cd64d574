"""Sums of the cells of histograms and profiles with any number of axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from overproof.analysis.draw.axes import Binning
from overproof.columns.kernels.fills.bins import bin_indices, sum_in_order
from overproof.columns.kernels.jagged import Doubles, Integers

Sums = dict[str, Doubles]
"""Arrays with flow cells at both ends of each axis, x outermost, by what is summed."""


def sum_cells(points: Sequence[Doubles], weights: Doubles | None, axes: Sequence[Binning]) -> Sums:
    """Sum weights (`contents`) and squared weights (`variances`) of every cell.

    Args:
        points: for each axis, x first, one coordinate a row.
        weights: one a row; None: all are 1.
        axes: x first.
    """
    if weights is None:
        cells, shape = cell_indices(points, axes), shape_of(axes)
        counts = np.bincount(cells, minlength=int(np.prod(shape))).astype(np.float64).reshape(shape)
        return {"contents": counts, "variances": counts.copy()}
    return sum_all(points, weight_summands(weights), axes)


def sum_profile(points: Sequence[Doubles], values: Doubles, weights: Doubles | None, axes: Sequence[Binning]) -> Sums:
    """Sum, in every cell, weights, squared weights, weighted values and weighted squared values.

    Source: ROOT's TProfile::Fill: sums are kept as they are, so that they can be added.
    """
    return sum_all(points, profile_summands(values, weights), axes)


def weight_summands(weights: Doubles) -> Sums:
    """Return what each row adds to a cell of a histogram."""
    with np.errstate(all="ignore"):
        return {"contents": weights, "variances": weights * weights}


def profile_summands(values: Doubles, weights: Doubles | None) -> Sums:
    """Return what each row adds to a cell of a profile."""
    weights = np.ones(len(values)) if weights is None else weights
    with np.errstate(all="ignore"):
        return {
            "weights": weights,
            "squared_weights": weights * weights,
            "weighted": weights * values,
            "weighted_squares": weights * values * values,
        }


def sum_all(points: Sequence[Doubles], summands: Mapping[str, Doubles], axes: Sequence[Binning]) -> Sums:
    """Sum all that the rows add, in every cell."""
    cells, shape = cell_indices(points, axes), shape_of(axes)
    n_cells = int(np.prod(shape))
    return {name: sum_in_order(cells, each, n_groups=n_cells).reshape(shape) for name, each in summands.items()}


def cell_indices(points: Sequence[Doubles], axes: Sequence[Binning]) -> Integers:
    """Return the flat cell of each row, flow cells included, the last axis fastest."""
    cells = bin_indices(points[0], axes[0])
    for values, axis in zip(points[1:], axes[1:], strict=True):
        cells *= axis.n + 2
        cells += bin_indices(values, axis)
    return cells


def shape_of(axes: Sequence[Binning]) -> tuple[int, ...]:
    """Return the number of cells along each axis, flow cells included."""
    return tuple(axis.n + 2 for axis in axes)
