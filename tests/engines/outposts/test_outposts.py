"""Laws of outposts: the answer of one machine, whoever of them joins, leaves, is killed or cut off."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import overproof as op
from overproof.engines.outposts import OutpostCrew, ProcessStarter
from overproof.session import connection

DEADLINE_S = 60.0
CYCLES = 6_000


def spin(cycles: Any) -> dict[str, Any]:
    """Use some processor time and return numbers that depend on the block alone."""
    total = 0.0
    for cycle in cycles:
        total += cycle.rng.normal() * 10.0 ** (cycle.number % 60 - 30)
        for _ in range(2_000):
            total += 0.0
    return {"n": len(cycles), "total": total, "firsts": [cycles.first]}


def spin_and_fail(cycles: Any) -> dict[str, Any]:
    """Do the same, but raise on one cycle and crash on another."""
    import ctypes

    for cycle in cycles:
        if cycle.number == 1_003:
            raise ValueError("this cycle is not to be computed")
        if cycle.number == 4_005:
            ctypes.string_at(0)
    return spin(cycles)


def large(cycles: Any) -> dict[str, Any]:
    """Return more than travels with an offer."""
    numbers = np.zeros(50_000)
    for cycle in cycles:
        numbers[cycle.number] = cycle.rng.normal()
    return {"numbers": numbers, **spin(cycles)}


class House:
    """Sessions over outposts, which are processes of this machine."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self.crew: OutpostCrew
        self.starter: ProcessStarter

    def session(self, n_outposts: int = 2, *, workers: int = 1, arguments: tuple[str, ...] = ()) -> op.Session:
        """Open a session over so many outposts."""

        def hire(*_: Any, **__: Any) -> OutpostCrew:
            self.starter = ProcessStarter(n_outposts, workers=workers, arguments=(arguments,))
            self.crew = OutpostCrew(self.starter)
            return self.crew

        self._patch.setattr(connection, "hire_crew", hire)
        return op.Session(progress=False)


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    house = House(monkeypatch)
    yield house
    assert all(process.poll() is not None for process in house.starter.processes)


@pytest.fixture(scope="module")
def serial() -> dict[str, Any]:
    with op.Session("inline", progress=False) as session:
        return dict(session.process(spin, cycles=CYCLES))


def wait_until(is_true: Callable[[], object], what: str) -> None:
    deadline_s = time.monotonic() + DEADLINE_S
    pause = threading.Event()
    while not is_true():
        assert time.monotonic() < deadline_s, f"in vain: {what}"
        pause.wait(0.02)


def has_begun(query: Any) -> Callable[[], bool]:
    return lambda: query.progress().account.processed > 0


def is_whole(result: Any, serial: dict[str, Any]) -> bool:
    return dict(result) == serial and result.account.processed == result.account.total == CYCLES


def test_outposts_give_the_answer_of_one_process(house: House, serial: dict[str, Any]) -> None:
    """Several outposts of several workers: bit for bit, query after query; names tell who is where."""
    with house.session(2, workers=2) as session:
        for _ in range(2):
            result = session.process(spin, cycles=CYCLES, delta_interval_s=0.05)
            assert is_whole(result, serial)
        outposts = {worker.worker.rpartition(".")[0] for worker in result.statistics.workers}
        assert outposts == set(house.crew._stations)


@pytest.mark.nightly
def test_failures_are_isolated_at_an_outpost(house: House) -> None:
    """A cycle that raises and one that crashes are found, and cost just themselves."""
    with house.session(2) as session:
        result = session.process(spin_and_fail, cycles=CYCLES, delta_interval_s=0.05)
    assert [(gap.first, gap.stop, gap.kind) for gap in result.excluded] == [
        (1_003, 1_004, "exception"),
        (4_005, 4_006, "signal"),
    ]
    assert result["n"] == CYCLES - 2


def test_large_payloads_are_fetched(house: House) -> None:
    """What does not travel with its offer is the same when it comes later."""
    with op.Session("inline", progress=False) as session:
        calm = session.process(large, cycles=CYCLES)
    with house.session(2) as session:
        result = session.process(large, cycles=CYCLES, delta_interval_s=0.1)
    assert result["total"] == calm["total"]
    assert np.array_equal(result["numbers"], calm["numbers"])


