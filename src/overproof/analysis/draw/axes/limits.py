"""Good limits of an axis, from the smallest and the largest of its first values."""

from __future__ import annotations

import math
import sys

from overproof.analysis.draw.axes.binning import Binning
from overproof.words.frozen import dataclass

MAX_DOUBLE = sys.float_info.max
_MAX_FLOAT = 3.4028234663852886e38
_MAX_WIDTH = 1e39
_MAX_DECADES = 200
_FAR = 1e9
"""Bins between zero and the axis above which its limits are not rounded."""
_LONG = 2**63


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rounded:
    """Limits at multiples of a bin width that people like."""

    low: float
    high: float
    width: float


def find_limits(low: float, high: float, *, n: int, is_whole: bool) -> Binning:
    """Choose the axis of values that lie from `low` to `high`.

    Args:
        low: the smallest value; `MAX_DOUBLE` or above where there is none.
        high: the largest value; `-MAX_DOUBLE` or below where there is none.
        n: bins asked for.
        is_whole: the values are whole numbers: bins get a whole width, and their number changes.

    Source: ROOT's THLimitsFinder (FindGoodLimits, OptimizeLimits) of version 6.40, with its order of operations.
    """
    if low >= high:
        low, high = low - 1, high + 1
    margin = 5 * (high - low) / n if is_whole else 0.1 * (high - low)
    wide_low, wide_high = low - margin, high + margin
    if wide_low < 0 <= low:
        wide_low = 0.0
    if wide_high > 0 >= high:
        wide_high = 0.0
    rounded = _rounded_limits(min(wide_low, wide_high), max(wide_low, wide_high), n)
    if rounded.width <= 0 or rounded.width > _MAX_WIDTH:
        low, high = -1.0, 1.0
    else:
        margin = 0.01 * (high - low)
        low, high = min(rounded.low, low - margin), max(rounded.high, high + margin)
    whole = _whole_limits(low, high, n, wide_low=wide_low, wide_high=wide_high) if is_whole else None
    # Beyond 64 bits ROOT's whole axis has no length: such numbers are treated like any others.
    return whole if whole is not None and whole.low < whole.high else Binning(n=n, low=low, high=high)


def _rounded_limits(low: float, high: float, n: int) -> _Rounded:
    """Move two limits outwards to multiples of 1, 2 or 5 times a power of ten, then inwards where a bin is too much."""
    if low == high:
        high = low + 1
    n_wanted, n_bins = max(n, 2), n
    rounded = _Rounded(low=0.0, high=0.0, width=0.0)
    while True:
        width = (high - low) / n_wanted
        if width >= _MAX_FLOAT or width <= 0:
            break
        decade = math.log10(width)
        if math.isnan(decade) or abs(int(decade)) > _MAX_DECADES:
            return _Rounded(low=0.0, high=1.0, width=0.01)
        width = _liked_width(width, int(decade))
        if abs(low / width) > _FAR:
            return _Rounded(low=low, high=high, width=width)
        first = int(low / width) - (low / width < 0)
        end = high / width + 1.00001
        last = int(end) - (end < 0)
        n_bins = last - first
        rounded = _Rounded(low=width * first, high=width * last, width=width)
        if n == 1 and n_bins > 1:
            rounded = _Rounded(low=rounded.low, high=rounded.high, width=width * 2)
        if n <= 5 or 2 * n_bins != n:
            break
        n_wanted += 1  # half of the bins would be empty
    return _trimmed(rounded, low, high)


def _liked_width(width: float, decade: int) -> float:
    if width <= 1:
        decade -= 1
    digits = width * math.pow(10.0, -decade) - 1e-10
    for liked in (1, 2, 5):
        if digits <= liked:
            return liked * math.pow(10.0, decade)
    return math.pow(10.0, decade + 1)


def _trimmed(rounded: _Rounded, low: float, high: float) -> _Rounded:
    width = rounded.width
    new_low = rounded.low + width if low - rounded.low >= width * 0.0001 else rounded.low
    new_high = rounded.high - width if rounded.high - high >= width * 0.0001 else rounded.high
    if new_low >= new_high:
        return rounded
    return _Rounded(low=new_low, high=new_high, width=width)


def _whole_limits(low: float, high: float, n: int, *, wide_low: float, wide_high: float) -> Binning:
    whole_low, whole_high = _whole(low), _whole(high)
    new_low = whole_low - 1 if low < 0 and low != whole_low else whole_low
    new_high = whole_high + 1 if high > 0 and high != whole_high else whole_high
    if high == 0:
        new_high = 1.0
    if new_low >= new_high:
        new_high = new_low + 1
    width = max(int((new_high - new_low) / n), 1)
    n = int((new_high - new_low) / width)
    if new_low + n * width < wide_high:
        n += 1
        new_high = new_low + n * width
    if new_low > wide_low:
        n += 1
        new_low = new_high - n * width
    return Binning(n=n, low=new_low, high=new_high)


def _whole(value: float) -> float:
    """Cut the decimals off, through 64 bits."""
    return float(int(value)) if abs(value) < _LONG else -float(_LONG)
