"""Laws of errands between outposts: each ends with one answer, and nobody waits for who cannot be reached."""

from __future__ import annotations

from typing import Any

import pytest

from overproof.engines.outposts.payloads.kept import Kept
from overproof.engines.outposts.payloads.passing import PATIENCE_S, SHUN_S, Passing
from overproof.engines.outposts.signals import Gone, Here, PassOn, Want, key_of
from overproof.records.block import Delta
from overproof.testing import ManualClock

FAR, FARTHER = ("far.example", 1), ("farther.example", 2)


class Line:
    """Stands for a connection: notes what is sent."""

    def __init__(self, place: tuple[str, int]) -> None:
        self.place = place
        self.sent: list[tuple[Any, Any]] = []

    def send(self, message: Any, payload: Any = None) -> None:
        self.sent.append((message, payload))


class Outpost:
    """Errands of one outpost, with the test in the place of its crew and of all others."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.kept = Kept()
        self.dialled: list[Line] = []
        self.given: list[tuple[str, Delta, Any]] = []
        self.failed: list[tuple[Delta, str]] = []
        self.given_up: list[str] = []
        self.passing = Passing(
            self,  # type: ignore[arg-type]
            self.kept,
            fail=lambda query, order, reason: self.failed.append((order.delta, reason)),
            give_up=self.given_up.append,
            clock=self.clock,
        )

    def dial(self, host: str, port: int) -> Line:
        self.dialled.append(Line((host, port)))
        return self.dialled[-1]

    def give(self, merger: str, delta: Delta, payload: Any) -> None:
        self.given.append((merger, delta, payload))

    def order(self, delta: Delta, place: tuple[str, int] | None, merger: str = "here.m0") -> None:
        self.passing.begin(1, PassOn(delta=delta, merger=merger, place=place), self)

    def hear(self, line: Line, message: Any, payload: Any = None) -> None:
        self.passing.arrive(line, message, payload, self)  # type: ignore[arg-type]

    def lose(self, line: Line) -> None:
        self.passing.lose(line, self)  # type: ignore[arg-type]


def delta(number: int, worker: str = "far.w0") -> Delta:
    return Delta(worker=worker, epoch=1, number=number, blocks=())


@pytest.fixture
def outpost() -> Outpost:
    return Outpost()


def test_what_is_here_is_given_and_what_is_not_is_said(outpost: Outpost) -> None:
    """Of one's own workers."""
    outpost.kept.put(key_of(1, delta(1)), b"sums")
    outpost.order(delta(1), None)
    outpost.passing.answered("here.m0", outpost)
    outpost.order(delta(2), None)
    assert outpost.given == [("here.m0", delta(1), b"sums")]
    assert [each for each, _ in outpost.failed] == [delta(2)]


def test_a_merger_gets_the_next_one_when_it_has_answered(outpost: Outpost) -> None:
    """Nothing is asked for before; another merger is another matter."""
    for number in (1, 2):
        outpost.order(delta(number), FAR)
    (line,) = outpost.dialled
    assert [message for message, _ in line.sent] == [Want(key=key_of(1, delta(1)))]
    outpost.hear(line, Here(key=key_of(1, delta(1))), b"one")
    assert len(line.sent) == 1
    outpost.order(delta(3, "far.w1"), FAR, merger="here.m1")
    assert line.sent[-1][0] == Want(key=key_of(1, delta(3, "far.w1")))
    outpost.passing.answered("here.m0", outpost)
    assert line.sent[-1][0] == Want(key=key_of(1, delta(2)))
    outpost.hear(line, Gone(key=key_of(1, delta(2))))
    assert outpost.given == [("here.m0", delta(1), b"one")]
    assert outpost.failed == [(delta(2), "far.w0 is gone")]


def test_a_merger_that_does_not_answer_is_given_up(outpost: Outpost) -> None:
    """It hangs in what it was given: it is given up once, with all that waits for it; one that answers is not."""
    for number in (1, 2):
        outpost.kept.put(key_of(1, delta(number)), b"sums")
        outpost.order(delta(number), None)
    outpost.kept.put(key_of(1, delta(3)), b"sums")
    outpost.order(delta(3), None, merger="here.m1")
    outpost.passing.answered("here.m1", outpost)
    outpost.clock.advance(outpost.passing.answer_s + 1.0)
    outpost.passing.look(outpost)
    outpost.passing.look(outpost)
    assert outpost.given_up == ["here.m0"]
    assert [(merger, each.number) for merger, each, _ in outpost.given] == [("here.m0", 1), ("here.m1", 3)]
    assert outpost.failed == []


def test_others_get_what_they_want_or_hear_that_it_is_gone(outpost: Outpost) -> None:
    """As long as it was not settled."""
    key = key_of(1, delta(1))
    outpost.kept.put(key, b"sums")
    line = Line(FAR)
    outpost.hear(line, Want(key=key))
    outpost.kept.settle("far.w0", 1)
    outpost.hear(line, Want(key=key))
    assert line.sent == [(Here(key=key), b"sums"), (Gone(key=key), None)]


def test_who_cannot_be_reached_is_left_alone_for_a_while(outpost: Outpost) -> None:
    """All that was to come from there is said at once not to come; what others have comes."""
    for number in (1, 2):
        outpost.order(delta(number), FAR)
    outpost.order(delta(3), FARTHER)
    outpost.lose(outpost.dialled[0])
    assert [each for each, _ in outpost.failed] == [delta(1), delta(2)]
    assert all("far.example:1 cannot be reached" in reason for _, reason in outpost.failed)
    assert [line.place for line in outpost.dialled] == [FAR, FARTHER]
    outpost.hear(outpost.dialled[1], Here(key=key_of(1, delta(3))), b"three")
    outpost.passing.answered("here.m0", outpost)
    assert outpost.given == [("here.m0", delta(3), b"three")]
    outpost.clock.advance(SHUN_S)
    outpost.order(delta(4), FAR)
    assert outpost.dialled[-1].sent[0][0] == Want(key=key_of(1, delta(4)))


def test_what_comes_too_late_is_not_given(outpost: Outpost) -> None:
    """It was said not to come, and may be on its way to somebody else."""
    outpost.order(delta(1), FAR)
    outpost.passing.look(outpost)
    assert not outpost.failed
    outpost.clock.advance(PATIENCE_S + 1.0)
    outpost.passing.look(outpost)
    outpost.hear(outpost.dialled[0], Here(key=key_of(1, delta(1))), b"one")
    assert ([each for each, _ in outpost.failed], outpost.given) == ([delta(1)], [])


def test_what_comes_for_a_lost_merger_is_not_given(outpost: Outpost) -> None:
    """Nor is anything said: its loss says all."""
    for number in (1, 2):
        outpost.order(delta(number), FAR)
    outpost.passing.lose_merger("here.m0")
    outpost.hear(outpost.dialled[0], Here(key=key_of(1, delta(1))), b"one")
    assert (outpost.failed, outpost.given) == ([], [])
