"""Laws of mergers between outposts: a delta is passed once or not at all, and what was passed comes in one piece."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import cloudpickle
import pytest

from overproof.analysis.selector import FunctionSelector
from overproof.engines.messages import Brief, Compute, DeltaArrived, HandOver, Settled
from overproof.engines.outposts import OutpostCrew, ProcessStarter
from overproof.engines.worker.compute import Worker
from overproof.outputs.state import OutputState
from overproof.records.block import Block, Delta, Packet
from overproof.records.notices import (
    DeltaLost,
    DeltaNotPassed,
    DeltaOffered,
    DeltaPassed,
    MergerJoined,
    PacketDone,
    WorkerJoined,
    WorkerLost,
)
from overproof.testing import ManualClock

HOSTS = ("near", "far")
DEADLINE_S = 30.0


def counting() -> Callable[[Any], dict[str, Any]]:
    """Make a function that travels by its code, as it has no name."""

    def count(cycles: Any) -> dict[str, Any]:
        """Return numbers that depend on the block, and the process that has computed them."""
        import os

        total = 0.0
        for cycle in cycles:
            total += cycle.rng.normal() * 10.0 ** (cycle.number % 60 - 30)
        return {"n": len(cycles), "total": total, "firsts": [cycles.first], "pids": [os.getpid()]}

    return count


class Hub:
    """Two outposts with a worker each, and the test in the place of the master."""

    def __init__(self) -> None:
        self.starter = ProcessStarter(2, arguments=tuple(("--host", host) for host in HOSTS))
        self.crew = OutpostCrew(self.starter)
        self.query = 0
        self.letters: list[Any] = []
        self.workers: dict[str, str] = {}
        self.pids: dict[str, int] = {}
        self.total = OutputState()
        self._n_packets = 0

    def begin(self) -> None:
        """Begin a query in which nobody hands over unasked; learn who works where."""
        self.query += 1
        self.workers.clear()
        self.letters.clear()
        self.total = OutputState()
        self.brief = Brief(
            query=self.query, selector=cloudpickle.dumps(FunctionSelector(counting())), dataset=None,
            block_entries=10, seed=1, search_path=(), delta_interval_s=3600.0,
        )  # fmt: skip
        self.crew.begin(self.brief)
        while len(self.workers) < 2:
            joined = self.hear(WorkerJoined).reply
            self.workers[joined.host] = joined.worker
            (self.pids[joined.worker],) = self.forked_at(joined.host)

    def call(self, host: str) -> str:
        before = self.forked_at(host)
        self.crew.call_merger(host)
        joined = self.hear(MergerJoined).reply
        assert (joined.host, joined.epoch) == (host, 1)
        (self.pids[joined.merger],) = self.forked_at(host) - before
        return str(joined.merger)

    def compute(self, host: str, *indexes: int) -> Delta:
        """Let the worker of a host compute blocks; return the label of its delta, whose payload it keeps."""
        self._n_packets += 1
        blocks = tuple(map(block_at, indexes))
        worker = self.workers[host]
        self.crew.send(worker, Compute(packet=Packet(number=self._n_packets, blocks=blocks)))
        self.hear(PacketDone, worker)
        self.crew.send(worker, HandOver())
        offer = self.hear(DeltaOffered, worker)
        assert offer.payload is None
        assert offer.reply.size_bytes > 0
        return offer.reply.delta  # type: ignore[no-any-return]

    def pass_on(self, delta: Delta, merger: str) -> Any:
        """Have a delta passed; return the answer."""
        self.crew.pass_on(delta, merger)
        return self.hear(DeltaPassed | DeltaNotPassed, merger).reply

    def kill(self, name: str) -> None:
        os.kill(self.pids[name], signal.SIGKILL)

    def forked_at(self, host: str) -> set[int]:
        """Return workers and mergers of an outpost that are alive: children of the process that forks them."""
        (stem,) = children_of(self.starter.processes[HOSTS.index(host)].pid)
        return set(children_of(stem))

    def settle(self, delta: Delta) -> None:
        self.crew.send(delta.worker, Settled(number=delta.number))

    def take(self, who: str) -> Delta:
        """Ask for what somebody has, and merge it."""
        self.crew.send(who, HandOver())
        delta = self.hear(DeltaOffered, who).reply.delta
        self.crew.fetch(delta)
        arrived = self.hear(DeltaArrived)
        assert arrived.reply.delta == delta
        self.total.merge(OutputState.from_bytes(arrived.payload))
        self.settle(delta)
        return delta  # type: ignore[no-any-return]

    def hear(self, kind: Any, who: str | None = None) -> Any:
        """Poll until somebody says it, or who is asked for; return the letter."""
        deadline_s = time.monotonic() + DEADLINE_S
        while True:
            for letter in self.letters:
                if isinstance(letter.reply, kind) and (who is None or who == _speaker(letter.reply)):
                    self.letters.remove(letter)
                    return letter
            assert time.monotonic() < deadline_s, f"no {kind} in {self.letters}"
            self.letters += [letter for letter in self.crew.poll(0.5) if letter.query == self.query]


def children_of(parent: int) -> list[int]:
    """Return the children of a process that are alive."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            state, its_parent = (place / "stat").read_text().rpartition(")")[2].split()[:2]
            if int(its_parent) == parent and state not in "ZX":
                found.append(int(place.name))
    return found


