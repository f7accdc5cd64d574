"""Dask workers, their nannies, outposts, workers and mergers may be killed for the length of a query."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from landlord import Violence, descendants

import overproof as op

pytest.importorskip("distributed", reason="distributed is not installed")

N_CYCLES = 12_000
WAIT_S = 60.0


def spin(cycles: Any) -> dict[str, Any]:
    """Use some processor time and return numbers that depend on the block alone, and on the order of the sums."""
    total = 0.0
    for cycle in cycles:
        total += cycle.rng.normal() * 10.0 ** (cycle.number % 60 - 30)
        for _ in range(1_500):
            total += 0.0
    return {"n": len(cycles), "total": total, "firsts": [cycles.first]}


def wait(is_so: Callable[[], Any], otherwise: str) -> None:
    """Look until something is so."""
    deadline_s = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < deadline_s, otherwise


@pytest.fixture(scope="module")
def serial() -> dict[str, Any]:
    """Give the answer of one process."""
    with op.Session("inline", progress=False) as session:
        return dict(session.process(spin, cycles=N_CYCLES))


@pytest.fixture
def house(nobody_is_left: set[int], tmp_path: Path) -> Iterator[Any]:
    """Give a cluster of two Dask workers."""
    from dask_house import DaskHouse

    running = DaskHouse(2, tmp_path, wait=wait)
    yield running
    running.close()


def kill_through(house: Any, *, known: set[int], seed: int, n_hits: int, serial: dict[str, Any]) -> None:
    """Kill whatever belongs to the cluster but its scheduler; compare with the serial answer."""
    with op.Session(house.address, progress=False) as session:
        known = known | {house.scheduler_pid}
        query = session.process(spin, cycles=N_CYCLES, delta_interval_s=0.05, mergers=2, wait=False)

        def victims() -> list[int]:
            return [pid for pid in descendants(os.getpid()) if pid not in known]

        violence = Violence(query, victims=victims, seed=seed, n_hits=n_hits)
        violence.kill_on()
        result = query.result()
    assert dict(result) == serial
    assert result.account.processed == result.account.total == N_CYCLES
    assert not result.excluded
    assert len(violence.hit) == n_hits


@pytest.mark.chaos
def test_whoever_is_killed_on_dask_changes_nothing_but_the_time(
    house: Any, nobody_is_left: set[int], serial: dict[str, Any]
) -> None:
    """Kills of random processes of a Dask cluster, nannies among them: the serial answer, bit for bit."""
    kill_through(house, known=nobody_is_left, seed=1, n_hits=2, serial=serial)


@pytest.mark.chaos
@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(10, 20))
def test_whoever_is_killed_on_dask_on_many_nights_changes_nothing(
    house: Any, nobody_is_left: set[int], serial: dict[str, Any], seed: int
) -> None:
    """The same over many seeds, with more kills."""
    kill_through(house, known=nobody_is_left, seed=seed, n_hits=15, serial=serial)
