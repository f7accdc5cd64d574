"""Sums of the cells of histograms and profiles with any number of axes."""

from __future__ import annotations

from collections.abc import Sequence

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
    cells, shape = cell_indices(points, axes), shape_of(axes)
    n_cells = int(np.prod(shape))
    if weights is None:
        counts = np.bincount(cells, minlength=n_cells).astype(np.float64).reshape(shape)
        return {"contents": counts, "variances": counts.copy()}
    contents, variances = (
        sum_in_order(cells, each, n_groups=n_cells).reshape(shape) for each in (weights, weights * weights)
    )
    return {"contents": contents, "variances": variances}


def sum_profile(points: Sequence[Doubles], values: Doubles, weights: Doubles | None, axes: Sequence[Binning]) -> Sums:
    """Sum, in every cell, weights, squared weights, weighted values and weighted squared values.

    Rows with a value of NaN are not filled, as in ROOT.

    Source: ROOT's TProfile::Fill: sums are kept as they are, so that they can be added.
    """
    cells, shape = cell_indices(points, axes), shape_of(axes)
    weights = np.ones(len(values)) if weights is None else weights
    with np.errstate(all="ignore"):
        summed = {
            "weights": weights,
            "squared_weights": weights * weights,
            "weighted": weights * values,
            "weighted_squares": weights * values * values,
        }
    n_cells = int(np.prod(shape))
    return {name: sum_in_order(cells, each, n_groups=n_cells).reshape(shape) for name, each in summed.items()}


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