def _speaker(reply: Any) -> str:
    if isinstance(reply, DeltaOffered):
        return str(reply.delta.worker)
    if isinstance(reply, DeltaPassed | DeltaNotPassed | MergerJoined):
        return str(reply.merger)
    return str(reply.worker)


def serial(brief: Brief, indexes: Sequence[int]) -> dict[str, Any]:
    """Compute the same in this process, in one delta."""
    letters: list[Any] = []
    worker = Worker("w0", letters.append, clock=ManualClock())
    for command in (brief, Compute(packet=Packet(number=1, blocks=tuple(map(block_at, indexes))))):
        worker.handle(command)
    while worker.has_work:
        worker.step()
    worker.handle(HandOver())
    return OutputState.from_bytes(letters[-1].payload).value()


def block_at(index: int) -> Block:
    return Block(file=0, index=index, first=10 * index, stop=10 * index + 10)


@pytest.fixture(scope="module")
def shared_hub() -> Iterator[Hub]:
    """Give what all tests of this file may use, one after the other."""
    yield from hubs()


@pytest.fixture
def hub(shared_hub: Hub) -> Iterator[Hub]:
    """Give a query of the test's own."""
    shared_hub.begin()
    yield shared_hub
    shared_hub.crew.end()


@pytest.fixture
def own_hub() -> Iterator[Hub]:
    """Give outposts that the test may end."""
    for made in hubs():
        made.begin()
        yield made


def hubs() -> Iterator[Hub]:
    made = Hub()
    try:
        yield made
    finally:
        made.crew.close()
        assert [process.poll() is None for process in made.starter.processes] == [False, False]


def test_deltas_of_several_hosts_come_as_one(hub: Hub) -> None:
    """What was passed is the merger's: it hands over the sum, under its own name, bit for bit that of one process."""
    merger = hub.call("far")
    for number in range(3):
        for host, index in (("near", 2 * number), ("far", 2 * number + 1)):
            delta = hub.compute(host, index)
            answer = hub.pass_on(delta, merger)
            assert isinstance(answer, DeltaPassed)
            assert answer.delta == delta
            hub.settle(delta)
    delta = hub.take(merger)
    assert sorted(block.index for block in delta.blocks) == list(range(6))
    value, expected = hub.total.value(), serial(hub.brief, range(6))
    assert (len(set(value.pop("pids"))), len(set(expected.pop("pids")))) == (2, 1)
    assert value == expected


def test_what_is_passed_is_kept_until_it_is_settled(hub: Hub) -> None:
    """A merger that dies with it has taken nothing from anybody: the delta is passed to another one, or fetched."""
    first = hub.call("far")
    delta = hub.compute("near", 0)
    assert isinstance(hub.pass_on(delta, first), DeltaPassed)
    hub.kill(first)
    assert hub.hear(WorkerLost).reply.worker == first
    second = hub.call("near")
    assert second != first
    assert isinstance(hub.pass_on(delta, second), DeltaPassed)
    hub.crew.fetch(delta)
    assert hub.hear(DeltaArrived).reply.delta == delta
    hub.settle(delta)
    hub.take(second)
    assert hub.total.value()["firsts"] == [0]


