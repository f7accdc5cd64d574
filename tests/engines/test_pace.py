"""Laws of the speed display."""

from __future__ import annotations

import pytest

from overproof.engines.pace import WINDOW_S, Pace


def test_rates_are_those_of_the_last_seconds_and_of_the_whole() -> None:
    """A burst long ago counts for the average, not for the current rate."""
    pace = Pace()
    for at_s, n_entries in ((0.0, 0), (1.0, 5_000), (50.0, 5_000), (52.0, 5_200)):
        pace.observe(at_s, n_entries=n_entries, read_bytes=10 * n_entries)
    assert pace.rates(52.0) == pytest.approx((100.0, 1_000.0))
    assert pace.average_rate(52.0) == pytest.approx(100.0)


def test_a_query_that_stalls_slows_down() -> None:
    """Without news the current rate falls to nothing."""
    pace = Pace()
    pace.observe(0.0, n_entries=0, read_bytes=0)
    pace.observe(1.0, n_entries=1_000, read_bytes=0)
    assert pace.rates(1.0)[0] == pytest.approx(1_000)
    assert pace.rates(4.0)[0] == pytest.approx(250)
    assert pace.rates(1.0 + 2 * WINDOW_S)[0] == 0.0


def test_entries_lost_with_a_worker_are_no_negative_speed() -> None:
    """What must be done again makes the query slow, not backward."""
    pace = Pace()
    pace.observe(0.0, n_entries=1_000, read_bytes=0)
    pace.observe(1.0, n_entries=400, read_bytes=0)
    assert pace.rates(1.0) == (0.0, 0.0)


def test_nothing_is_fast_before_the_first_packet() -> None:
    """Rates of a query that has not begun are zero, not an error."""
    assert Pace().rates(10.0) == (0.0, 0.0)
    assert Pace().average_rate(10.0) == 0.0
