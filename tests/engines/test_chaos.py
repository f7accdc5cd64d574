"""Death is ordinary: kills, crashes, hangs and freezes cost time, and what they must; never another entry."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import overproof as op
from overproof.engines.local import backoff
from overproof.engines.local.processes import ProcessCrew
from overproof.words.errors import EngineError

DEADLINE_S = 240.0
N_KILLS = 20


def spin(cycles: Any) -> dict[str, Any]:
    """Use some processor time and return numbers that depend on the block alone."""
    total = 0.0
    for cycle in cycles:
        total += cycle.rng.normal() * 10.0 ** (cycle.number % 60 - 30)
        for _ in range(2_000):
            total += 0.0
    return {"n": len(cycles), "total": total, "firsts": [cycles.first]}


def spin_and_fail(cycles: Any) -> dict[str, Any]:
    """Do the same, but fail on three cycles: one raises, one crashes, one leaves."""
    import ctypes
    import os

    for cycle in cycles:
        if cycle.number == 1_003:
            raise ValueError("this cycle is not to be computed")
        if cycle.number == 5_005:
            ctypes.string_at(0)
        if cycle.number == 9_007:
            os._exit(3)
    return spin(cycles)


def descendants() -> list[int]:
    """Return the pids of all processes that descend from this one and are alive."""
    parents = {}
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            state, parent = (place / "stat").read_text().rpartition(")")[2].split()[:2]
            if state not in "ZX":
                parents[int(place.name)] = int(parent)
    found = [os.getpid()]
    for ancestor in found:
        found += [pid for pid, parent in parents.items() if parent == ancestor]
    return sorted(found[1:])


@pytest.fixture
def before() -> Iterator[set[int]]:
    """Give the descendants of before, and see to it that no other one is left."""
    known = set(descendants())
    yield known
    deadline_s = time.monotonic() + 10.0
    while left := set(descendants()) - known:
        assert time.monotonic() < deadline_s, f"{left} are left"


def hit(pid: int, number: signal.Signals) -> bool:
    """Send a signal to a process that may have ended meanwhile."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


class Violence:
    """Does something to random descendants, again whenever work was completed in between."""

    def __init__(self, query: Any, *, known: set[int], seed: int) -> None:
        self.query = query
        self.n_hits = 0
        self._known = known
        self._dice = random.Random(seed)
        self._n_processed = 0

    def kill_on(self) -> None:
        """Kill one descendant after the other, then wait for the end of the query."""
        deadline_s = time.monotonic() + DEADLINE_S
        while not self.query.wait(0.02):
            assert time.monotonic() < deadline_s, "the query does not end"
            if self.n_hits < N_KILLS and self._has_progress() and (victim := self._choose()):
                self.n_hits += hit(victim, signal.SIGKILL)

    def freeze_on(self, *, n_times: int) -> None:
        """Stop several descendants for a while, some times over; then let the query go on."""
        deadline_s = time.monotonic() + DEADLINE_S
        while not self.query.wait(0.05):
            assert time.monotonic() < deadline_s, "the query does not end"
            if self.n_hits >= n_times or not self._has_progress():
                continue
            victims = {self._choose(), self._choose()} - {None}
            stopped = [pid for pid in victims if pid and hit(pid, signal.SIGSTOP)]
            self.query.wait(self._dice.uniform(0.1, 0.6))
            self.n_hits += sum(hit(pid, signal.SIGCONT) for pid in stopped)

    def _has_progress(self) -> bool:
        n_processed = self.query.progress().account.processed
        has_progress = n_processed > self._n_processed
        self._n_processed = n_processed
        return has_progress

    def _choose(self) -> int | None:
        alive = [pid for pid in descendants() if pid not in self._known]
        return self._dice.choice(alive) if alive else None


def kill_through(seed: int, *, known: set[int]) -> None:
    """Kill descendants through a whole query and compare with a calm one."""
    with op.Session("inline", progress=False) as session:
        serial = session.process(spin, cycles=12_000)
    with op.Session("local:2", progress=False) as session:
        query = session.process(spin, cycles=12_000, delta_interval_s=0.05, wait=False)
        violence = Violence(query, known=known, seed=seed)
        violence.kill_on()
        result = query.result()
    assert violence.n_hits == N_KILLS
    assert dict(result) == dict(serial)
    assert result.account.processed == result.account.total == 12_000
    assert not result.excluded


@pytest.mark.chaos
@pytest.mark.parametrize("seed", [1])
def test_killed_workers_change_nothing_but_the_time(seed: int, before: set[int]) -> None:
    """At least twenty kill -9 of random workers: the serial answer, bit for bit, and an exact account."""
    kill_through(seed, known=before)


@pytest.mark.chaos
@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(10, 30))
def test_killed_workers_change_nothing_on_many_nights(seed: int, before: set[int]) -> None:
    """The same over many seeds."""
    kill_through(seed, known=before)


@pytest.fixture(scope="module")
def calm() -> Any:
    """Give the answer of the failing selector when nobody is killed."""
    with op.Session("local:2", progress=False) as session:
        return session.process(spin_and_fail, cycles=12_000)


def test_three_bad_entries_cost_three_entries(calm: Any) -> None:
    """Each is named with its kind, and all others are in the answer."""
    found = [(gap.first, gap.stop, gap.kind, gap.cause.split()[0]) for gap in calm.excluded]
    assert found == [
        (1_003, 1_004, "exception", "ValueError"),
        (5_005, 5_006, "signal", "SIGSEGV"),
        (9_007, 9_008, "exit", "exit"),
    ]
    assert calm["n"] == calm.account.processed == 12_000 - 3
    assert calm.account.excluded == 3


