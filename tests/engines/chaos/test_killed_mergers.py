"""Mergers may be killed at any time: what they held is computed again, what was on its way to them goes elsewhere."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from landlord import Landlord

import overproof as op

N_CYCLES = 4_000
DEADLINE_S, LATER_S = 60.0, 2.0


def noting(folder: Path) -> Callable[[Any], dict[str, Any]]:
    """Make a selector that notes which processes compute, and which take outputs; it travels by its code."""

    class Note:
        """Is one thing; says where it comes to."""

        def __init__(self) -> None:
            self.n = 1

        def __add__(self, other: Any) -> Any:
            return self

        def __setstate__(self, state: dict[str, int]) -> None:
            import os

            self.__dict__.update(state)
            open(f"{folder}/takes-{os.getpid()}", "w").close()

    def spin(cycles: Any) -> dict[str, Any]:
        import os
        import time

        open(f"{folder}/computes-{os.getpid()}", "w").close()
        deadline_s = time.monotonic() + 60.0
        awaited = "go" if cycles.first == 0 else "mergers" if cycles.first > N_CYCLES // 4 else "."
        while not os.path.exists(f"{folder}/{awaited}") and time.monotonic() < deadline_s:
            time.sleep(0.01)  # the query does not end before somebody was killed, who must be there
        total = 0.0
        for cycle in cycles:
            total += cycle.rng.normal() * 10.0 ** (cycle.number % 60 - 30)
        return {"n": len(cycles), "total": total, "firsts": [cycles.first], "note": Note()}

    return spin


def mergers_noted(folder: Path) -> list[int]:
    """Return the processes that take outputs and compute none: mergers."""
    noted: dict[str, set[int]] = {"takes": set(), "computes": {os.getpid()}}
    for path in folder.glob("*-*"):
        what, _, pid = path.name.partition("-")
        noted[what].add(int(pid))
    return [pid for pid in sorted(noted["takes"] - noted["computes"]) if Path(f"/proc/{pid}").exists()]


def known_to(session: Any) -> list[str]:
    """Return the names of all who have joined, mergers among them."""
    return [name for station in list(session._crew._stations.values()) for name in list(station.known)]


@pytest.fixture(scope="module")
def serial(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Give the answer of one process."""
    folder = tmp_path_factory.mktemp("alone")
    (folder / "go").touch()
    (folder / "mergers").touch()
    with op.Session("inline", progress=False) as session:
        return dict(session.process(noting(folder), cycles=N_CYCLES))


def kill_mergers(session: Any, folder: Path, *, seed: int, n_hits: int, serial: dict[str, Any]) -> None:
    """Kill mergers that have taken something, as long as there are any; compare with the serial answer."""
    dice, n_hit = random.Random(seed), 0
    query = session.process(noting(folder), cycles=N_CYCLES, delta_interval_s=0.05, mergers=2, wait=False)
    deadline_s = time.monotonic() + DEADLINE_S
    while not any(name.rpartition(".")[2].startswith("m") for name in known_to(session)):
        assert not query.wait(0.02)
    (folder / "mergers").touch()
    while n_hit < n_hits and time.monotonic() < deadline_s:
        if victims := mergers_noted(folder):
            with contextlib.suppress(ProcessLookupError):  # it has ended meanwhile
                os.kill(dice.choice(victims), signal.SIGKILL)
                n_hit += 1
            deadline_s = time.monotonic() + LATER_S  # there may be nothing left that others could take
        assert not query.wait(dice.uniform(0.01, 0.2))
    (folder / "go").touch()
    result = query.result()
    for key in ("n", "total", "firsts"):
        assert result[key] == serial[key]
    assert result.account.processed == result.account.total == N_CYCLES
    assert n_hit > 0


@pytest.mark.chaos
def test_killed_mergers_change_nothing_but_the_time(
    session_over: Callable[..., Any], nobody_is_left: set[int], tmp_path: Path, serial: dict[str, Any]
) -> None:
    """Others come in their place; the serial answer, bit for bit."""
    kill_mergers(session_over(Landlord(2)), tmp_path, seed=1, n_hits=2, serial=serial)


@pytest.mark.chaos
@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(10, 20))
def test_killed_mergers_change_nothing_on_many_nights(
    session_over: Callable[..., Any], nobody_is_left: set[int], tmp_path: Path, serial: dict[str, Any], seed: int
) -> None:
    """The same over many seeds."""
    kill_mergers(session_over(Landlord(3)), tmp_path, seed=seed, n_hits=5, serial=serial)
