"""The limits of axes as they were asked for, which an axis of a histogram does not keep to the last bit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_NAME = "limits"


def keep_limits(histogram: Any, limits: Sequence[tuple[float, float] | None]) -> None:
    """Write the limits of all axes on a histogram: for each `(low, high)`, or None for an axis without."""
    setattr(histogram, _NAME, tuple(limits))


def limits_of(histogram: Any, place: int) -> tuple[float, float]:
    """Return the limits of an axis with equal bins: those that it was asked for with where they are known.

    An axis keeps `low` and its length, and the sum of the two may be the next number beside `high`. Of a histogram that
    was cut or turned since then, the edges are taken.
    """
    axis = histogram.axes[place]
    edges = (float(axis.edges[0]), float(axis.edges[-1]))
    kept = getattr(histogram, _NAME, ())
    if len(kept) != len(histogram.axes) or kept[place] is None:
        return edges
    low, high = kept[place]
    return (low, high) if (low, low + (high - low)) == edges else edges
