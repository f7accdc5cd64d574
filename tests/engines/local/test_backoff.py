"""Laws of replacing the dead."""

from __future__ import annotations

from overproof.engines.local.backoff import MAX_BARREN_DEATHS, Backoff


def test_the_first_is_replaced_at_once_and_the_others_later_and_later() -> None:
    """0, then 0.1 s doubling up to 5 s."""
    backoff = Backoff(1)
    delays = []
    for number in range(10):
        now = 1000.0 * number
        assert backoff.delay(now, how_it_ended="it died") is None
        delays.append(backoff.wait_s(now) or 0.0)
        assert backoff.n_waiting(now) == (1 if number else 0)
        assert backoff.n_waiting(now + delays[-1]) == 0
    assert [round(delay, 6) for delay in delays] == [0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5, 5]


def test_whatever_gets_done_lets_all_start_now() -> None:
    """Who waits need not wait any longer, and the next one to die is replaced at once."""
    backoff = Backoff(1)
    for _ in range(5):
        backoff.delay(0.0, how_it_ended="it died")
    backoff.reset()
    assert backoff.n_waiting(0.0) == 0
    assert backoff.wait_s(0.0) is None
    backoff.delay(0.0, how_it_ended="it died")
    assert backoff.n_waiting(0.0) == 0


def test_too_many_deaths_without_anything_done_are_the_end() -> None:
    """The reason says how many there were and how the last one ended."""
    backoff = Backoff(2)
    for _ in range(MAX_BARREN_DEATHS):
        assert backoff.delay(0.0, how_it_ended="it died") is None
    error = backoff.delay(0.0, how_it_ended="the process left with exit code 3")
    assert error is not None
    assert "11 worker processes died one after the other" in str(error)
    assert "left with exit code 3" in str(error)


def test_who_cannot_even_begin_counts_for_more() -> None:
    """Fewer deaths are enough when each would be the next one's too; the number told is the number of the dead."""
    backoff = Backoff(2)
    for _ in range(MAX_BARREN_DEATHS // 2):
        assert backoff.delay(0.0, how_it_ended="it died", weight=2) is None
    assert "6 worker processes" in str(backoff.delay(0.0, how_it_ended="it died", weight=2))


def test_many_workers_may_all_die_at_once() -> None:
    """A crew of hundred that is killed twice in one moment goes on."""
    backoff = Backoff(100)
    assert [backoff.delay(0.0, how_it_ended="it died") for _ in range(200)] == [None] * 200
