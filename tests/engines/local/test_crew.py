"""Laws of the crew: whoever is lost is told with what it had in hand, and is replaced."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from overproof.engines.limits import Limits
from overproof.engines.local import backoff, hand, processes, staff
from overproof.engines.local.processes import ProcessCrew
from overproof.engines.local.watch import machine
from overproof.engines.messages import Brief, Ended
from overproof.records.block import Block
from overproof.records.notices import DeltaOffered, WorkerJoined, WorkerLost, WorkerStrained
from overproof.words.errors import EngineError

ACTOR = '''
"""A stand-in for a worker: does with its process what it is told."""

import ctypes, os, select, signal, socket, sys, time
from overproof.engines.local.channel import Channel, ChannelClosedError
from overproof.engines.local.logbook import Logbook
from overproof.engines.messages import Brief, Ended, EndQuery, Ready, SetLimits
from overproof.records.block import Block, Delta
from overproof.records.notices import DeltaOffered, WorkerJoined

name, descriptor, lifeline, page = sys.argv[1], *map(int, sys.argv[2:5])
sock = socket.socket(fileno=descriptor)
channel, book = Channel(sock), Logbook(page)
hoard = []

def do(command):
    match command:
        case Brief(query=number):
            if command.selector == b"dies":
                os._exit(9)
            channel.send((number, WorkerJoined(worker=name, epoch=4, is_isolator=name.startswith("i"))))
        case EndQuery():
            channel.send((7, Ended(worker=name)))
        case SetLimits(limits=limits):
            channel.send((7, ("limits", limits)))
        case "offer":
            channel.send((7, DeltaOffered(delta=Delta(worker=name, epoch=4, number=1, blocks=()))), b"payload")
        case "enter":
            book.enter(Block(file=2, index=5, first=100, stop=200), (100, 150))
            channel.send((7, "entered"))
        case "leave":
            book.leave()
        case "segv":
            ctypes.string_at(0)
        case ("exit", code):
            os._exit(code)
        case "fork":
            child = os.fork()
            if not child:
                signal.pause()
            channel.send((7, child))
        case ("eat", size_bytes):
            hoard.append(bytearray(b"x") * size_bytes)

book.beat()
channel.send((0, Ready(worker=name, pid=os.getpid())))
try:
    while True:
        if select.select([sock], [], [], 0.05)[0]:
            do(channel.receive()[0])
        book.beat()
except ChannelClosedError:
    os._exit(0)
'''

BRIEF = Brief(query=7, selector=b"", dataset=None, block_entries=1, seed=0, search_path=())
DEADLINE_S = 20.0
T = TypeVar("T")


class Stage:
    """A crew of stand-ins, and all that they have said."""

    def __init__(self, crew: ProcessCrew) -> None:
        self.crew = crew
        self.replies: list[Any] = []

    def await_baseline(self, worker: str) -> None:
        """Poll until the watchman knows with how much memory a worker begins."""
        deadline_s = time.monotonic() + DEADLINE_S
        watched = self.crew._hands[worker].watched
        while watched._baseline_bytes is None:
            assert time.monotonic() < deadline_s
            self.replies += [letter.reply for letter in self.crew.poll(0.05)]

    def hear(self, kind: type[T], *, but: Callable[[T], bool] = lambda _: True) -> T:
        """Poll until somebody says it; it is heard once."""
        deadline_s = time.monotonic() + DEADLINE_S
        while True:
            for reply in self.replies:
                if isinstance(reply, kind) and but(reply):
                    self.replies.remove(reply)
                    return reply
            assert time.monotonic() < deadline_s, f"no {kind.__name__} in {self.replies}"
            self.replies += [letter.reply for letter in self.crew.poll(0.5)]

    def join(self) -> str:
        """Wait for the next worker that joins."""
        return self.hear(WorkerJoined, but=lambda joined: not joined.is_isolator).worker

    def tell(self, worker: str, *commands: Any) -> None:
        """Tell a worker what to do."""
        for command in commands:
            self.crew.send(worker, command)

    def pid(self, worker: str) -> int:
        return self.crew._hands[worker].pid


@pytest.fixture
def make_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Stage]]:
    """Make crews of stand-ins; whatever is left of them must end with the crew."""
    (tmp_path / "stand_in.py").write_text(ACTOR)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(hand, "WORKER", "stand_in")
    monkeypatch.setattr(hand, "ISOLATOR", "stand_in")
    crews: list[ProcessCrew] = []

    def make(size: int = 1, **options: Any) -> Stage:
        crews.append(ProcessCrew(size, **options))
        return Stage(crews[-1])

    yield make
    for crew in crews:
        pids = [hand.pid for hand in crew._hands.values()]
        crew.close()
        assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []


@pytest.fixture
def stage(make_stage: Callable[..., Stage]) -> Stage:
    made = make_stage()
    made.crew.begin(BRIEF)
    return made


@pytest.mark.parametrize(
    ("commands", "kind", "cause"),
    [
        (["enter", "segv"], "signal", "SIGSEGV"),
        (["enter", ("exit", 3)], "exit", "exit 3"),
        (["enter", ("exit", 0)], "exit", "exit 0"),
        (["segv"], None, None),
        (["enter", "leave", ("exit", 0)], None, None),
    ],
)
def test_a_worker_that_ends_itself_accuses_the_block_in_hand(
    commands: list[Any], kind: str | None, cause: str | None, stage: Stage
) -> None:
    """Signals and exits are evidence against a block that was in hand, and against nothing without one."""
    worker = stage.join()
    stage.tell(worker, *commands)
    loss = stage.hear(WorkerLost)
    assert (loss.worker, loss.block) == (worker, (2, 5) if kind else None)
    assert (loss.failure.kind, loss.failure.cause) == (kind, cause) if loss.failure else kind is None
    assert stage.join() != worker


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_worker_that_is_ended_from_outside_accuses_nothing(number: signal.Signals, stage: Stage) -> None:
    """The block in hand is told, so that it waits again, without a failure."""
    worker = stage.join()
    stage.tell(worker, "enter")
    stage.hear(str)
    os.kill(stage.pid(worker), number)
    loss = stage.hear(WorkerLost)
    assert (loss.worker, loss.block, loss.failure) == (worker, (2, 5), None)
    assert f"signal {int(number)}" in loss.reason
    assert stage.join() != worker


def test_a_worker_that_the_kernel_ends_for_want_of_memory_accuses_its_block(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGKILL that we did not send, and a fresh memory record."""
    worker = stage.join()
    stage.tell(worker, "enter")
    stage.hear(str)
    monkeypatch.setattr(machine, "_oom_kills", lambda: 10**9)
    os.kill(stage.pid(worker), signal.SIGKILL)
    loss = stage.hear(WorkerLost)
    assert loss.failure is not None
    assert (loss.block, loss.failure.kind) == ((2, 5), "memory")
    assert "memory ran out" in loss.failure.reason


