"""Axes as they are written in part: bins without limits, some axes and not others."""

from __future__ import annotations

from collections.abc import Sequence

from overproof.analysis.draw.axes.automatic import Automatic, Axis
from overproof.analysis.draw.axes.binning import BinsLike, check_axis, check_bins, parse_bins
from overproof.analysis.draw.axes.places import Places
from overproof.words.errors import ExpressionError

_FORMS = "write n, or n, low, high for each axis, x first, such as 50, or 50, 0, 100"


def read_axes(bins: BinsLike | int, *, defaults: Sequence[int]) -> tuple[Axis, ...]:
    """Read axes, x first; what is not said of an axis is left to the data.

    Args:
        bins: as in `parse_bins`; also `n` alone, and fewer numbers than three for each axis: `"50, 0, 100, 20"` gives
            the x axis whole and the bins of the y axis, `", , , 20"` only these.
        defaults: bins of each axis of which nothing is said.

    Raises:
        ExpressionError: a text with something else than a number, or too many, with the caret under it.
        OptionError: anything else that makes no axis; of a text with the caret under the number.
    """
    if isinstance(bins, int):
        bins = str(bins)
    if not isinstance(bins, str):
        return parse_bins(bins, n_axes=len(defaults))
    pieces = bins.split(",")
    if len(pieces) == 3 * len(defaults) and all(piece.strip() for piece in pieces):
        return parse_bins(bins, n_axes=len(defaults))
    numbers, positions = _numbers(bins, pieces, most=3 * len(defaults))
    return tuple(
        _axis(numbers[first : first + 3], default, Places(text=bins, positions=tuple(positions[first : first + 3])))
        for first, default in zip(range(0, len(numbers), 3), defaults, strict=True)
    )


def _numbers(text: str, pieces: Sequence[str], *, most: int) -> tuple[list[float | None], list[int]]:
    """Read the numbers that are given, and where each begins, or would; None for the others."""
    numbers: list[float | None] = []
    positions: list[int] = []
    position = 0
    for piece in pieces:
        start = position + len(piece) - len(piece.lstrip())
        try:
            numbers.append(float(piece) if piece.strip() else None)
        except ValueError:
            raise ExpressionError(f"a number is expected: {_FORMS}", text=text, position=start) from None
        if len(numbers) > most:
            raise ExpressionError(f"{most} numbers are enough: {_FORMS}", text=text, position=start)
        positions.append(start)
        position += len(piece) + 1
    return numbers + [None] * (most - len(numbers)), positions


def _axis(numbers: Sequence[float | None], default: int, places: Places) -> Axis:
    n, low, high = numbers
    n = default if n is None else n
    if low is not None and high is not None:
        return check_axis(n, low, high, places=places)
    if low is not None or high is not None:
        problem = f"bins={places.text!r} has one end of an axis without the other: {_FORMS}"
        raise places.error(problem, 2 if low is None else 1)
    check_bins(n, places=places)
    return Automatic(n=int(n))