@pytest.mark.chaos
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_outposts_may_be_lost(house: House, serial: dict[str, Any], number: signal.Signals) -> None:
    """All but one are killed, or told to go, while they compute: nothing is lost, and nothing counted twice."""
    with house.session(3) as session:
        query = session.process(spin, cycles=CYCLES, delta_interval_s=0.05, wait=False)
        wait_until(has_begun(query), "the query begins")
        wait_until(lambda: len(house.crew.workers) == 3, "all are there")
        for process in house.starter.processes[:2]:
            os.kill(process.pid, number)
        assert is_whole(query.result(DEADLINE_S), serial)
        assert all(process.wait(DEADLINE_S) is not None for process in house.starter.processes[:2])


@pytest.mark.nightly
@pytest.mark.chaos
def test_an_outpost_that_is_cut_off_comes_back_as_another(house: House, serial: dict[str, Any]) -> None:
    """When connections break, what was in hand there is computed again, by the same outposts under other names."""
    with house.session(2) as session:
        query = session.process(spin, cycles=CYCLES, delta_interval_s=0.05, wait=False)
        wait_until(has_begun(query), "the query begins")
        wait_until(lambda: len(house.crew._stations) == 2, "all are there")
        before = dict(house.crew._stations)
        for station in before.values():
            station.connection.close()
        result = query.result(DEADLINE_S)
        assert is_whole(result, serial)
        after = {worker.worker.rpartition(".")[0] for worker in result.statistics.workers} - set(before)
        assert after
        assert {process.poll() for process in house.starter.processes} == {None}


@pytest.mark.nightly
def test_who_joins_late_is_used(house: House) -> None:
    """An outpost that arrives in the middle of a query gets packets of it."""
    with house.session(1) as session:
        query = session.process(spin, cycles=100 * CYCLES, delta_interval_s=0.05, wait=False)
        wait_until(has_begun(query), "the query begins")
        assert query.progress().n_active == 1
        house.starter.start_one(house.crew.invitation)
        wait_until(lambda: query.progress().n_active == 2, "the second one works")
        query.abort()


def test_a_query_is_aborted_everywhere(house: House, serial: dict[str, Any]) -> None:
    """After an abort the next query has the outposts for itself."""
    with house.session(2) as session:
        query = session.process(spin, cycles=100 * CYCLES, wait=False)
        wait_until(lambda: len(house.crew.workers) == 2, "all are there")
        query.abort()
        with pytest.raises(op.OverproofError):
            query.result(DEADLINE_S)
        assert is_whole(session.process(spin, cycles=CYCLES), serial)


SESSION = """
import sys, overproof as op
from overproof.engines.outposts import OutpostCrew, ProcessStarter
from overproof.session import connection
starter = ProcessStarter(1, arguments=(("--quit-after", "1"),))
connection.hire_crew = lambda *_, **__: OutpostCrew(starter)
session = op.Session(progress=False)
query = session.process(lambda cycles: [sum(range(20_000)) for _ in cycles] and {"n": 1}, cycles=10**5, wait=False)
while not query.progress().account.processed:
    query.wait(0.05)
print(starter.processes[0].pid, flush=True)
query.wait()
"""


@pytest.mark.chaos
def test_outposts_end_with_the_session(tmp_path: Any, house: House) -> None:
    """kill -9 of the user's process: its outposts end by themselves, with all their workers."""
    house.starter = ProcessStarter(0)
    script = tmp_path / "session.py"
    script.write_text(SESSION)
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        outpost = int(process.stdout.readline())
        process.kill()
    wait_until(lambda: not is_running(outpost), "the outpost ends")


def is_running(pid: int) -> bool:
    """Tell whether a process is there and is no zombie."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_an_outpost_without_invitation_says_so() -> None:
    """Who starts one by hand is told that sessions do that; the text of what came is not repeated."""
    done = subprocess.run(
        [sys.executable, "-m", "overproof.engines.outposts"], input="secret\n", capture_output=True, text=True,
        timeout=DEADLINE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == "overproof: an outpost was started without an invitation: sessions start them by themselves\n"