def test_a_worker_that_the_kernel_does_not_let_end_is_lost_all_the_same(
    make_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for a process that hangs on a dead disk: its place is filled."""
    monkeypatch.setattr(processes, "ENDING_S", 0.2)
    monkeypatch.setattr(staff, "ENDING_S", 0.2)
    monkeypatch.setattr(hand, "ENDING_S", 0.2)
    stage = make_stage(frozen_s=0.5)
    stage.crew.begin(BRIEF)
    worker = stage.join()
    process = stage.crew._hands[worker].process
    monkeypatch.setattr(hand.Hand, "kill", lambda self: None)
    os.kill(process.pid, signal.SIGSTOP)
    loss = stage.hear(WorkerLost)
    assert (loss.worker, loss.failure) == (worker, None)
    assert stage.join() != worker
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def test_a_crew_outlives_its_stem(make_stage: Callable[..., Stage]) -> None:
    """Whoever kills the process that starts workers takes those along; no block is blamed, all start anew."""
    stage = make_stage(2)
    stage.crew.begin(BRIEF)
    workers = {stage.join(), stage.join()}
    stage.tell(next(iter(workers)), "enter")
    stage.hear(str)
    os.kill(stage.crew._staff.stem.pid, signal.SIGKILL)
    losses = [stage.hear(WorkerLost), stage.hear(WorkerLost)]
    assert {loss.worker for loss in losses} == workers
    assert {loss.block for loss in losses} == {None, (2, 5)}
    assert [loss.failure for loss in losses] == [None, None]
    assert not workers & {stage.join(), stage.join()}


def test_another_worker_comes_in_the_place_of_one_that_is_stuck(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is long in a block has somebody beside it, one and no more, until the query ends."""
    worker = stage.join()
    monkeypatch.setattr(processes, "LEAST_STUCK_S", 0.0)
    monkeypatch.setattr(stage.crew._watchman, "look_around", lambda: None)  # nobody looks at the time-out itself
    stage.crew.watch(Limits(block_timeout_s=600.0))
    stage.tell(worker, "enter")
    stage.hear(str)
    stage.crew.poll(0.01)
    assert stage.crew.workers == [worker]
    stage.crew.watch(Limits(block_timeout_s=1e-6 / processes.STUCK_SHARE))
    other = stage.join()
    stage.crew.poll(0.01)
    assert stage.crew.workers == [worker, other]
    stage.crew.end()
    assert stage.crew.workers == [other]


def test_what_a_worker_said_before_its_death_is_heard(stage: Stage) -> None:
    """A delta that is on its way arrives before the loss."""
    worker = stage.join()
    stage.tell(worker, "offer", "enter", "segv")
    stage.hear(WorkerLost)
    assert any(isinstance(reply, DeltaOffered) for reply in stage.replies)


def await_end(pid: int) -> None:
    """Wait until a process, which is not our child, runs no more."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    assert select.select([descriptor], [], [], DEADLINE_S)[0], "it runs on"
    os.close(descriptor)


def test_what_a_worker_has_started_ends_with_it(stage: Stage) -> None:
    """Processes of user code are ended with the worker, whatever ends that."""
    worker = stage.join()
    stage.tell(worker, "fork")
    child = stage.hear(int)
    stage.crew.dismiss(worker)
    await_end(child)


def test_a_crash_is_noticed_though_a_child_holds_the_connection(stage: Stage) -> None:
    """It is told as what it was, at once: evidence against the block, and no process that is frozen."""
    worker = stage.join()
    stage.tell(worker, "fork", "enter", "segv")
    child = stage.hear(int)
    loss = stage.hear(WorkerLost)
    assert loss.failure is not None
    assert (loss.block, loss.failure.cause) == ((2, 5), "SIGSEGV")
    await_end(child)


def test_a_block_that_takes_too_long_ends_its_worker(stage: Stage) -> None:
    """The failure is a time-out, though the process died by our signal."""
    stage.crew.watch(Limits(block_timeout_s=0.3))
    worker = stage.join()
    stage.tell(worker, "enter")
    loss = stage.hear(WorkerLost)
    assert loss.failure is not None
    assert (loss.block, loss.failure.kind) == ((2, 5), "timeout")
    assert loss.failure.reason == "took longer than 0.3 s"
    stage.join()


def test_a_worker_that_takes_too_much_memory_is_ended(stage: Stage) -> None:
    """Private memory above the limit is a failure of the block in hand."""
    stage.crew.watch(Limits(memory_bytes=100_000_000))
    worker = stage.join()
    stage.tell(worker, "enter", ("eat", 150_000_000))
    loss = stage.hear(WorkerLost)
    assert loss.failure is not None
    assert (loss.block, loss.failure.kind) == ((2, 5), "memory")
    stage.join()


def test_a_worker_near_its_limit_is_strained_and_goes_without_a_loss(stage: Stage) -> None:
    """It is told once, with its epoch; who is dismissed is replaced, and nobody is said to be lost."""
    stage.crew.watch(Limits(memory_bytes=200_000_000))
    worker = stage.join()
    stage.await_baseline(worker)
    stage.tell(worker, ("eat", 150_000_000))
    strained = stage.hear(WorkerStrained)
    assert (strained.worker, strained.epoch) == (worker, 4)
    assert "limit 0.2 GB" in strained.reason
    pid = stage.pid(worker)
    stage.crew.dismiss(worker)
    await_end(pid)
    assert stage.join() != worker
    assert not any(isinstance(reply, WorkerLost | WorkerStrained) for reply in stage.replies)


def test_a_worker_that_is_stopped_for_good_is_given_up(make_stage: Callable[..., Stage]) -> None:
    """SIGSTOP for ever is a loss after the frozen time, without evidence against the block."""
    stage = make_stage(frozen_s=0.5)
    stage.crew.begin(BRIEF)
    worker = stage.join()
    stage.tell(worker, "enter")
    stage.hear(str)
    os.kill(stage.pid(worker), signal.SIGSTOP)
    loss = stage.hear(WorkerLost)
    assert (loss.worker, loss.failure) == (worker, None)
    assert "frozen" in loss.reason
    assert stage.join() != worker


def test_a_worker_that_wakes_in_time_is_kept(make_stage: Callable[..., Stage]) -> None:
    """SIGSTOP and SIGCONT cost time only."""
    stage = make_stage(frozen_s=60.0)
    stage.crew.begin(BRIEF)
    worker = stage.join()
    os.kill(stage.pid(worker), signal.SIGSTOP)
    assert stage.crew.poll(0.3) == []
    os.kill(stage.pid(worker), signal.SIGCONT)
    stage.tell(worker, "enter")
    stage.hear(str)
    assert stage.crew.workers == [worker]


def test_workers_that_cannot_begin_end_the_engine(make_stage: Callable[..., Stage]) -> None:
    """When all die before anything is done, somebody must say so; the crew is of use again after that."""
    stage = make_stage(2)
    stage.crew.begin(Brief(query=7, selector=b"dies", dataset=None, block_entries=1, seed=0, search_path=()))
    with pytest.raises(EngineError, match=r"died one after the other .* left with exit code 9"):
        stage.hear(Block)
    stage.crew.kill()
    stage.crew.begin(BRIEF)
    assert stage.join() != stage.join()


def test_deaths_that_accuse_a_block_are_never_too_many(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The master sees to these: the crew replaces whoever dies, at once, as often as it takes."""
    monkeypatch.setattr(backoff, "MAX_BARREN_DEATHS", 2)
    for _ in range(4):
        stage.tell(stage.join(), "enter", ("exit", 3))
        assert stage.hear(WorkerLost).failure is not None


# -- the isolator


def hear_isolator(stage: Stage) -> str:
    return stage.hear(WorkerJoined, but=lambda joined: joined.is_isolator).worker


@pytest.fixture
def isolating(stage: Stage) -> Stage:
    """Give a crew with an isolator beside its worker."""
    stage.join()
    stage.crew.call_isolator()
    return stage


def test_the_isolator_comes_when_called_beside_the_workers(isolating: Stage) -> None:
    """It gets the brief and the limits, those that change later too, and is none of the workers."""
    stage = isolating
    isolator = hear_isolator(stage)
    assert isolator not in stage.crew.workers
    assert len(stage.crew.workers) == stage.crew.size == 1
    assert stage.hear(tuple)[1].block_timeout_s is None
    stage.crew.watch(Limits(block_timeout_s=60.0, memory_bytes=10**9))
    assert stage.hear(tuple)[1] == Limits(block_timeout_s=60.0, memory_bytes=10**9)


def test_an_isolator_that_dies_is_told_and_replaced(isolating: Stage) -> None:
    """Its end is never evidence, whatever ends it."""
    stage = isolating
    for command in ("segv", ("exit", 3)):
        isolator = hear_isolator(stage)
        stage.tell(isolator, "enter", command)
        loss = stage.hear(WorkerLost)
        assert (loss.worker, loss.block, loss.failure) == (isolator, None, None)
    hear_isolator(stage)


def test_isolators_that_die_while_workers_hand_over_are_never_too_many(
    isolating: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The crew gives up when nothing at all gets done, and each delta is something."""
    monkeypatch.setattr(backoff, "MAX_BARREN_DEATHS", 2)
    stage = isolating
    worker, *_ = stage.crew.workers
    for _ in range(4):
        isolator = hear_isolator(stage)
        stage.tell(worker, "offer")
        stage.hear(DeltaOffered)
        stage.tell(isolator, ("exit", 3))
        stage.hear(WorkerLost)
    hear_isolator(stage)


def test_the_isolator_goes_with_the_query(isolating: Stage) -> None:
    """When the query ends there are the workers only, and the next query has none until it is called."""
    stage = isolating
    isolator = hear_isolator(stage)
    pid = stage.pid(isolator)
    stage.crew.end()
    await_end(pid)
    stage.hear(Ended)
    stage.crew.begin(BRIEF)
    stage.join()
    assert list(stage.crew._hands) == stage.crew.workers
    assert not any(isinstance(reply, WorkerLost) for reply in stage.replies)


def test_a_dismissed_isolator_does_not_come_back(isolating: Stage) -> None:
    """The master dismisses it when it wants none any more."""
    stage = isolating
    stage.crew.dismiss(hear_isolator(stage))
    stage.tell(stage.crew.workers[0], "enter")
    stage.hear(str)
    assert list(stage.crew._hands) == stage.crew.workers
