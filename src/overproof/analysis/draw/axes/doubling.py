"""How an axis grows: it doubles, again and again, until a value is on it."""

from __future__ import annotations

from overproof.analysis.draw.axes.binning import Binning

MAX_DOUBLINGS = 65
"""A value that is farther away than so many doublings is left aside."""


def doubled(binning: Binning, value: float) -> Binning | None:
    """Return the axis with as many bins that has a value on it; None where the value is too far away.

    The new range is twice the old one, on the side of the value; so two bins become one. NaN changes nothing.

    Source: ROOT's TH1::FindNewAxisLimits, with its order of operations.
    """
    low, high = binning.low, binning.high
    width = high - low
    n_doublings = 0
    while value < low or value >= high:
        if n_doublings == MAX_DOUBLINGS:
            return None
        n_doublings += 1
        if value < low:
            low -= width
        else:
            high += width
        width *= 2
    return Binning(n=binning.n, low=low, high=high)
