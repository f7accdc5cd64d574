"""Axes as they are written in part: bins without limits, some axes and not others."""

from __future__ import annotations

import math
from collections.abc import Sequence

from overproof.analysis.draw.axes.automatic import Automatic, Axis
from overproof.analysis.draw.axes.binning import MAX_BINS, Binning, BinsLike, parse_bins
from overproof.words.errors import ExpressionError, OptionError

_FORMS = "write n, or n, low, high for each axis, x first, such as 50, or 50, 0, 100"


def read_axes(bins: BinsLike | int, *, defaults: Sequence[int]) -> tuple[Axis, ...]:
    """Read axes, x first; what is not said of an axis is left to the data.

    Args:
        bins: as in `parse_bins`; also `n` alone, and fewer numbers than three for each axis: `"50, 0, 100, 20"` gives
            the x axis whole and the bins of the y axis, `", , , 20"` only these.
        defaults: bins of each axis of which nothing is said.

    Raises:
        ExpressionError: a text with something else than a number, or too many, with the caret under it.
        OptionError: anything else that makes no axis.
    """
    if isinstance(bins, int):
        bins = str(bins)
    if not isinstance(bins, str):
        return parse_bins(bins, n_axes=len(defaults))
    pieces = bins.split(",")
    if len(pieces) == 3 * len(defaults) and all(piece.strip() for piece in pieces):
        return parse_bins(bins, n_axes=len(defaults))
    numbers = _numbers(bins, pieces, most=3 * len(defaults))
    return tuple(_axis(numbers[3 * place : 3 * place + 3], default, bins) for place, default in enumerate(defaults))


def _numbers(text: str, pieces: Sequence[str], *, most: int) -> list[float | None]:
    numbers: list[float | None] = []
    position = 0
    for piece in pieces:
        start = position + len(piece) - len(piece.lstrip())
        try:
            numbers.append(float(piece) if piece.strip() else None)
        except ValueError:
            raise ExpressionError(f"a number is expected: {_FORMS}", text=text, position=start) from None
        if len(numbers) > most:
            raise ExpressionError(f"{most} numbers are enough: {_FORMS}", text=text, position=start)
        position += len(piece) + 1
    return numbers + [None] * (most - len(numbers))


def _axis(numbers: Sequence[float | None], default: int, bins: str) -> Axis:
    n, low, high = numbers
    n = default if n is None else n
    if low is not None and high is not None:
        (axis,) = parse_bins((Binning(n=n, low=low, high=high),))  # type: ignore[arg-type]  # a broken n is told there
        return axis
    if low is not None or high is not None:
        raise OptionError(f"bins={bins!r} has one end of an axis without the other: {_FORMS}")
    if not (math.isfinite(n) and n == int(n) and 1 <= n <= MAX_BINS):
        raise OptionError(f"{n:g} bins make no axis: give a whole number from 1 to {MAX_BINS:,}")
    return Automatic(n=int(n))
