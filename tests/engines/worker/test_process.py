"""Laws of a worker's process: it beats, it listens, it goes when told, and leaves nothing behind."""

from __future__ import annotations

import ctypes
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cloudpickle
import pytest

from overproof.analysis.selector import FunctionSelector
from overproof.engines.clock import MonotonicClock
from overproof.engines.local.channel import Channel, ChannelClosedError
from overproof.engines.local.logbook import Logbook
from overproof.engines.messages import Brief, Command, Compute, Ready, Reply, Settled
from overproof.engines.worker.logs import log_path, read_index
from overproof.records.block import Block, Packet
from overproof.records.notices import DeltaOffered, WorkerJoined

PATIENCE_S = 60.0


class Crew:
    """Starts one worker and speaks with it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        self.lifeline, their_lifeline = socket.socketpair()
        self.logbook = Logbook()
        descriptors = [theirs.fileno(), their_lifeline.fileno(), self.logbook.handle]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "overproof.engines.worker", "w0", *map(str, descriptors)],
            pass_fds=descriptors,
            stdin=subprocess.DEVNULL,
        )
        theirs.close()
        their_lifeline.close()
        self.channel = Channel(ours)
        assert isinstance(self.hear(), Ready)

    def send(self, command: Command) -> None:
        self.channel.send(command)

    def hear(self) -> Reply:
        assert select.select([self.channel], [], [], PATIENCE_S)[0], "the worker says nothing"
        return self.channel.receive()[0][1]

    def begin(self, process: Callable[[Any], Any], **changes: Any) -> None:
        brief = Brief(
            query=1, selector=cloudpickle.dumps(FunctionSelector(process)), dataset=None, block_entries=1000, seed=0,
            search_path=(), **changes,
        )  # fmt: skip
        self.send(brief)
        assert isinstance(self.hear(), WorkerJoined)

    def give(self, *blocks: Block) -> None:
        self.send(Compute(packet=Packet(number=1, blocks=blocks)))


@pytest.fixture
def crew() -> Iterator[Crew]:
    with_worker = Crew()
    yield with_worker
    with_worker.process.kill()
    with_worker.process.wait(20)
    with_worker.channel.close()
    with_worker.lifeline.close()
    with_worker.logbook.close()


def blocks(n: int) -> list[Block]:
    return [Block(file=0, index=index, first=100 * index, stop=100 * index + 100) for index in range(n)]


def test_a_worker_told_to_go_finishes_the_block_in_hand_and_hands_over(crew: Crew, tmp_path: Path) -> None:
    """SIGTERM costs no work that is done: it waits until its delta is settled, then leaves with 0."""
    begun, go_on = tmp_path / "begun", tmp_path / "go on"
    os.mkfifo(begun)
    os.mkfifo(go_on)

    def process(cycles: Any) -> dict[str, int]:
        if cycles.first == 100:
            begun.write_text("x")
            go_on.read_text()
        return {"n": len(cycles)}

    crew.begin(process, delta_interval_s=1000.0)
    crew.give(*blocks(4))
    begun.read_text()
    crew.process.send_signal(signal.SIGTERM)
    go_on.write_text("x")
    offered = crew.hear()
    assert isinstance(offered, DeltaOffered)
    assert offered.delta.blocks == tuple(blocks(2))
    assert crew.process.poll() is None
    crew.send(Settled(number=1))
    assert crew.process.wait(20) == 0


def test_an_idle_worker_told_to_go_goes(crew: Crew) -> None:
    """There is nothing to wait for."""
    crew.process.send_signal(signal.SIGTERM)
    assert crew.process.wait(20) == 0
    with pytest.raises(ChannelClosedError):
        crew.hear()


def test_a_worker_beats_when_nobody_speaks_and_while_it_computes(crew: Crew, tmp_path: Path) -> None:
    """Whoever watches the logbook sees that the process lives, and which range it has in hand."""
    begun, go_on = tmp_path / "begun", tmp_path / "go on"
    os.mkfifo(begun)
    os.mkfifo(go_on)

    def process(cycles: Any) -> dict[str, int]:
        begun.write_text("x")
        go_on.read_text()
        return {}

    crew.begin(process)
    clock = MonotonicClock()
    assert beats_again(crew, since_s=clock.now())
    crew.give(*blocks(1))
    begun.read_text()
    at_hand = crew.logbook.read()
    assert (at_hand.block, at_hand.part) == ((0, 0), (0, 100))
    assert beats_again(crew, since_s=clock.now())
    go_on.write_text("x")
    crew.hear()
    assert crew.logbook.read().block is None


def beats_again(crew: Crew, *, since_s: float) -> bool:
    """Wait for a beat that is younger than a moment."""
    for _ in range(100):
        if crew.logbook.read().beat_s > since_s:
            return True
        select.select([], [], [], 0.05)
    return False


def test_what_a_block_prints_is_in_the_log_of_its_worker(crew: Crew, tmp_path: Path) -> None:
    """For the time of a query the streams of the process lead into its log."""

    def process(cycles: Any) -> dict[str, int]:
        if cycles.first == 100:
            print("here is block 1")
        return {}

    crew.begin(process, log_directory=str(tmp_path))
    crew.give(*blocks(3))
    crew.hear()
    assert log_path(tmp_path, "w0").read_text() == "here is block 1\n"
    assert [(each.index, each.first, each.stop) for each in read_index(tmp_path, "w0")] == [(1, 100, 200)]


def test_a_child_that_user_code_forks_ends_by_sigterm_as_any_other(crew: Crew, tmp_path: Path) -> None:
    """Only the worker itself takes its time."""
    answer = tmp_path / "answer"

    def process(cycles: Any) -> dict[str, int]:
        there, here = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(here, b"x")
            while True:
                signal.pause()
        os.read(there, 1)
        os.kill(child, signal.SIGTERM)
        answer.write_text(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))
        return {}

    crew.begin(process)
    crew.give(*blocks(1))
    crew.hear()
    assert answer.read_text() == str(-signal.SIGTERM)


_FRESH_PAGES = """
import resource, numpy
from overproof.engines.worker.process import _keep_memory

def pages(n_blocks):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(n_blocks):
        [numpy.ones(1_000_000) for _ in range(5)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

_keep_memory()
pages(2)
print(pages(10))
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="the C library keeps memory as it likes")
def test_memory_that_a_block_gives_back_is_used_again() -> None:
    """Ten blocks of forty megabytes get no fresh pages: a hundred thousand, if each gave its memory to the system."""
    done = subprocess.run([sys.executable, "-c", _FRESH_PAGES], check=True, capture_output=True, text=True)
    assert int(done.stdout) < 1000
