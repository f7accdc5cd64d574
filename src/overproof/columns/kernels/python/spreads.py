"""Variance and standard deviation along an axis, from the distances to the mean.

Awkward goes two ways, by whether the lists of a block happen to have the same lengths, and one of them lets the
compiler contract a product and a sum. The answer of an entry must depend on neither: there is one way here, and
compiled functions go it too.
"""

from __future__ import annotations

from typing import Any

import awkward as ak
import numpy as np

from overproof.columns.kernels.python.elementwise import apply_kernel


def variance(array: Any, *, axis: int, ddof: float, keepdims: bool) -> Any:
    """Return the mean square of the distances from the mean; NaN of nothing.

    Args:
        array: lists of numbers; None does not count.
        axis: 1 is that of the elements of an entry.
        ddof: the sum is divided by the number of elements less this.
        keepdims: the axis stays, with one element.
    """
    array = ak.to_packed(array)  # awkward cannot slice by lists where entries were left out before
    count = ak.count(array, axis=axis, keepdims=True)
    mean = _divide(ak.sum(array, axis=axis, keepdims=True), count)
    distances = _compute("subtract", array, _beside(mean, array, axis))
    found = _divide(ak.sum(_compute("multiply", distances, distances), axis=axis, keepdims=True), count)
    if ddof:
        found = _compute("multiply", found, _divide(count, _compute("subtract", count, float(ddof))))
    return found if keepdims else found[(slice(None),) * axis + (0,)]


def deviation(array: Any, *, axis: int, ddof: float, keepdims: bool) -> Any:
    """Return the root of the variance."""
    return apply_kernel("sqrt", [variance(array, axis=axis, ddof=ddof, keepdims=keepdims)], makes_booleans=False)


def _beside(mean: Any, array: Any, axis: int) -> Any:
    """Return means that stand beside the elements; those of an outer axis are repeated, as long as each list is."""
    if axis == array.ndim - 1:
        return mean
    inner = ak.num(array, axis=axis + 1)
    repeated = ak.from_regular(mean, axis=axis)[ak.zeros_like(inner, dtype=np.int64)]
    return repeated[ak.local_index(array, axis=axis + 1)]


def _compute(kernel: str, *arrays: Any) -> Any:
    return apply_kernel(kernel, arrays, makes_booleans=False)


def _divide(left: Any, right: Any) -> Any:
    return _compute("divide", left, right)
