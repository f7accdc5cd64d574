"""Death is ordinary past one machine too: outposts, their stems, workers, isolators and mergers."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from landlord import Landlord, Violence, descendants

import overproof as op

N_CYCLES = 12_000


def spin(cycles: Any) -> dict[str, Any]:
    """Use some processor time and return numbers that depend on the block alone, and on the order of the sums."""
    total = 0.0
    for cycle in cycles:
        total += cycle.rng.normal() * 10.0 ** (cycle.number % 60 - 30)
        for _ in range(2_000):
            total += 0.0
    return {"n": len(cycles), "total": total, "firsts": [cycles.first]}


@pytest.fixture(scope="module")
def serial() -> dict[str, Any]:
    """Give the answer of one worker."""
    with op.Session("inline", progress=False) as session:
        return dict(session.process(spin, cycles=N_CYCLES))


def kill_through(session: Any, *, known: set[int], seed: int, n_hits: int, serial: dict[str, Any]) -> Violence:
    """Kill whatever belongs to outposts through a whole query; compare with the serial answer."""
    query = session.process(spin, cycles=N_CYCLES, delta_interval_s=0.05, wait=False)

    def victims() -> list[int]:
        return [pid for pid in descendants(os.getpid()) if pid not in known]

    violence = Violence(query, victims=victims, seed=seed, n_hits=n_hits)
    violence.kill_on()
    result = query.result()
    assert dict(result) == serial
    assert result.account.processed == result.account.total == N_CYCLES
    assert not result.excluded
    assert len(violence.hit) == n_hits
    return violence


@pytest.mark.chaos
@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(10, 30))
def test_whoever_is_killed_at_outposts_changes_nothing_but_the_time(
    session_over: Callable[..., Any], nobody_is_left: set[int], serial: dict[str, Any], seed: int
) -> None:
    """Kills of random processes of three outposts, the outposts among them: the serial answer, bit for bit."""
    session = session_over(Landlord(3))
    kill_through(session, known=nobody_is_left, seed=seed, n_hits=20, serial=serial)


@pytest.mark.chaos
def test_all_outposts_may_die_at_once(
    session_over: Callable[..., Any], nobody_is_left: set[int], serial: dict[str, Any]
) -> None:
    """When nobody is left, the query waits for those that come."""
    landlord = Landlord(2)
    session = session_over(landlord)
    query = session.process(spin, cycles=N_CYCLES, delta_interval_s=0.05, wait=False)
    while not query.progress().account.processed:
        assert not query.wait(0.02)
    for process in list(landlord.processes.values()):
        process.kill()
    result = query.result()
    assert dict(result) == serial
    assert landlord.n_started == 4
