"""Laws of mergers beside the workers of a crew: called, given deltas, lost as workers are, gone with the query."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import cloudpickle
import pytest

from overproof.analysis.selector import FunctionSelector
from overproof.engines.limits import Limits
from overproof.engines.local import backoff, hand
from overproof.engines.local.processes import ProcessCrew
from overproof.engines.messages import Brief, HandOver, Letter, Settled
from overproof.engines.worker.logs import log_path
from overproof.outputs.state import OutputState
from overproof.records.block import Block, Delta
from overproof.records.notices import (
    DeltaNotPassed,
    DeltaOffered,
    DeltaPassed,
    MergerJoined,
    WorkerJoined,
    WorkerLost,
    WorkerStrained,
)
from overproof.words.errors import EngineError

DEADLINE_S = 60.0
T = TypeVar("T")

TALKER = '''
class Talker:
    """Says what it does when it is added; some numbers end the process, or make it grow."""

    hoard = []

    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        import os
        if 13 in (self.n, other.n):
            os.abort()
        if 77 in (self.n, other.n):
            self.hoard.append(bytearray(b"x") * 150_000_000)
        print("adding", self.n, other.n)
        return Talker(self.n + other.n)
'''


def brief_of(**changes: Any) -> Brief:
    selector = cloudpickle.dumps(FunctionSelector(lambda cycles: None))
    brief = Brief(query=3, selector=selector, dataset=None, block_entries=100, seed=0, search_path=())
    return replace(brief, **changes)


def block(index: int) -> Block:
    return Block(file=0, index=index, first=100 * index, stop=100 * index + 100)


def delta_of(*indexes: int) -> Delta:
    return Delta(worker="elsewhere.w0", epoch=1, number=1, blocks=tuple(map(block, indexes)))


def payload_of(outputs: dict[int, dict[str, Any]]) -> bytes:
    state = OutputState()
    for index, output in outputs.items():
        state.add_block(block(index), output)
    return state.to_bytes()


class Stage:
    """A crew with one worker, and what was said that nobody has heard."""

    def __init__(self, **options: Any) -> None:
        self.crew = ProcessCrew(1, **options)
        self.letters: list[Letter] = []

    def begin(self, **changes: Any) -> None:
        self.crew.begin(brief_of(**changes))
        self.hear(WorkerJoined)

    def call(self) -> str:
        """Call a merger; return its name."""
        self.crew.call_merger("localhost")
        return self.hear(MergerJoined).merger

    def give(self, merger: str, outputs: dict[int, dict[str, Any]]) -> None:
        self.crew.give(merger, delta_of(*outputs), payload_of(outputs))

    def hear(self, kind: type[T]) -> T:
        """Poll until somebody says it."""
        reply = self.open(kind).reply
        assert isinstance(reply, kind)
        return reply

    def open(self, kind: type[Any]) -> Any:
        """Poll until somebody says it; return the letter."""
        deadline_s = time.monotonic() + DEADLINE_S
        while True:
            for letter in self.letters:
                if isinstance(letter.reply, kind):
                    self.letters.remove(letter)
                    return letter
            assert time.monotonic() < deadline_s, f"no {kind.__name__} in {self.letters}"
            self.letters += self.crew.poll(0.5)

    def pid(self, name: str) -> int:
        return self.crew._hands[name].pid

    def mergers(self) -> list[str]:
        return [each.name for each in self.crew._staff.of("merger")]


@pytest.fixture
def make_stage() -> Iterator[Callable[..., Stage]]:
    """Make crews; nobody may be left of them."""
    stages: list[Stage] = []

    def make(**options: Any) -> Stage:
        stages.append(Stage(**options))
        return stages[-1]

    yield make
    for stage in stages:
        pids = [each.pid for each in stage.crew._hands.values()]
        stage.crew.close()
        assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []


@pytest.fixture
def stage(make_stage: Callable[..., Stage]) -> Stage:
    made = make_stage()
    made.begin()
    return made


def test_a_called_merger_adds_what_it_is_given_and_hands_it_over(stage: Stage) -> None:
    """Asked, or when time has passed; it goes on as soon as that is settled, and ends with the query."""
    merger = stage.call()
    assert merger not in stage.crew.workers
    stage.give(merger, {0: {"n": 1}})
    passed = stage.hear(DeltaPassed)
    assert (passed.merger, passed.delta) == (merger, delta_of(0))
    stage.give(merger, {1: {"n": 10}})
    stage.hear(DeltaPassed)
    offers = [stage.open(DeltaOffered)]
    stage.crew.send(merger, Settled(number=1))
    stage.give(merger, {2: {"n": 100}})
    stage.crew.send(merger, HandOver())
    while (n_blocks := sum(len(letter.reply.delta.blocks) for letter in offers)) < 3:
        offers.append(stage.open(DeltaOffered))
        stage.crew.send(merger, Settled(number=len(offers)))
    assert n_blocks == 3
    total = OutputState()
    for letter in offers:
        assert letter.query == 3
        total.merge(OutputState.from_bytes(letter.payload))
    assert total.value() == {"n": 111}
    stage.crew.end()
    assert stage.mergers() == []


def test_a_lost_merger_is_told_and_nobody_comes_in_its_place_unless_called(stage: Stage) -> None:
    """Its name is not used again, and losing many of them is nobody's fault but theirs."""
    names = set()
    for _ in range(3):
        merger = stage.call()
        names.add(merger)
        os.kill(stage.pid(merger), signal.SIGKILL)
        loss = stage.hear(WorkerLost)
        assert (loss.worker, loss.failure, loss.block) == (merger, None, None)
        assert "signal 9" in loss.reason
        assert stage.mergers() == []
    assert len(names) == 3
    stage.crew.poll(0.0)
    assert stage.mergers() == []


