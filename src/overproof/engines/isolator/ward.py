"""The watch over a child, and how its end is read."""

from __future__ import annotations

import platform
import signal
from dataclasses import replace
from pathlib import Path

from overproof.engines.isolator.child import Child
from overproof.engines.limits import Limits
from overproof.engines.local.logbook import AtHand
from overproof.engines.local.watch import (
    FROZEN_S,
    Look,
    OutOfMemoryRecord,
    Verdict,
    describe_verdict,
    explain_loss,
    how_it_ended,
    is_asleep,
    is_own_doing,
    private_memory_bytes,
    processor_time_s,
)
from overproof.records.notices import WorkerLost
from overproof.records.outcome.failure import Failure, FailureKind
from overproof.words.clock import Clock

ROUND_S = 0.1
NEAR_ROUND_S = 0.02
NEAR_SHARE = 0.5
"""A child with so much of what it may take is looked at more often: memory is filled by the gigabyte a second."""

LAST_WORDS_S = 1.0
"""Time to write down where it was, for a child that is ended."""

MAX_GAP_S = 1.0
"""Most that counts between two looks."""

OOM_ROUND_S = 1.0
OOM_MEMORY_S = 2.0
"""How often the kernel is asked whether it ended a process for lack of memory, and how fresh such news must be."""

BEGINNING = (-1, -1)
"""What a child has in hand until its selector has begun: it gets as long for that as for a block."""

PROC = Path("/proc")


class Ward:
    """Looks at a child ten times a second, and ends it when it goes beyond the limits.

    Args:
        clock: monotonic seconds of this machine.

    Attributes:
        limits: what a child may take.
        round_s: when to look again.
    """

    def __init__(self, *, clock: Clock) -> None:
        self.limits = Limits()
        self.round_s = ROUND_S
        self._clock = clock
        self._out_of_memory = OutOfMemoryRecord()
        self._asked_oom_s = clock.now()

    def look(self, child: Child) -> None:
        """End a child that takes too much.

        Time in which it could have run and was not let is not counted, nor that in which it was stopped: it has a low
        priority, and must not be late because others were busy. One that stays stopped is given up.
        """
        now = self._clock.now()
        if child.verdict is not None:
            if now - child.ended_s > LAST_WORDS_S:
                child.kill(signal.SIGKILL)
            return
        if now - self._asked_oom_s >= OOM_ROUND_S:
            self._note_out_of_memory(now)
        memory_bytes = private_memory_bytes(child.pid)
        self.round_s = self._round_after(memory_bytes)
        verdict = self._judge(child, memory_bytes, now=now)
        if verdict is not None:
            child.verdict, child.ended_s = verdict, now
            # A fault of the kind that is written down; who cannot run hears nothing but the last signal.
            child.kill(signal.SIGKILL if verdict.kind == "frozen" else signal.SIGABRT)

    def _judge(self, child: Child, memory_bytes: int | None, *, now: float) -> Verdict | None:
        at_hand, sleeps = child.logbook.read(), is_asleep(child.pid)
        if not child.has_begun:
            at_hand = replace(at_hand, block=BEGINNING, part=(0, 0), started_s=child.started_s)
        if _is_stopped(child.pid):
            child.stopped_s += min(now - child.looked_s, MAX_GAP_S)
        child.looked_s = now
        if child.stopped_s > FROZEN_S:
            return Verdict(kind="frozen", at_hand=at_hand, amount=child.stopped_s, limit=FROZEN_S)
        look = Look(
            at_s=now - child.stopped_s - _kept_waiting_s(child.pid),
            at_hand=at_hand,
            memory_bytes=memory_bytes,
            processor_s=processor_time_s(child.pid),
            is_asleep=sleeps,
        )
        verdict = child.watched.judge(look, self.limits)
        return None if verdict is not None and verdict.kind == "frozen" and sleeps else verdict

    def explain(self, child: Child, exit_code: int, *, at_hand: AtHand) -> WorkerLost:
        """Say whether user code, or reading, has ended a child."""
        now = self._clock.now()
        self._note_out_of_memory(now)
        return explain_loss(
            "",
            exit_code,
            at_hand=at_hand,
            verdict=child.verdict,
            has_memory_record=self._out_of_memory.rose_within(OOM_MEMORY_S, now=now),
        )

    def why_it_did_not_begin(self, child: Child, exit_code: int) -> str:
        """Say what the start of the selector did to a child; empty when somebody else may have ended it."""
        if child.verdict is not None:
            return "" if child.verdict.kind == "frozen" else describe_verdict(child.verdict)
        return how_it_ended(exit_code) if is_own_doing(exit_code) else ""

    def _note_out_of_memory(self, now: float) -> None:
        self._asked_oom_s = now
        self._out_of_memory.look(now)

    def _round_after(self, memory_bytes: int | None) -> float:
        limit = self.limits.memory_bytes
        is_near = memory_bytes is not None and limit is not None and memory_bytes > NEAR_SHARE * limit
        return NEAR_ROUND_S if is_near else ROUND_S


def insisting(exit_code: int, *, n_times: int) -> Failure:
    """Say that user code ends its process every time, in a way that proves nothing when it happens once."""
    how = how_it_ended(exit_code)
    kind: FailureKind = "signal" if exit_code < 0 else "exit"
    return Failure(kind=kind, cause=how, reason=f"{how}, {n_times} times in a row", host=platform.node())


def _kept_waiting_s(pid: int) -> float:
    """Tell how long the main thread of a process could have run and another one did; 0 where nobody knows."""
    try:
        return int((PROC / str(pid) / "schedstat").read_bytes().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


def _is_stopped(pid: int) -> bool:
    """Tell whether somebody has stopped a process, as Ctrl-Z does."""
    try:
        stat = (PROC / str(pid) / "stat").read_bytes()
    except OSError:
        return False
    return stat.rpartition(b")")[2].split()[:1] in ([b"T"], [b"t"])
