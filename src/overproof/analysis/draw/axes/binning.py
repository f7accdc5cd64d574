"""The binning of an axis: how it is written, and where a value falls."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from overproof.analysis.draw.axes.places import Places
from overproof.words.errors import ExpressionError, OptionError
from overproof.words.frozen import dataclass

MAX_BINS = 10_000_000
"""More bins than this are taken for a slip of the pen."""

_HOW = 'write n, low, high, for instance --bins "50, 0, 100", or bins="50, 0, 100" in Python'


@dataclass(frozen=True, slots=True, kw_only=True)
class Binning:
    """Equal bins from `low` to `high`.

    A value falls into bin `int(n * (x - low) / (high - low))`, counted from 0, or into its neighbour where rounding
    put it on the wrong side of the edge `low + i * (high - low) / n`; below `low` is underflow; `high`, above and NaN
    are overflow.

    Source: ROOT's TAxis::FindFixBin.
    """

    n: int
    low: float
    high: float


BinsLike: TypeAlias = "str | Sequence[float] | Sequence[Sequence[float]] | Binning | Sequence[Binning] | None"


def parse_bins(bins: BinsLike, *, n_axes: int = 1) -> tuple[Binning, ...]:
    """Read the binning of each axis, x first.

    Args:
        bins: `"50, 0, 100"` (for two axes `"50, 0, 100, 40, -2, 2"`), the same numbers, or one triple or `Binning` for
            each axis.
        n_axes: how many axes there are.

    Raises:
        ExpressionError: a text that is not three numbers for each axis, with the caret under the first that is wrong.
        OptionError: anything else that makes no axis; of a text with the caret under the number.
    """
    if bins is None:
        raise OptionError(f"the binning is missing: {_HOW}")
    if isinstance(bins, Binning):
        bins = (bins,)
    if not isinstance(bins, Iterable):
        raise OptionError(f"bins={bins!r} are not three numbers: {_HOW}")
    numbers: list[float] = []
    text, positions = "", list[int]()
    if isinstance(bins, str):
        text, (numbers, positions) = bins, _numbers(bins, n_axes=n_axes)
    else:
        for each in bins:
            if isinstance(each, Binning):
                numbers += [each.n, each.low, each.high]
            else:
                numbers += _floats(each if isinstance(each, Sequence) else (each,), bins)
    if len(numbers) != 3 * n_axes:
        wanted = "three are" if n_axes == 1 else f"three for each of {n_axes} axes are"
        raise OptionError(f"bins={bins!r} has {len(numbers)} numbers where {wanted} needed: {_HOW}")
    return tuple(
        check_axis(*numbers[first : first + 3], places=Places(text=text, positions=tuple(positions[first : first + 3])))
        for first in range(0, 3 * n_axes, 3)
    )


def check_axis(n: float, low: float, high: float, *, places: Places) -> Binning:
    """Make a binning of three numbers.

    Raises:
        OptionError: they make no axis.
    """
    check_bins(n, places=places)
    if not (math.isfinite(low) and math.isfinite(high)):
        raise places.error(
            f"an axis from {low:g} to {high:g} is endless: give two finite numbers", 2 if math.isfinite(low) else 1
        )
    if not math.isfinite(high - low):
        raise places.error(f"an axis from {low:g} to {high:g} is longer than a double can tell: give a shorter one", 1)
    if not low < high:
        raise places.error(f"an axis from {low:g} to {high:g} is empty: the low edge comes first", 1)
    return Binning(n=int(n), low=low, high=high)


def check_bins(n: float, *, places: Places) -> None:
    """Raise an OptionError for a number of bins that makes no axis."""
    if not (math.isfinite(n) and n == int(n) and 1 <= n <= MAX_BINS):
        raise places.error(f"{n:g} bins make no axis: give a whole number from 1 to {MAX_BINS:,}", 0)


def _floats(values: Sequence[float], bins: object) -> list[float]:
    try:
        return [float(value) for value in values]
    except (TypeError, ValueError):
        raise OptionError(f"bins={bins!r} are not three numbers: {_HOW}") from None


def _numbers(text: str, *, n_axes: int) -> tuple[list[float], list[int]]:
    """Read the numbers of a text, and where each begins."""
    numbers: list[float] = []
    positions: list[int] = []
    position, wanted = 0, 3 * n_axes
    named = "three numbers" if n_axes == 1 else f"three numbers for each of {n_axes} axes"
    for piece in text.split(","):
        start = position + len(piece) - len(piece.lstrip())
        try:
            numbers.append(float(piece))
        except ValueError:
            raise ExpressionError(f"a number is expected: {_HOW}", text=text, position=start) from None
        if len(numbers) > wanted:
            raise ExpressionError(f"{named} are enough: {_HOW}", text=text, position=start)
        positions.append(start)
        position += len(piece) + 1
    if len(numbers) < wanted:
        raise ExpressionError(f"{named} are needed: {_HOW}", text=text, position=len(text))
    return numbers, positions
