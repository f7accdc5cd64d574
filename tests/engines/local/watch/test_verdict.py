"""Laws of judging a process: numbers in, verdicts out; time is what the test says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from overproof.engines.limits import Limits
from overproof.engines.local.logbook import AtHand
from overproof.engines.local.watch import Look, Verdict, Watched

GB = 10**9
IDLE = AtHand(block=None, part=None, started_s=0.0, beat_s=0.0)


class Scene:
    """A process that is looked at ten times a second, in a time of its own."""

    def __init__(self, *, limits: Limits, frozen_s: float = 10.0) -> None:
        self.now = 100.0
        self.watched = Watched(started_s=self.now, frozen_s=frozen_s)
        self.limits = limits
        self.at_hand = IDLE
        self.beats = True
        self.processor_s = 1.0
        self.is_asleep = True
        self.memory_bytes = GB // 10

    def enter(self, part: tuple[int, int], *, index: int = 0) -> None:
        self.at_hand = AtHand(block=(0, index), part=part, started_s=self.now, beat_s=self.at_hand.beat_s)

    def look(self, *, after_s: float = 0.1) -> Verdict | None:
        self.now += after_s
        at_hand = self.at_hand
        beat_s = self.now if self.beats else at_hand.beat_s
        self.at_hand = replace(at_hand, beat_s=beat_s)
        look = Look(
            at_s=self.now,
            at_hand=self.at_hand,
            memory_bytes=self.memory_bytes,
            processor_s=self.processor_s,
            is_asleep=self.is_asleep,
        )
        return self.watched.judge(look, self.limits)

    def pass_time(self, duration_s: float, *, work: bool = False) -> Verdict | None:
        """Look on until something is to be done."""
        for _ in range(round(duration_s * 10)):
            self.processor_s += 0.1 * work
            if (verdict := self.look()) is not None:
                return verdict
        return None


def test_nothing_is_done_about_a_process_within_its_limits() -> None:
    """Without limits, or below them, a process that beats may go on for ever."""
    scene = Scene(limits=Limits())
    scene.enter((0, 10))
    assert scene.pass_time(100) is None
    scene.limits = Limits(block_timeout_s=1000, memory_bytes=GB)
    assert scene.pass_time(100) is None


def test_a_block_that_takes_too_long_ends_its_process() -> None:
    """The verdict comes just after the limit, and names the range in hand."""
    scene = Scene(limits=Limits(block_timeout_s=5))
    scene.pass_time(30)
    scene.enter((0, 10))
    assert scene.pass_time(4.9) is None
    verdict = scene.pass_time(0.5)
    assert verdict is not None
    assert (verdict.kind, verdict.at_hand.part, verdict.limit) == ("timeout", (0, 10), 5)


@pytest.mark.parametrize(("block_timeout_s", "limit_s"), [(None, 60), (1.0, 10), (20.0, 20), (100.0, 100)])
def test_a_look_into_a_file_has_the_time_of_a_block(block_timeout_s: float | None, limit_s: float) -> None:
    """A minute while blocks have none, and never less than it takes to open a wide file."""
    scene = Scene(limits=Limits(block_timeout_s=block_timeout_s))
    scene.at_hand = AtHand(block=None, part=None, started_s=scene.now, beat_s=scene.now, opening=0)
    assert scene.pass_time(limit_s - 0.5) is None
    verdict = scene.pass_time(1)
    assert verdict is not None
    assert (verdict.kind, verdict.limit, verdict.at_hand.opening) == ("timeout", limit_s, 0)


def test_the_next_look_has_a_time_of_its_own() -> None:
    """Many files, each in time, are never too long together; neither is a block after them."""
    scene = Scene(limits=Limits(block_timeout_s=15))
    for file in (0, 1, 1, 0):
        scene.at_hand = AtHand(block=None, part=None, started_s=scene.now, beat_s=scene.now, opening=file)
        assert scene.pass_time(10) is None
    scene.enter((0, 10))
    assert scene.pass_time(10) is None


def test_the_parts_of_a_block_share_its_time() -> None:
    """A block of many ranges is one block: its time does not begin anew with each."""
    scene = Scene(limits=Limits(block_timeout_s=5))
    for first in range(0, 60, 10):
        scene.enter((first, first + 10))
        verdict = scene.pass_time(1)
    assert verdict is not None
    assert verdict.kind == "timeout"


def test_the_next_block_has_a_time_of_its_own() -> None:
    """Blocks below the limit are never too long together; the same block once more is another call."""
    scene = Scene(limits=Limits(block_timeout_s=5))
    for index in (0, 1, 2, 2, 2):
        scene.enter((0, 10), index=index)
        assert scene.pass_time(4) is None


def test_time_in_which_nobody_looked_makes_no_block_late() -> None:
    """A machine that slept for an hour ends nobody, neither for a time-out nor as frozen."""
    scene = Scene(limits=Limits(block_timeout_s=60))
    scene.enter((0, 10))
    scene.pass_time(5)
    scene.beats = False
    assert scene.look(after_s=3600) is None
    scene.beats = True
    assert scene.pass_time(50) is None


def test_time_in_which_it_was_stopped_makes_no_block_late() -> None:
    """Who stops a worker for some seconds gives no evidence against its block."""
    scene = Scene(limits=Limits(block_timeout_s=6))
    scene.enter((0, 10))
    scene.pass_time(2)
    scene.beats, scene.is_asleep = False, False
    assert scene.pass_time(8) is None
    scene.beats, scene.is_asleep = True, True
    assert scene.pass_time(2) is None


@pytest.mark.parametrize("has_block", [False, True])
def test_a_stopped_process_is_frozen(has_block: bool) -> None:
    """No beat and no processor time for ten seconds: given up, with or without a block in hand."""
    scene = Scene(limits=Limits(block_timeout_s=60))
    scene.look()
    if has_block:
        scene.enter((0, 10))
    scene.beats, scene.is_asleep = False, False
    assert scene.pass_time(9.5) is None
    verdict = scene.pass_time(3)
    assert verdict is not None
    assert verdict.kind == "frozen"


def test_a_process_that_computes_is_not_frozen() -> None:
    """A long call of C that lets no thread run uses processor time."""
    scene = Scene(limits=Limits(block_timeout_s=1000))
    scene.enter((0, 10))
    scene.look()
    scene.beats = False
    assert scene.pass_time(100, work=True) is None


def test_a_process_asleep_in_a_block_has_the_time_of_the_block() -> None:
    """Waiting in C without letting a thread run is what user code does: a time-out, which is evidence, in the end."""
    scene = Scene(limits=Limits(block_timeout_s=60))
    scene.enter((0, 10))
    scene.look()
    scene.beats = False
    assert scene.pass_time(50) is None
    verdict = scene.pass_time(12)
    assert verdict is not None
    assert verdict.kind == "timeout"


def test_a_process_that_does_not_get_ready_is_frozen_and_one_without_beats_is_not() -> None:
    """Before it is ready a process must do something; a ready one that never beats cannot be called silent."""
    scene = Scene(limits=Limits())
    scene.beats = False
    verdict = scene.pass_time(20)
    assert verdict is not None
    assert verdict.kind == "frozen"
    ready = Scene(limits=Limits())
    ready.beats, ready.watched.is_ready = False, True
    assert ready.pass_time(20) is None


def test_too_much_memory_ends_a_process_at_once() -> None:
    """One look above the limit is enough."""
    scene = Scene(limits=Limits(memory_bytes=GB))
    scene.enter((0, 10))
    scene.memory_bytes = GB + 1
    verdict = scene.look()
    assert verdict is not None
    assert (verdict.kind, verdict.amount, verdict.limit) == ("memory", GB + 1, GB)


def test_a_process_near_its_limit_is_strained_once_a_query() -> None:
    """Three quarters of the limit are said once, and only of what works on a query."""
    scene = Scene(limits=Limits(memory_bytes=GB))
    scene.memory_bytes = 8 * GB // 10
    assert scene.pass_time(1) is None
    scene.watched.start_query()
    scene.memory_bytes = GB // 10
    assert scene.pass_time(1) is None
    scene.memory_bytes = 76 * GB // 100
    verdict = scene.look()
    assert verdict is not None
    assert verdict.kind == "strained"
    assert scene.pass_time(1) is None
    scene.watched.start_query()
    assert scene.look() is not None


def test_a_process_that_begins_near_its_limit_is_not_strained_by_that() -> None:
    """A new worker would have just as much: only what has grown can be got rid of."""
    scene = Scene(limits=Limits(memory_bytes=GB))
    scene.memory_bytes = 7 * GB // 10
    scene.watched.start_query()
    scene.look()
    scene.memory_bytes = 9 * GB // 10
    assert scene.look() is None
    scene.memory_bytes = 96 * GB // 100
    verdict = scene.look()
    assert verdict is not None
    assert verdict.kind == "strained"
