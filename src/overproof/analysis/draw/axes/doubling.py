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


def doubled_once(binning: Binning, *, low: float, high: float) -> Binning:
    """Return the axis of a histogram of two or three dimensions once ROOT has let go of the rows that it kept back.

    It doubles upwards then, even where all values are on it; downwards, and farther, as these rows demand.

    Args:
        binning: the axis that the first rows gave.
        low, high: extremes of the rows that were kept back.

    Source: TH2::BufferEmpty and TH3::BufferEmpty of ROOT 6.40, which take the axis' own end for a value that is not on
        it.
    """
    lower = doubled(binning, min(low, binning.low)) or binning
    return doubled(lower, max(high, lower.high)) or lower
