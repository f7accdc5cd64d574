"""A real isolator process, with the test in the place of its crew."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cloudpickle
import pytest

from overproof.analysis.selector import FunctionSelector
from overproof.engines.limits import Limits
from overproof.engines.local.channel import Channel
from overproof.engines.local.environment import NO_BACKGROUND
from overproof.engines.messages import Brief, Command, Compute, Probe, Ready, Reply, SetLimits
from overproof.records.block import Block, Packet, Range
from overproof.records.dataset import Dataset
from overproof.records.notices import PacketDone, RangeProbed, WorkerJoined

PATIENCE_S = 240.0


class Crew:
    """Starts one isolator and speaks with it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        self.lifeline, their_lifeline = socket.socketpair()
        ours.settimeout(PATIENCE_S)
        descriptors = [theirs.fileno(), their_lifeline.fileno()]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "overproof.engines.isolator", "i0", *map(str, descriptors)],
            pass_fds=descriptors,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **NO_BACKGROUND, "OPENBLAS_NUM_THREADS": "1"},
        )
        theirs.close()
        their_lifeline.close()
        self.channel = Channel(ours)
        self.payloads: list[bytes] = []
        self._brief: Brief | None = None
        self._n_asked = 0
        assert isinstance(self.hear(), Ready)

    def send(self, command: Command) -> None:
        self.channel.send(command)

    def hear(self) -> Reply:
        """Wait for the next reply."""
        assert select.select([self.channel], [], [], PATIENCE_S)[0], "the isolator says nothing"
        (_, reply), payload = self.channel.receive()
        if payload is not None:
            self.payloads.append(bytes(payload))
        return reply

    def begin(self, process: Callable[[Any], Any], **changes: Any) -> None:
        """Begin a query over cycles, or over what `changes` say."""
        brief = Brief(
            query=1,
            selector=cloudpickle.dumps(FunctionSelector(process)),
            dataset=None,
            block_entries=1000,
            seed=0,
            search_path=(),
        )
        self.send(replace(brief, **changes))
        joined = self.hear()
        assert isinstance(joined, WorkerJoined)
        assert joined.is_isolator

    def limit(self, **limits: Any) -> None:
        self.send(SetLimits(limits=Limits(**limits)))

    def ask(self, block: Block) -> int:
        """Give a block to be tried; return the number of its packet."""
        self._n_asked += 1
        self.send(Compute(packet=Packet(number=self._n_asked, blocks=(block,), is_apart=True)))
        return self._n_asked

    def compute(self, block: Block) -> list[Reply]:
        """Let a block be tried; return all that is said until its packet is done, without that."""
        number = self.ask(block)
        replies: list[Reply] = []
        while not isinstance(reply := self.hear(), PacketDone):
            replies.append(reply)
        assert reply.packet == number
        return replies

    def probe(self, block: Block, part: Range) -> RangeProbed:
        """Let a range be tried."""
        self._n_asked += 1
        self.send(Probe(probe=self._n_asked, block=block, part=part))
        reply = self.hear()
        assert isinstance(reply, RangeProbed)
        assert reply.probe == self._n_asked
        return reply

    def children(self) -> list[int]:
        """Return the pids of the isolator's children."""
        return children_of(self.process.pid)

    def close(self) -> None:
        self.channel.close()
        self.lifeline.close()
        self.process.wait(20)


def children_of(parent: int) -> list[int]:
    """Return the pids of the children of a process that are alive."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            state, its_parent = (place / "stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:  # it has ended meanwhile
            continue
        if int(its_parent) == parent and state not in "ZX":
            found.append(int(place.name))
    return found


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    """Give an isolator that all tests of a file may use one after the other."""
    with_isolator = Crew()
    yield with_isolator
    with_isolator.close()


@pytest.fixture
def own_crew() -> Iterator[Crew]:
    """Give an isolator that the test may kill."""
    with_isolator = Crew()
    yield with_isolator
    with_isolator.close()


@pytest.fixture
def make_dataset() -> Callable[..., Dataset]:
    """Make a dataset of files."""

    def make(*files: Any) -> Dataset:
        return Dataset(name="test", files=tuple(files))

    return make