def test_a_delta_given_to_who_is_gone_is_forgotten(stage: Stage) -> None:
    """The loss is the answer; and sending does no harm."""
    merger = stage.call()
    os.kill(stage.pid(merger), signal.SIGKILL)
    stage.hear(WorkerLost)
    stage.give(merger, {0: {"n": 1}})
    stage.crew.send(merger, HandOver())
    assert not [letter for letter in stage.crew.poll(0.0) if isinstance(letter.reply, DeltaPassed)]


def test_a_merger_told_to_go_hands_over_and_takes_nothing_more(stage: Stage) -> None:
    """It waits until that is settled, then leaves with nothing in hand."""
    merger = stage.call()
    stage.give(merger, {0: {"n": 1}})
    stage.hear(DeltaPassed)
    os.kill(stage.pid(merger), signal.SIGTERM)
    offer = stage.open(DeltaOffered)
    stage.give(merger, {1: {"n": 10}})
    assert "takes nothing" in stage.hear(DeltaNotPassed).reason
    assert OutputState.from_bytes(offer.payload).value() == {"n": 1}
    stage.crew.send(merger, Settled(number=1))
    loss = stage.hear(WorkerLost)
    assert (loss.worker, "exit code 0" in loss.reason) == (merger, True)


def test_a_stopped_merger_is_lost(make_stage: Callable[..., Stage]) -> None:
    """Who neither beats nor works is frozen, as workers are."""
    stage = make_stage(frozen_s=0.5)
    stage.begin()
    merger = stage.call()
    os.kill(stage.pid(merger), signal.SIGSTOP)
    loss = stage.hear(WorkerLost)
    assert (loss.worker, "frozen" in loss.reason) == (merger, True)


@pytest.fixture
def talker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give a class of the user's own, which lies in a module beside the user's script."""
    (tmp_path / "talking.py").write_text(TALKER)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "talking", raising=False)
    return importlib.import_module("talking").Talker


def test_types_of_the_users_are_added_where_their_modules_are(
    make_stage: Callable[..., Stage], tmp_path: Path, talker: Any
) -> None:
    """What they print is in the merger's log; what ends it is told as its loss, and is evidence against no block."""
    stage = make_stage()
    stage.begin(search_path=(str(tmp_path),), log_directory=str(tmp_path), delta_interval_s=60.0)
    merger = stage.call()
    for index in range(2):
        stage.give(merger, {index: {"some": talker(index + 1)}})
        stage.hear(DeltaPassed)
    stage.crew.send(merger, HandOver())
    (value,) = OutputState.from_bytes(stage.open(DeltaOffered).payload).value().values()
    assert (type(value), value.n) == (talker, 3)
    assert "adding 1 2" in log_path(str(tmp_path), merger).read_text()
    for index in range(2, 4):
        stage.give(merger, {index: {"some": talker(13)}})
    loss = stage.hear(WorkerLost)
    assert (loss.worker, loss.failure, "SIGABRT" in loss.reason) == (merger, None, True)


def test_a_merger_near_its_memory_limit_says_so_as_workers_do(
    make_stage: Callable[..., Stage], tmp_path: Path, talker: Any
) -> None:
    """Before it bursts the limit, which would cost what it has."""
    stage = make_stage()
    stage.begin(search_path=(str(tmp_path),))
    stage.crew.watch(Limits(memory_bytes=220_000_000))
    merger = stage.call()
    watched = stage.crew._hands[merger].watched
    deadline_s = time.monotonic() + DEADLINE_S
    while watched._baseline_bytes is None:
        assert time.monotonic() < deadline_s
        stage.letters += stage.crew.poll(0.05)
    for index in range(2):
        stage.give(merger, {index: {"some": talker(77)}})
    strained = stage.hear(WorkerStrained)
    assert (strained.worker, strained.epoch) == (merger, 1)


def test_a_merger_that_does_not_begin_is_hired_again_until_there_is_no_hope(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call is answered, or the crew says why not."""
    monkeypatch.setattr(hand, "MERGER", "no_such_module_of_ours")
    monkeypatch.setattr(backoff, "MAX_BARREN_DEATHS", 3)
    stage.crew.call_merger("localhost")
    losses = [stage.hear(WorkerLost)]
    assert losses[0].worker.startswith("m")
    with pytest.raises(EngineError, match="exit code 1"):
        stage.hear(MergerJoined)
    monkeypatch.undo()
    assert stage.hear(MergerJoined).merger != losses[0].worker
