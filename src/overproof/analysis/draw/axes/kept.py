"""What the rows that ROOT keeps back do to an axis, once it lets go of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from overproof.analysis.draw.axes.binning import Binning
from overproof.analysis.draw.axes.doubling import doubled

N_KEPT = 1000
"""Rows that ROOT keeps back; where there are no more, no axis ever grows. Source: the size of TH1's buffer."""

N_KEPT_PROFILE = 666
"""The same of a profile over one axis, whose rows are longer: as many as fill the buffer of a histogram."""


def n_kept(*, n_axes: int, is_profile: bool) -> int:
    """Tell how many rows ROOT keeps back."""
    return N_KEPT_PROFILE if is_profile and n_axes == 1 else N_KEPT


def let_go(start: Binning, values: Sequence[float], *, n_axes: int, is_profile: bool) -> Binning:
    """Return the axis before the rows that were kept back are filled: it grows downwards first, then upwards.

    Of a histogram over one axis only finite values count; of a profile none do where the first is NaN. A histogram over
    more axes leaves the first row aside, and takes its own end for a value that is not on it: so it always doubles
    upwards.

    Args:
        start: the axis that the first rows gave.
        values: of the rows that were kept back, in their order.
        n_axes: how many the histogram has.
        is_profile: whether it is a profile.

    Source: BufferEmpty of TH1, TH2, TH3, TProfile and TProfile2D, checked against ROOT 6.40.
    """
    if is_profile:
        low, high = _extremes([] if values and math.isnan(values[0]) else values)
    elif n_axes == 1:
        low, high = _extremes(value for value in values if math.isfinite(value))
    else:
        low, high = _extremes((start.low, start.high, *values[1:]))
    axis = (doubled(start, low) if low < start.low else None) or start
    return (doubled(axis, high) if high >= axis.high else None) or axis


def _extremes(values: Iterable[float]) -> tuple[float, float]:
    """Return the smallest and the largest value; NaN is none, and where there is no value both move nothing."""
    known = [value for value in values if not math.isnan(value)]
    return (min(known), max(known)) if known else (math.inf, -math.inf)
