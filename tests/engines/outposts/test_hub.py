"""Laws of the hub: who is lost is told, with all that was expected of him, whenever that happens."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from overproof.engines.messages import Brief, DeltaArrived, Letter
from overproof.engines.outposts import Invitation, OutpostCrew
from overproof.engines.outposts.signals import Arrived, Begin, Fetch, Listening, Watch
from overproof.engines.wire import Connection, Exchange
from overproof.records.block import Delta
from overproof.records.notices import DeltaLost, DeltaOffered, WorkerJoined, WorkerLost
from overproof.words.errors import EngineError

DEADLINE_S = 20.0
BRIEF = Brief(query=3, selector=b"", dataset=None, block_entries=1, seed=0, search_path=())


class Nobody:
    """A starter of nothing: the test plays the outposts."""

    n_workers = 1
    awaited = ""

    def start(self, invitation: Invitation) -> None:
        self.invitation = invitation

    def check(self, *, is_alone: bool) -> None:
        """There is always hope."""

    def close(self) -> None:
        """Nothing was started."""


class Player:
    """An outpost that does what the test says."""

    def __init__(self, invitation: Invitation, name: str) -> None:
        self.name = name
        self._arrived = threading.Event()
        self.exchange = Exchange(invitation.credentials, arrived=self._arrived.set)
        self.hub: Connection = self.exchange.dial(invitation.hosts[0], invitation.port)
        self.hub.send(Arrived(name=name, host=f"host-of-{name}", n_workers=1, peer_port=1))

    def work(self) -> None:
        """Say that a worker listens, and has joined."""
        self.hub.send(Listening(workers=(f"{self.name}.w0",)))
        self.say(WorkerJoined(worker=f"{self.name}.w0", epoch=1))

    def say(self, reply: Any, payload: bytes | None = None) -> None:
        self.hub.send((BRIEF.query, reply), payload)

    def hear(self, kind: type) -> Any:
        """Wait for an order of this kind."""
        deadline_s = time.monotonic() + DEADLINE_S
        while True:
            assert self._arrived.wait(deadline_s - time.monotonic()), f"no {kind.__name__} came"
            self._arrived.clear()
            for arrival in self.exchange.take():
                if isinstance(arrival.message, kind):
                    return arrival.message

    def delta(self, number: int = 1) -> Delta:
        return Delta(worker=f"{self.name}.w0", epoch=1, number=number, blocks=())


@pytest.fixture
def crew() -> Iterator[OutpostCrew]:
    crew = OutpostCrew(Nobody())
    crew.begin(BRIEF)
    yield crew
    crew.close()


@pytest.fixture
def player(crew: OutpostCrew) -> Iterator[Callable[[str], Player]]:
    players: list[Player] = []

    def make(name: str) -> Player:
        players.append(Player(crew.invitation, name))
        return players[-1]

    yield make
    for each in players:
        each.exchange.close()


def hear(crew: OutpostCrew, kind: type) -> list[Letter]:
    """Poll until letters with such a reply have come; return all that came."""
    letters: list[Letter] = []
    deadline_s = time.monotonic() + DEADLINE_S
    while not any(isinstance(each.reply, kind) for each in letters):
        assert time.monotonic() < deadline_s, f"{kind.__name__} did not come, but {letters}"
        letters += crew.poll(0.1)
    return letters


def test_who_arrives_is_told_what_all_know(crew: OutpostCrew, player: Callable[[str], Player]) -> None:
    """An outpost that arrives in a query gets its limits and its brief at once."""
    a = player("a")
    a.work()
    letters = hear(crew, WorkerJoined)
    assert [each.query for each in letters] == [3]
    assert crew.workers == ["a.w0"]
    assert (a.hear(Watch).limits, crew.size) == (crew._limits, 1)


def test_an_outpost_takes_its_workers_along(crew: OutpostCrew, player: Callable[[str], Player]) -> None:
    """When a connection ends, each worker that was there is lost, once; others are not."""
    a, b = player("a"), player("b")
    a.work()
    b.work()
    while len(crew.workers) < 2:
        crew.poll(0.1)
    a.exchange.close()
    lost = [each.reply for each in hear(crew, WorkerLost) if isinstance(each.reply, WorkerLost)]
    assert [each.worker for each in lost] == ["a.w0"]
    assert "host-of-a is not heard of any more" in lost[0].reason
    assert crew.workers == ["b.w0"]


def test_what_was_fetched_from_the_lost_is_lost(crew: OutpostCrew, player: Callable[[str], Player]) -> None:
    """A payload that was asked for, or waits to be, is told to be lost with its outpost."""
    a = player("a")
    a.work()
    hear(crew, WorkerJoined)
    for number in range(1, 5):
        crew.fetch(a.delta(number))
    a.hear(Fetch)
    a.exchange.close()
    letters = hear(crew, WorkerLost)
    assert sorted(each.reply.delta.number for each in letters if isinstance(each.reply, DeltaLost)) == [1, 2, 3, 4]


def test_what_is_fetched_from_the_lost_is_lost_at_once(crew: OutpostCrew, player: Callable[[str], Player]) -> None:
    """An offer and the loss of its outpost may come in one go: the payload asked for then is told to be lost."""
    a = player("a")
    a.work()
    hear(crew, WorkerJoined)
    a.say(DeltaOffered(delta=a.delta(), size_bytes=10))
    a.exchange.close()
    letters = hear(crew, WorkerLost)
    assert any(isinstance(each.reply, DeltaOffered) for each in letters)
    crew.fetch(a.delta())
    assert [each.reply.delta for each in hear(crew, DeltaLost)] == [a.delta()]


def test_two_payloads_are_asked_for_at_a_time(crew: OutpostCrew, player: Callable[[str], Player]) -> None:
    """The third is asked for when one of the first two has come, whoever it is of."""
    a, b = player("a"), player("b")
    a.work()
    b.work()
    while len(crew.workers) < 2:
        crew.poll(0.1)
    for delta in (a.delta(1), a.delta(2), b.delta(1)):
        crew.fetch(delta)
    assert a.hear(Fetch).delta == a.delta(1)
    a.say(DeltaArrived(delta=a.delta(1)), b"payload")
    letters = hear(crew, DeltaArrived)
    assert [bytes(each.payload) for each in letters if isinstance(each.reply, DeltaArrived)] == [b"payload"]
    assert b.hear(Fetch).delta == b.delta(1)


def test_nothing_of_a_query_before_is_told(crew: OutpostCrew, player: Callable[[str], Player]) -> None:
    """The next query knows nothing of what was fetched for the last one."""
    a = player("a")
    a.work()
    hear(crew, WorkerJoined)
    crew.fetch(a.delta())
    crew.end()
    crew.begin(BRIEF)
    a.hear(Begin)
    a.exchange.close()
    assert not [each for each in hear(crew, WorkerLost) if isinstance(each.reply, DeltaLost)]


def come_and_go(crew: OutpostCrew, player: Callable[[str], Player], *names: str) -> None:
    """Let outposts arrive, and go before anybody listens there."""
    for name in names:
        one = player(name)
        while name not in crew._stations:
            crew.poll(0.1)
        one.exchange.close()
        while name in crew._stations:
            crew.poll(0.1)


def test_outposts_that_come_and_go_are_no_hope(crew: OutpostCrew, player: Callable[[str], Player]) -> None:
    """When outposts arrive again and again and nobody ever listens there, it is said."""
    with pytest.raises(EngineError, match=r"no outpost can keep workers up: host-of-p9 comes and goes"):
        come_and_go(crew, player, *(f"p{number}" for number in range(20)))


def test_outposts_may_come_and_go_as_long_as_something_is_done(
    crew: OutpostCrew, player: Callable[[str], Player]
) -> None:
    """What others hand over in between brings the hope back, however many have come and gone."""
    for turn in range(3):
        come_and_go(crew, player, *(f"p{turn}{number}" for number in range(6)))
        one = player(f"good{turn}")
        one.work()
        one.say(DeltaOffered(delta=one.delta(), size_bytes=1))
        hear(crew, DeltaOffered)
        one.exchange.close()
        while crew._stations:
            crew.poll(0.1)
