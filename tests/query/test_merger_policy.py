"""How many mergers there should be, and where."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overproof.query.merging import Crowd, just, near_the_root
from overproof.query.merging.policy import LARGE_BYTES, MIN_WORKERS, MIN_WORKERS_OF_LARGE, spread
from overproof.words.errors import OptionError

HOSTS = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(1, 64), max_size=12)


def test_few_workers_need_none() -> None:
    """Below a number of workers the master merges by itself, whatever the hosts."""
    assert near_the_root(Crowd({"a": MIN_WORKERS - 1}, 0)) == {}
    assert near_the_root(Crowd({"a": 1, "b": 1}, LARGE_BYTES)) == {}
    assert near_the_root(Crowd({}, 0)) == {}


def test_large_outputs_need_them_sooner() -> None:
    """Sixteen workers with outputs of a hundred megabytes have four mergers, and with small ones none."""
    assert near_the_root(Crowd({"a": 16}, 100_000_000)) == {"a": 4}
    assert near_the_root(Crowd({"a": 16}, LARGE_BYTES - 1)) == {}
    assert near_the_root(Crowd({"a": MIN_WORKERS_OF_LARGE}, LARGE_BYTES)) == {"a": 3}


@pytest.mark.parametrize("n_workers", [32, 100, 1_000, 10_000])
def test_nobody_takes_in_much_more_than_the_root(n_workers: int) -> None:
    """Neither the master from its mergers, nor a merger from its workers."""
    n_mergers = sum(near_the_root(Crowd({"a": n_workers // 2, "b": n_workers - n_workers // 2}, 0)).values())
    root = sqrt(n_workers)
    assert n_mergers <= root + 1
    assert -(-n_workers // n_mergers) <= root + 2


def test_hosts_with_more_workers_have_more_mergers() -> None:
    """In proportion; and when hosts are more than mergers, the larger ones have one."""
    assert spread(4, {"a": 30, "b": 10}) == {"a": 3, "b": 1}
    assert spread(2, {"a": 3, "b": 1, "c": 3, "d": 1}) == {"a": 1, "c": 1}


@given(hosts=HOSTS, n_mergers=st.integers(0, 40))
def test_spreading_is_fair_and_loses_none(hosts: dict[str, int], n_mergers: int) -> None:
    """All mergers find a host, and no host has more than its part, rounded up, or fewer than that rounded down."""
    n_workers = sum(hosts.values())
    found = spread(n_mergers, hosts)
    assert sum(found.values()) == (n_mergers if hosts else 0)
    for host, n in hosts.items():
        part = n_mergers * n / n_workers
        assert int(part) <= found.get(host, 0) <= -(-n_mergers * n // n_workers)
    assert all(found.values())
    assert spread(n_mergers, dict(reversed(hosts.items()))) == found


def test_a_number_of_ones_own() -> None:
    """`just` wants that many, whatever there is; fewer than none make no sense."""
    assert just(3)(Crowd({"a": 1}, 0)) == {"a": 3}
    assert just(0)(Crowd({"a": 100}, 0)) == {}
    with pytest.raises(OptionError, match="-1 mergers make no sense"):
        just(-1)
