"""Scales: where values stand, and the round numbers beside them."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from overproof.session.show.notebook.scales import scale, tick_text

numbers = st.floats(-1e12, 1e12).map(lambda value: float(f"{value:.9g}"))


@example(low=21990232600.0, width=0.1, n=6)
@given(low=numbers, width=st.floats(1e-6, 1e12), n=st.integers(2, 10))
def test_ticks_are_few_ascending_and_inside(low: float, width: float, n: int) -> None:
    """There are at most as many as asked for, evenly apart, on the scale, of one or two digits' step."""
    found = scale(low, low + width, start=0, stop=100)
    ticks = found.ticks(n)
    assert len(ticks) <= n
    slack = 1e-6 * (found.high - found.low)
    assert all(found.low - slack <= tick <= found.high + slack for tick in ticks)
    steps = [b - a for a, b in pairwise(ticks)]
    rounding = 4 * math.ulp(max(abs(found.low), abs(found.high)))
    assert all(math.isclose(step, steps[0], rel_tol=1e-9, abs_tol=rounding) for step in steps)


def test_ticks_are_round() -> None:
    """The numbers beside an axis are those that people would write there."""
    assert [tick_text(tick) for tick in scale(0, 100, start=0, stop=1).ticks(6)] == ["0", "20", "40", "60", "80", "100"]
    assert [tick_text(tick) for tick in scale(-2.4, 2.4, start=0, stop=1).ticks(6)] == ["-2", "-1", "0", "1", "2"]
    assert [tick_text(tick) for tick in scale(0, 1.5e5, start=0, stop=1).ticks(4)] == ["0", "50 k", "100 k", "150 k"]


def test_values_lie_in_proportion() -> None:
    """The ends of a scale are the ends of its stretch of paper, the middle is the middle, whichever way it goes."""
    found = scale(10, 20, start=200, stop=0)
    assert [found.at(value) for value in (10, 15, 20)] == [200, 100, 0]


@pytest.mark.parametrize(("low", "high"), [(3, 3), (0, 0), (math.nan, 1), (0, math.inf), (1e300, 1e300)])
def test_a_scale_always_has_a_width(low: float, high: float) -> None:
    """A scale from a value to itself, or to what is no number, can be drawn on all the same."""
    found = scale(low, high, start=0, stop=100)
    assert found.high > found.low
    assert all(math.isfinite(found.at(tick)) for tick in found.ticks(5))
