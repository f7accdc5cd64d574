"""The bin of a value by ROOT's own rule, and sums in the order of entries."""

from __future__ import annotations

import math

import numpy as np

from overproof.analysis.draw.axes.binning import Binning
from overproof.columns.kernels.jagged import Doubles, Integers

CHUNK = 8192
"""Values binned at a time: what is made on the way stays in the cache, and in memory that is reused."""


def bin_indices(values: Doubles, binning: Binning) -> Integers:
    """Return the bin of each value: 0 is underflow, 1 to n are the bins, n + 1 is overflow and NaN.

    The quotient may fall on the wrong side of an edge by rounding; the edges `low + i * width` decide, as in ROOT
    6.40 (checked against it on edges and their neighbours; earlier versions leave the quotient as it is).

    Source: ROOT's TAxis::FindFixBin, with its order of operations.
    """
    indices = np.empty(len(values), dtype=np.int64)
    with np.errstate(all="ignore"):
        for first in range(0, len(values), CHUNK):
            piece = slice(first, first + CHUNK)
            _bin_chunk(values[piece], binning, out=indices[piece])
    return indices


def _bin_chunk(values: Doubles, binning: Binning, *, out: Integers) -> None:
    n, low, high = binning.n, binning.low, binning.high
    inside = (values >= low) & (values < high)  # NaN is not
    scaled = values - low
    if multiplies_first(binning):
        scaled *= n
        scaled /= high - low
    else:
        scaled /= high - low
        scaled *= n
    if not inside.all():
        scaled[~inside] = 0.0
    found = np.trunc(scaled, out=scaled)
    width = (high - low) / n
    out[...] = found
    out += 1
    edges = found * width
    edges += low
    out -= values < edges
    found += 1.0
    np.multiply(found, width, out=edges)
    edges += low
    out += values >= edges
    if not inside.all():
        out[~inside] = np.where(values[~inside] < low, 0, n + 1)


def multiplies_first(binning: Binning) -> bool:
    """Tell whether a distance may be multiplied by the number of bins without overflow, as ROOT does."""
    return math.isfinite((binning.high - binning.low) * binning.n)


def sum_in_order(groups: Integers, values: Doubles, *, n_groups: int) -> Doubles:
    """Sum values by group, one after the other from the first to the last, in double."""
    return np.bincount(groups, weights=values, minlength=n_groups).astype(np.float64, copy=False)
