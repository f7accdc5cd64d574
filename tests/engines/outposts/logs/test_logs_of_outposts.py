"""What is printed at outposts that do not see the session's folder is there when the query is over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import cloudpickle
import pytest

from overproof.analysis.selector import FunctionSelector
from overproof.engines.messages import Brief, Compute, Ended
from overproof.engines.outposts import OutpostCrew, ProcessStarter
from overproof.engines.worker.logs import log_path, read_index
from overproof.records.block import Block, Packet
from overproof.records.notices import PacketDone, WorkerJoined, WorkerLost

DEADLINE_S = 60.0
QUERIES = count(1)


def talking() -> Callable[[Any], dict[str, Any]]:
    """Make a function that travels by its code, prints, and ends its process at the second block."""

    def talk(cycles: Any) -> dict[str, Any]:
        import os

        print("cycles from", cycles.first)
        if cycles.first == 100:
            os._exit(3)
        return {"n": len(cycles)}

    return talk


class Desk:
    """One worker of an outpost, and a folder that was not there when the query began."""

    def __init__(self, crew: OutpostCrew, folder: Path, *, query: int) -> None:
        self.folder = folder
        self.crew = crew
        self.query = query
        self.letters: list[Any] = []
        self.crew.begin(
            Brief(
                query=query, selector=cloudpickle.dumps(FunctionSelector(talking())), dataset=None, block_entries=10,
                seed=1, search_path=(), log_directory=str(folder),
            )
        )  # fmt: skip
        self.worker = self.hear(WorkerJoined).worker
        folder.mkdir()

    def compute(self, index: int) -> None:
        block = Block(file=0, index=index, first=100 * index, stop=100 * index + 10)
        self.crew.send(self.worker, Compute(packet=Packet(number=index, blocks=(block,))))

    def hear(self, kind: Any) -> Any:
        deadline_s = time.monotonic() + DEADLINE_S
        while True:
            for letter in self.letters:
                if isinstance(letter.reply, kind):
                    self.letters.remove(letter)
                    return letter.reply
            assert time.monotonic() < deadline_s, f"no {kind} in {self.letters}"
            self.letters += [letter for letter in self.crew.poll(0.5) if letter.query == self.query]

    def log(self) -> str:
        return log_path(self.folder, self.worker).read_text()


@pytest.fixture(scope="module")
def crew() -> Iterator[OutpostCrew]:
    made = OutpostCrew(ProcessStarter(1))
    yield made
    made.close()


@pytest.fixture
def desk(crew: OutpostCrew, tmp_path: Path) -> Desk:
    return Desk(crew, tmp_path / "logs", query=next(QUERIES))


def test_logs_are_here_when_a_worker_has_ended_the_query(desk: Desk) -> None:
    """With word of which block has printed what."""
    desk.compute(0)
    desk.hear(PacketDone)
    desk.crew.end()
    desk.hear(Ended)
    assert desk.log() == "cycles from 0\n"
    assert [(each.index, each.from_byte, each.to_byte) for each in read_index(desk.folder, desk.worker)] == [(0, 0, 14)]


def test_logs_of_a_lost_worker_are_here_with_word_of_its_loss(desk: Desk) -> None:
    """They tell what it did last."""
    desk.compute(0)
    desk.compute(1)
    desk.hear(WorkerLost)
    desk.crew.end()
    assert desk.log() == "cycles from 0\ncycles from 100\n"


def test_logs_are_here_when_workers_were_killed(desk: Desk) -> None:
    """A query that failed is the one whose logs are asked for."""
    desk.compute(0)
    desk.hear(PacketDone)
    desk.crew.kill()
    assert desk.log() == "cycles from 0\n"
