"""When a process is to be ended: pure rules over what was seen of it.

1. More private memory than the limit: ended at once.
2. A block in hand for longer than the limit, or a file that is looked into: ended. What counts is time in which
   somebody looked and the process was not stopped: a machine that slept, or a user who stopped and continued it, makes
   no block late.
3. Frozen: no beat and no processor time for a while. A process that is asleep of its own accord, with a block in hand,
   is left to the second rule: user code may wait in C for long without letting a thread run.
4. Strained: three quarters of the memory limit, and a good deal more than it started with, because a new worker would
   start with that again. Said once.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from overproof.engines.limits import Limits
from overproof.engines.local.logbook import AtHand
from overproof.words.frozen import dataclass

FROZEN_S = 10.0
"""A process without beat and without processor time for so long is given up."""
STRAINED_SHARE = 0.75
GROWN_SHARE = 0.25
"""Shares of the memory limit: what a strained worker has, and what of it has grown since it took up the query."""
OPENING_S, LEAST_OPENING_S = 60.0, 10.0
"""Seconds that a look into a file may take while blocks have no limit, and at least, where theirs is short."""
MAX_GAP_S = 1.0
"""Most that counts between two looks: who has not looked does not know."""

VerdictKind: TypeAlias = Literal["memory", "timeout", "frozen", "strained"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen of a process at one moment; None: could not be told, or was not asked.

    Attributes:
        at_s: monotonic seconds of this machine.
        at_hand: its logbook.
        memory_bytes: private resident memory and swap.
        processor_s: processor time used so far; need not be asked of a process that beats.
        is_asleep: its main thread waits of its own accord; need not be asked of a process that beats.
    """

    at_s: float
    at_hand: AtHand
    memory_bytes: int | None = None
    processor_s: float | None = None
    is_asleep: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is to be done with a process: it is ended, or, when strained, should be replaced soon.

    Attributes:
        kind: which rule.
        at_hand: what it had in hand.
        amount: what it has taken, in bytes or seconds.
        limit: what it may take.
    """

    kind: VerdictKind
    at_hand: AtHand
    amount: float
    limit: float


class Watched:
    """One process, as its watch remembers it.

    Args:
        started_s: when it was started.
        frozen_s: seconds without beat and processor time after which it is given up.

    Attributes:
        is_ready: it has said that it listens. Who has not beaten by then never will, and cannot be called silent.
        is_at_query: it works on a query.
    """

    __slots__ = (
        "_at_hand",
        "_baseline_bytes",
        "_busy_s",
        "_frozen_s",
        "_looked_s",
        "_processor_s",
        "_started_s",
        "_still_s",
        "_was_strained",
        "is_at_query",
        "is_ready",
    )

    def __init__(self, *, started_s: float, frozen_s: float = FROZEN_S) -> None:
        self.is_at_query = False
        self.is_ready = False
        self._started_s = self._looked_s = started_s
        self._frozen_s = frozen_s
        self._at_hand: AtHand | None = None
        self._busy_s = 0.0
        self._still_s = 0.0
        self._processor_s: float | None = None
        self._baseline_bytes: int | None = None
        self._was_strained = False

    def start_query(self) -> None:
        """Note that the process has taken up a query: from now on it may be strained by it, and is told so once."""
        self.is_at_query = True
        self._was_strained = False

    def is_silent(self, at_hand: AtHand, *, now: float) -> bool:
        """Tell whether the process was not heard of for a while, so that its processor time must be asked."""
        return now - max(at_hand.beat_s, self._started_s) > min(1.0, self._frozen_s / 4)

    def judge(self, look: Look, limits: Limits) -> Verdict | None:
        """Take in what was seen; say what is to be done, if anything."""
        gap_s = min(look.at_s - self._looked_s, MAX_GAP_S)
        self._looked_s = look.at_s
        self._note_stillness(look, gap_s)
        self._note_block(look, gap_s)
        return (
            self._judge_memory(look, limits)
            or self._judge_time(look, limits)
            or self._judge_stillness(look, limits)
            or self._judge_strain(look, limits)
        )

    def _note_stillness(self, look: Look, gap_s: float) -> None:
        if not self.is_silent(look.at_hand, now=look.at_s) or look.processor_s is None:
            self._still_s, self._processor_s = 0.0, None
        elif look.processor_s != self._processor_s:
            self._still_s, self._processor_s = 0.0, look.processor_s
        else:
            self._still_s += gap_s

    def _note_block(self, look: Look, gap_s: float) -> None:
        before, self._at_hand = self._at_hand, look.at_hand
        if look.at_hand.block is None and look.at_hand.opening is None:
            self._busy_s = 0.0
        elif before is None or not _is_same_task(before, look.at_hand):
            self._busy_s = min(gap_s, max(0.0, look.at_s - look.at_hand.started_s))
        elif not self._still_s or look.is_asleep:
            self._busy_s += gap_s

    def _judge_memory(self, look: Look, limits: Limits) -> Verdict | None:
        if limits.memory_bytes is None or look.memory_bytes is None or look.memory_bytes <= limits.memory_bytes:
            return None
        return Verdict(kind="memory", at_hand=look.at_hand, amount=look.memory_bytes, limit=limits.memory_bytes)

    def _judge_time(self, look: Look, limits: Limits) -> Verdict | None:
        limit_s = limits.block_timeout_s
        if look.at_hand.opening is not None:
            limit_s = OPENING_S if limit_s is None else max(limit_s, LEAST_OPENING_S)
        if limit_s is None or self._busy_s <= limit_s:
            return None
        return Verdict(kind="timeout", at_hand=look.at_hand, amount=self._busy_s, limit=limit_s)

    def _judge_stillness(self, look: Look, limits: Limits) -> Verdict | None:
        has_time = look.at_hand.block is not None and limits.block_timeout_s is not None
        waits_in_block = look.is_asleep and (has_time or look.at_hand.opening is not None)
        never_beats = self.is_ready and not look.at_hand.beat_s
        if self._still_s < self._frozen_s or waits_in_block or never_beats:
            return None
        return Verdict(kind="frozen", at_hand=look.at_hand, amount=self._still_s, limit=self._frozen_s)

    def _judge_strain(self, look: Look, limits: Limits) -> Verdict | None:
        if look.memory_bytes is None or limits.memory_bytes is None or not self.is_at_query or self._was_strained:
            return None
        if self._baseline_bytes is None:
            self._baseline_bytes = look.memory_bytes
        limit = limits.memory_bytes
        line = max(STRAINED_SHARE * limit, self._baseline_bytes + GROWN_SHARE * limit)
        if look.memory_bytes < line:
            return None
        self._was_strained = True
        return Verdict(kind="strained", at_hand=look.at_hand, amount=look.memory_bytes, limit=limit)


def _is_same_task(before: AtHand, after: AtHand) -> bool:
    """Tell whether it is still the same call, or the next part of the same block, or the same look into a file."""
    if after.opening is not None:
        return (before.opening, before.started_s) == (after.opening, after.started_s)
    if before.block != after.block or before.part is None or after.part is None:
        return False
    return before.started_s == after.started_s or before.part[1] <= after.part[0]
