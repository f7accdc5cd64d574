"""How axes grow."""

from __future__ import annotations

import math

import pytest

from overproof.analysis.draw.axes import Binning
from overproof.analysis.draw.axes.doubling import doubled
from overproof.analysis.draw.axes.kept import let_go

START = Binning(n=10, low=0.0, high=1.0)


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [(0.5, 0, 1), (1.0, 0, 2), (1.9, 0, 2), (2.0, 0, 4), (-0.1, -1, 1), (-1.1, -3, 1), (100.0, 0, 128)],
)
def test_an_axis_doubles_towards_the_value(value: float, low: float, high: float) -> None:
    """The range doubles on the side of the value until this is on the axis; the upper end is not on it."""
    assert doubled(START, value) == Binning(n=10, low=low, high=high)


@pytest.mark.parametrize("value", [math.inf, -math.inf, 2.0**65, -(2.0**66)])
def test_what_is_too_far_away_changes_nothing(value: float) -> None:
    """Sixty-five doublings are not enough for these, as in ROOT."""
    assert doubled(START, value) is None


def test_sixty_five_doublings_are_tried() -> None:
    """The last value that can be reached is reached."""
    assert doubled(START, math.nextafter(2.0**65, 0)) == Binning(n=10, low=0.0, high=2.0**65)


def test_nan_changes_nothing() -> None:
    """NaN lies on no side."""
    assert doubled(START, math.nan) == START


@pytest.mark.parametrize(
    ("low", "high", "after"),
    [
        (0.2, 0.8, (0, 2)),
        (0.2, 3.0, (0, 4)),
        (-0.5, 0.8, (-1, 3)),
        (-0.5, 2.5, (-1, 3)),
        (0.2, math.inf, (0, 1)),
        (-math.inf, 0.8, (0, 2)),
    ],
)
def test_maps_double_once_as_in_root(low: float, high: float, after: tuple[float, float]) -> None:
    """Upwards always, unless a value is infinite there; the cases were asked of ROOT 6.40 with rows like these."""
    axis = let_go(START, [0.5, low, high], n_axes=2, is_profile=False)
    assert axis == Binning(n=10, low=after[0], high=after[1])
