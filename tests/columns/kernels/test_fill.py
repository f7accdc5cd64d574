"""Filling: ROOT's bins, sums in the order of entries."""

from __future__ import annotations

import math

import numpy as np
import pytest

from overproof.analysis.draw.axes.binning import Binning
from overproof.columns.kernels.fills.bins import bin_indices
from overproof.columns.kernels.fills.cells import sum_cells
from overproof.columns.kernels.fills.histogram import make_histogram

# (n, low, high, x, bin) as ROOT 6.40's TAxis::FindFixBin has them: values on edges, where rounding decides.
ROOT_BINS = [
    (4, 0.0, 4.0, math.nan, 5),
    (4, 0.0, 4.0, math.inf, 5),
    (4, 0.0, 4.0, -math.inf, 0),
    (4, 0.0, 4.0, 4.0, 5),
    (4, 0.0, 4.0, 0.0, 1),
    (4, 0.0, 4.0, 3.9999999999999996, 4),
    (40, -1e-5, 1e-5, 0.0, 20),
    (162, -83.0, -53.0, -82.62962962962963, 3),
    (162, -83.0, -53.0, -82.07407407407408, 6),
    (162, -83.0, -53.0, -81.70370370370371, 8),
]


@pytest.mark.parametrize(("n", "low", "high", "x", "expected"), ROOT_BINS)
def test_values_on_edges_fall_where_root_has_them(n: int, low: float, high: float, x: float, expected: int) -> None:
    """Law: a value on an edge is in ROOT's bin, not only near it."""
    assert bin_indices(np.array([x]), Binning(n=n, low=low, high=high)).tolist() == [expected]


def test_every_edge_opens_its_bin() -> None:
    """Law: for any axis, the edge `low + i * width` is in bin i + 1, the number just below it in bin i."""
    rng = np.random.default_rng(3)
    for _ in range(300):
        n = int(rng.integers(1, 200))
        low, high = np.sort(rng.integers(-100, 100, 2) * rng.choice([1.0, 0.1, 0.3, 1e-5], 2))
        if low == high:
            continue
        edges = low + np.arange(n) * ((high - low) / n)
        binning = Binning(n=n, low=float(low), high=float(high))
        np.testing.assert_array_equal(bin_indices(edges, binning), np.arange(n) + 1)
        np.testing.assert_array_equal(bin_indices(np.nextafter(edges, -np.inf), binning), np.arange(n))


def test_sums_run_in_the_order_of_entries() -> None:
    """Law: contents and squares are those of a plain loop over entries, to the last bit."""
    rng = np.random.default_rng(4)
    values, weights = rng.normal(0, 1, 5000), np.exp(rng.normal(0, 20, 5000)) * rng.choice([-1, 1], 5000)
    binning = Binning(n=7, low=-1.0, high=1.0)
    contents, squares = [0.0] * 9, [0.0] * 9
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        index = 0 if value < -1 else 8 if value >= 1 else int(7 * (value + 1) / 2) + 1
        contents[index] += weight
        squares[index] += weight * weight
    found = sum_cells([values], weights, [binning]).values()
    assert [sums.tolist() for sums in found] == [contents, squares]


def test_histograms_carry_contents_errors_and_names() -> None:
    """Law: the histogram has the axis, the sums with under- and overflow, and the names given."""
    binning = Binning(n=2, low=0.0, high=1.0)
    histogram = make_histogram(
        {"contents": np.arange(4.0), "variances": np.arange(4.0) ** 2},
        [binning],
        name="h",
        label="x + 1",
        labels=["x + 1"],
    )
    assert (histogram.name, histogram.axes[0].label) == ("h", "x + 1")
    assert histogram.axes[0].edges.tolist() == [0.0, 0.5, 1.0]
    assert histogram.values(flow=True).tolist() == [0, 1, 2, 3]
    assert histogram.variances(flow=True).tolist() == [0, 1, 4, 9]
