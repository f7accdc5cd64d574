"""The binning of an axis: how it is written, and where a value falls."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from overproof.words.errors import ExpressionError, OptionError

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


BinsLike: TypeAlias = "str | Sequence[float] | Binning | None"


def parse_bins(bins: BinsLike) -> Binning:
    """Read a binning from `"50, 0, 100"`, `(50, 0, 100)` or a `Binning`.

    Raises:
        ExpressionError: a text that is not three numbers, with the caret under the first that is wrong.
        OptionError: anything else that makes no axis; None too, since no rule of ours may guess an axis.
    """
    if isinstance(bins, Binning):
        return _checked(bins.n, bins.low, bins.high)
    if bins is None:
        raise OptionError(f"the binning is missing: {_HOW}")
    if isinstance(bins, str):
        return _checked(*_three_numbers(bins))
    values = tuple(bins)
    if len(values) != 3:
        raise OptionError(f"bins={values!r} has {len(values)} numbers where three are needed: {_HOW}")
    try:
        n, low, high = (float(value) for value in values)
    except (TypeError, ValueError):
        raise OptionError(f"bins={values!r} are not three numbers: {_HOW}") from None
    return _checked(n, low, high)


def _three_numbers(text: str) -> tuple[float, float, float]:
    pieces = text.split(",")
    numbers: list[float] = []
    position = 0
    for piece in pieces:
        start = position + len(piece) - len(piece.lstrip())
        try:
            numbers.append(float(piece))
        except ValueError:
            raise ExpressionError(f"a number is expected: {_HOW}", text=text, position=start) from None
        if len(numbers) > 3:
            raise ExpressionError(f"three numbers are enough: {_HOW}", text=text, position=start)
        position += len(piece) + 1
    if len(numbers) < 3:
        raise ExpressionError(f"three numbers are needed: {_HOW}", text=text, position=len(text))
    return numbers[0], numbers[1], numbers[2]


def _checked(n: float, low: float, high: float) -> Binning:
    if not (math.isfinite(n) and n == int(n) and 1 <= n <= MAX_BINS):
        raise OptionError(f"{n:g} bins make no axis: give a whole number from 1 to {MAX_BINS:,}")
    if not (math.isfinite(low) and math.isfinite(high)):
        raise OptionError(f"an axis from {low:g} to {high:g} is endless: give two finite numbers")
    if not low < high:
        raise OptionError(f"an axis from {low:g} to {high:g} is empty: the low edge comes first")
    return Binning(n=int(n), low=low, high=high)