def kill_while_isolating(seed: int, *, known: set[int], calm: Any) -> None:
    """Kill descendants, the isolator and its children among them, and compare with the calm answer."""
    with op.Session("local:2", progress=False) as session:
        query = session.process(spin_and_fail, cycles=12_000, delta_interval_s=0.05, wait=False)
        violence = Violence(query, known=known, seed=seed)
        violence.kill_on()
        result = query.result()
    assert violence.n_hits == N_KILLS
    assert dict(result) == dict(calm)
    assert [(gap.first, gap.stop, gap.kind) for gap in result.excluded] == [
        (gap.first, gap.stop, gap.kind) for gap in calm.excluded
    ]
    assert result.account == calm.account


@pytest.mark.chaos
def test_killed_isolators_change_nothing_but_the_time(before: set[int], calm: Any) -> None:
    """Neither kills of workers nor of who isolates accuse anybody, or let a guilty entry go."""
    kill_while_isolating(3, known=before, calm=calm)


@pytest.mark.chaos
@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(40, 60))
def test_killed_isolators_change_nothing_on_many_nights(seed: int, before: set[int], calm: Any) -> None:
    """The same over many seeds."""
    kill_while_isolating(seed, known=before, calm=calm)


@pytest.mark.nightly
@pytest.mark.chaos
@pytest.mark.parametrize("seed", [4])
def test_processes_that_are_stopped_and_wake_later_change_nothing(seed: int, before: set[int], calm: Any) -> None:
    """SIGSTOP and SIGCONT of workers, isolator and its children: late answers count once or not at all."""
    with op.Session("local:2", progress=False) as session:
        query = session.process(spin_and_fail, cycles=12_000, delta_interval_s=0.05, wait=False)
        violence = Violence(query, known=before, seed=seed)
        violence.freeze_on(n_times=6)
        result = query.result()
    assert violence.n_hits >= 6
    assert dict(result) == dict(calm)
    assert result.account == calm.account


@pytest.mark.chaos
def test_a_worker_that_is_stopped_for_ever_is_given_up(before: set[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """After the frozen time its blocks are computed by others, and it is not left behind."""
    assert ProcessCrew.__init__.__kwdefaults__ is not None
    monkeypatch.setitem(ProcessCrew.__init__.__kwdefaults__, "frozen_s", 1.5)
    with op.Session("local:2", progress=False) as session:
        query = session.process(spin, cycles=4_000, delta_interval_s=0.05, wait=False)
        while not query.progress().account.processed:
            assert not query.wait(0.02)
        victim = max(pid for pid in descendants() if pid not in before)
        os.kill(victim, signal.SIGSTOP)
        result = query.result(DEADLINE_S)
    assert result.account.processed == result.account.total == result["n"] == 4_000


@pytest.mark.chaos
def test_a_selector_that_kills_every_worker_before_it_begins_ends_with_a_reason(
    before: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers that die without a block in hand are not replaced for ever, and it is said how they died."""
    monkeypatch.setattr(backoff, "MAX_BARREN_DEATHS", 4)

    class Suicidal(op.Selector):
        def worker_begin(self) -> None:
            import ctypes

            ctypes.string_at(0)

        def process(self, events: Any) -> dict[str, int]:
            return {"n": len(events)}

    with op.Session("local:2", progress=False) as session:
        with pytest.raises(EngineError, match=r"died one after the other .* signal 11 \(SIGSEGV: segmentation fault\)"):
            session.process(Suicidal(), cycles=10)
        assert session.process(lambda cycles: {"n": len(cycles)}, cycles=10)["n"] == 10


# -- the selector of all evils


def evil(cycles: Any) -> dict[str, Any]:
    """Fail in every way there is, each on cycles of its own."""
    import ctypes
    import os
    import time

    for cycle in cycles:
        if cycle.number in (100, 101, 900):
            ctypes.string_at(0)
        if cycle.number in (50, 1_500):
            raise ValueError(f"cycle {cycle.number} is bad")
        if cycle.number == 700:
            time.sleep(3_600)
        if cycle.number == 1_100:
            bytearray(b"x") * 2_000_000_000
        if cycle.number == 1_999:
            os._exit(5)
    return {"n": len(cycles), "numbers": sum(cycle.number for cycle in cycles)}


EVILS = {50: "exception", 100: "signal", 101: "signal", 700: "timeout", 900: "signal", 1_100: "memory",
         1_500: "exception", 1_999: "exit"}  # fmt: skip


@pytest.mark.nightly
@pytest.mark.chaos
def test_every_way_to_fail_costs_just_the_entries_that_fail(before: set[int]) -> None:
    """Crash, exception, hang, hunger and exit are each found on their entries, with the right kind."""
    with op.Session("local:2", progress=False) as session:
        result = session.process(
            evil, cycles=2_048, block_timeout_s=1.5, memory_limit_bytes=500_000_000, delta_interval_s=0.1
        )
    assert {gap.first: gap.kind for gap in result.excluded} == EVILS
    assert all(gap.stop == gap.first + 1 for gap in result.excluded)
    assert result["n"] == result.account.processed == 2_048 - len(EVILS)
    assert result["numbers"] == sum(range(2_048)) - sum(EVILS)
    assert (result.account.excluded, result.account.total) == (len(EVILS), 2_048)
