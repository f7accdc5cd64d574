"""From sums of cells to a `hist.Hist`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from overproof.analysis.draw.axes import Binning
from overproof.analysis.draw.axes.categories import Categories
from overproof.columns.kernels.jagged import Doubles
from overproof.outputs.limits import keep_limits

AXIS_NAMES = ("x", "y", "z")


def make_histogram(
    sums: Mapping[str, Doubles], axes: Sequence[Binning | Categories], *, name: str, label: str, labels: Sequence[str]
) -> Any:
    """Make a histogram with weights, whose errors are those of a ROOT histogram with Sumw2.

    Args:
        sums: `contents` and `variances` of all cells, as `sum_cells` gives them.
        axes: x first.
        name, label: of the histogram.
        labels: of the axes.
    """
    import hist

    histogram = hist.Hist(*_axes(axes, labels), storage=hist.storage.Weight(), name=name, label=label)
    keep_limits(histogram, _limits(axes))
    view = histogram.view(flow=True)
    view["value"] = sums["contents"]
    view["variance"] = sums["variances"]
    return histogram


def make_profile(
    sums: Mapping[str, Doubles], axes: Sequence[Binning | Categories], *, name: str, label: str, labels: Sequence[str]
) -> Any:
    """Make a profile: the mean of each cell, and the error of the mean as ROOT's TProfile has it.

    Args:
        sums: of all cells, as `sum_profile` gives them.
        axes: x first.
        name, label: of the profile.
        labels: of the axes.
    """
    import hist

    from overproof.columns.kernels.fills.profile import Profile

    profile = Profile(*_axes(axes, labels), storage=hist.storage.WeightedMean(), name=name, label=label)
    keep_limits(profile, _limits(axes))
    view = profile.view(flow=True)
    with np.errstate(all="ignore"):
        mean = np.where(sums["weights"] != 0, sums["weighted"] / sums["weights"], 0.0)
        # As in ROOT, so that its rounding, and what negative weights make of it, is the same.
        spread = np.abs(sums["weighted_squares"] / sums["weights"] - mean * mean)
        deltas = np.where(sums["weights"] != 0, spread * sums["weights"], 0.0)
    view["sum_of_weights"] = sums["weights"]
    view["sum_of_weights_squared"] = sums["squared_weights"]
    view["value"] = mean
    view["_sum_of_weighted_deltas_squared"] = deltas
    return profile


def _limits(axes: Sequence[Binning | Categories]) -> list[tuple[float, float] | None]:
    return [None if isinstance(axis, Categories) else (axis.low, axis.high) for axis in axes]


def _axes(axes: Sequence[Binning | Categories], labels: Sequence[str]) -> list[Any]:
    import hist

    return [
        hist.axis.StrCategory(axis.labels, growth=True, name=axis_name, label=label)
        if isinstance(axis, Categories)
        else hist.axis.Regular(axis.n, axis.low, axis.high, name=axis_name, label=label)
        for axis, axis_name, label in zip(axes, AXIS_NAMES, labels, strict=False)
    ]
