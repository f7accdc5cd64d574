"""How many readers a server bears is learned from what comes of it."""

from __future__ import annotations

import pytest
from farm import Bandwidth, Farm, copies, sharing, thrashing
from hypothesis import given
from hypothesis import strategies as st

from overproof.query.storage.bound import REST, STRAINED, Bound, Seen

MOST = 32


def settle(bandwidth: Bandwidth, n_wanted: int, *, n_reviews: int = 60) -> list[float]:
    """Let so many want to read, one block a second each where they need not wait; return how many did, by review."""
    bound = Bound()
    readers: list[float] = []
    for _ in range(n_reviews):
        n = min(n_wanted, bound.limit or MOST)
        rate = min(float(n), bandwidth(n))
        bound.review(Seen(n, rate, 1 - rate / n), most=MOST)
        readers.append(n)
    return readers


def test_a_server_without_strain_bears_everybody() -> None:
    """Nothing is tried with a server whose readers do not wait."""
    assert set(settle(lambda readers: 1000.0, 24)) == {24}


def test_a_lone_reader_is_never_sent_away() -> None:
    """However long one waits who reads alone, it stays."""
    assert set(settle(sharing(0.01), 1)) == {1}


def test_a_shared_server_keeps_giving_what_it_can() -> None:
    """Whoever is sent away was not needed: what comes is at least nine tenths of what it could be, nearly always."""
    readers = settle(sharing(4.0), 24)
    assert readers[-1] < 12
    assert sum(min(n, 4.0) >= 3.6 for n in readers) >= 50


def test_a_disk_that_thrashes_gets_fewer() -> None:
    """Where less comes the more read, most of the time at most twice the best number do."""
    readers = settle(thrashing(8.0, best=6), 32)
    assert sum(readers[20:]) / 40 <= 12


def test_readers_who_wait_for_something_else_come_back() -> None:
    """Where each reader waits however few there are, nobody is kept away for long, and ever more seldom."""
    bound, kept_away = Bound(), 0
    for _ in range(100):
        n = min(16, bound.limit or MOST)
        bound.review(Seen(n, 0.3 * n, 0.7), most=MOST)
        kept_away += n < 16
    assert kept_away <= 25
    assert bound.limit is None or bound._rest or bound._trial is not None


def test_less_from_more_readers_sends_them_away_at_once() -> None:
    """When readers joined and less came, it is tried with as many as before, though it is no time for trials."""
    bound = Bound()
    bound._rest = REST  # no trial now
    bound.review(Seen(8, 8.0, STRAINED), most=MOST)
    bound.review(Seen(12, 5.0, 0.8), most=MOST)
    assert bound.limit == 8


@given(
    st.lists(
        st.builds(Seen, st.floats(0.1, 64), st.floats(0, 1e6), st.floats(0, 1)),
        max_size=60,
    )
)
def test_the_bound_is_always_a_number_of_readers(seen: list[Seen]) -> None:
    """Whatever is seen, at least one may read, and a bound above the most there may be is none."""
    bound = Bound()
    for each in seen:
        bound.review(each, most=MOST)
        assert bound.limit is None or 1 <= bound.limit <= 64


@pytest.mark.parametrize(("best", "far_from_ideal"), [(8, 2.0), (4, 3.2)])
def test_thrashing_disks_end_much_sooner_than_without_a_bound(best: int, far_from_ideal: float) -> None:
    """Thirty-two workers at a disk that gives most to a few: the bound is found, in a few times what a block takes."""
    farm = Farm([20] * 32, copies(32, "a"), hosts=["x"] * 32, bandwidths={"a": thrashing(8.0, best)}, checks=False)
    farm.run()
    with_all = 640 / thrashing(8.0, best)(32)
    assert farm.now <= 0.65 * with_all
    assert farm.now <= far_from_ideal * 80