def test_what_is_settled_can_be_passed_no_more(hub: Hub) -> None:
    """Nothing of it is in what the merger has; nor can it be fetched."""
    merger = hub.call("far")
    delta = hub.compute("near", 0)
    hub.settle(delta)
    answer = hub.pass_on(delta, merger)
    assert (type(answer), answer.delta) == (DeltaNotPassed, delta)
    hub.crew.fetch(delta)
    assert hub.hear(DeltaLost).reply.delta == delta
    assert isinstance(hub.pass_on(hub.compute("near", 1), merger), DeltaPassed)
    hub.take(merger)
    assert hub.total.value()["firsts"] == [10]


def test_the_delta_of_a_lost_worker_is_not_passed(hub: Hub) -> None:
    """The merger's outpost says so, as the worker's does not have it any more."""
    merger = hub.call("far")
    delta = hub.compute("near", 0)
    hub.kill(hub.workers["near"])
    hub.hear(WorkerLost)
    assert isinstance(hub.pass_on(delta, merger), DeltaNotPassed)
    assert isinstance(hub.pass_on(hub.compute("far", 1), merger), DeltaPassed)


def test_the_delta_of_a_lost_outpost_is_not_passed(own_hub: Hub) -> None:
    """Neither when the master knows of the loss, nor when it does not."""
    merger = own_hub.call("far")
    delta = own_hub.compute("near", 0)
    os.kill(own_hub.starter.processes[0].pid, signal.SIGKILL)
    assert isinstance(own_hub.pass_on(delta, merger), DeltaNotPassed)
    own_hub.hear(WorkerLost)
    assert isinstance(own_hub.pass_on(delta, merger), DeltaNotPassed)
    assert isinstance(own_hub.pass_on(own_hub.compute("far", 1), merger), DeltaPassed)


def test_many_deltas_for_one_merger_are_passed_one_after_the_other(hub: Hub) -> None:
    """Each is answered, whoever has it."""
    merger = hub.call("near")
    deltas = [hub.compute("near", 0), hub.compute("far", 1)]
    for delta in [*deltas, *deltas]:
        hub.crew.pass_on(delta, merger)
    answers = [hub.hear(DeltaPassed | DeltaNotPassed, merger).reply for _ in range(4)]
    assert sorted(type(answer).__name__ for answer in answers) == ["DeltaNotPassed"] * 2 + ["DeltaPassed"] * 2
    hub.take(merger)
    assert hub.total.value()["firsts"] == [0, 10]


def test_a_merger_that_is_lost_answers_by_its_loss(hub: Hub) -> None:
    """What was on its way to it is still its worker's."""
    merger = hub.call("far")
    delta = hub.compute("near", 0)
    os.kill(hub.pids[merger], signal.SIGSTOP)
    hub.crew.pass_on(delta, merger)
    hub.kill(merger)
    assert hub.hear(WorkerLost).reply.worker == merger
    hub.crew.fetch(delta)
    assert hub.hear(DeltaArrived).reply.delta == delta
    assert not [letter for letter in hub.letters if isinstance(letter.reply, DeltaPassed | DeltaNotPassed)]


@pytest.mark.nightly
def test_a_merger_far_away_is_told_to_go_and_hands_over(own_hub: Hub) -> None:
    """Its outpost leaves: what it has goes before it."""
    merger = own_hub.call("far")
    delta = own_hub.compute("near", 0)
    assert isinstance(own_hub.pass_on(delta, merger), DeltaPassed)
    own_hub.settle(delta)
    own_hub.starter.processes[1].terminate()
    offered = own_hub.hear(DeltaOffered, merger).reply.delta
    own_hub.crew.fetch(offered)
    own_hub.total.merge(OutputState.from_bytes(own_hub.hear(DeltaArrived).payload))
    own_hub.settle(offered)
    assert own_hub.total.value()["firsts"] == [0]
    own_hub.starter.processes[1].wait(DEADLINE_S)


def test_mergers_end_with_the_query(hub: Hub) -> None:
    """The next one has none before it calls some."""
    merger = hub.call("far")
    hub.crew.end()
    hub.begin()
    assert hub.pids[merger] not in hub.forked_at("far")
    assert hub.call("far") != merger
