"""The crew of one machine: worker processes at the ends of inherited socket pairs."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from overproof.engines.clock import MonotonicClock
from overproof.engines.limits import Limits
from overproof.engines.local.backoff import OWN_WEIGHT, Backoff
from overproof.engines.local.channel import ChannelClosedError, Payload
from overproof.engines.local.forking.planting import Planted
from overproof.engines.local.hand import ENDING_S, Hand, Role
from overproof.engines.local.staff import Staff
from overproof.engines.local.watch import FROZEN_S, Verdict, Watchman, describe_verdict, explain_loss, is_own_doing
from overproof.engines.local.watch.machine import machine_memory_bytes
from overproof.engines.messages import AddDelta, Brief, Command, EndQuery, Letter, Ready, SetLimits
from overproof.records.block import Delta
from overproof.records.notices import (
    BlockFailed,
    DeltaOffered,
    MergerJoined,
    PacketDone,
    RangeProbed,
    WorkerJoined,
    WorkerLost,
    WorkerStrained,
)
from overproof.words.errors import EngineError
from overproof.words.ids import WorkerId

if TYPE_CHECKING:
    from overproof.engines.uploads.upload import Upload

MEMORY_SHARE = 0.9
"""Share of this machine's memory that all workers together may take, unless the user says otherwise."""

OOM_WINDOW_S = 3.0
"""A process that was killed so soon after the kernel noted an end for want of memory was the one that it ended."""


STUCK_SHARE, LEAST_STUCK_S = 0.1, 0.5
"""A worker that has had one block for this share of its time-out, and for so many seconds, is stuck."""


class ProcessCrew:
    """Keeps `size` worker processes up; a dead one is replaced under a new name.

    Workers live until the session closes, so that open files and compiled code serve the next query. They are forked
    by a stem, which has loaded the libraries once; should the stem be lost, so are they, and all start anew. A watchman
    ends those that take too much; while one is stuck in a block, another works in its place. The isolator comes when it
    is called, and goes with the query. So do mergers: for each call one is hired until it has joined, and who is lost
    after that is not replaced.

    Args:
        size: number of workers.
        frozen_s: seconds without beat and processor time after which a process is given up.
        planted: the stem, where it was started before; None: it is started now.
        prefix: before the name of each worker, where there are other crews.
    """

    def __init__(
        self, size: int, *, frozen_s: float = FROZEN_S, planted: Planted | None = None, prefix: str = ""
    ) -> None:
        self._size = size
        self._is_retired = self._is_closed = False
        self._clock = MonotonicClock()
        self._staff = Staff(prefix=prefix, planted=planted, frozen_s=frozen_s, clock=self._clock)
        self._hands, self._mailbox = self._staff.hands, self._staff.mailbox
        self._brief: Brief | None = None
        self._uploaded: tuple[str, ...] = ()
        self._wants_isolator = False
        self._n_calls = 0
        self._backoffs: dict[Role, Backoff] = {"worker": Backoff(size), "isolator": Backoff(1), "merger": Backoff(1)}
        self._strained: deque[Letter] = deque()
        self._watchman = Watchman(self._staff.note_ends, self._hear_verdict, lock=self._staff.lock, clock=self._clock)
        self.watch(Limits())
        self._fill_up()
        self._watchman.start()

    @property
    def size(self) -> int:
        return self._size

    @property
    def workers(self) -> list[WorkerId]:
        hands = list(self._hands.values())
        return [hand.name for hand in hands if hand.is_ready and hand.role == "worker" and hand.verdict is None]

    def expect(self, libraries: Sequence[str]) -> None:
        self._staff.stem.load(libraries)

    def begin(self, brief: Brief) -> None:
        self._brief = brief
        for backoff in self._backoffs.values():
            backoff.reset()
        self.watch(Limits())
        self._fill_up()
        for name in self.workers:
            self.send(name, brief)

    def watch(self, limits: Limits) -> None:
        if limits.memory_bytes is None:
            share_bytes = int(machine_memory_bytes() / self._size * MEMORY_SHARE)
            limits = replace(limits, memory_bytes=share_bytes)
        self._watchman.limits = limits
        for hand in self._staff.of("isolator"):
            if hand.is_ready:
                self.send(hand.name, SetLimits(limits=limits))

    def provide(self, upload: Upload) -> tuple[str, ...]:
        from overproof.engines.uploads import install

        installed = install(upload)
        self._uploaded = (installed.path, *(path for path in self._uploaded if path != installed.path))
        self.kill()  # they may have loaded another version
        return installed.remarks

    def call_isolator(self) -> None:
        self._wants_isolator = True
        self._fill_up()

    def dismiss(self, worker: WorkerId) -> None:
        hand = self._hands.get(worker)
        if hand is not None:
            self._wants_isolator = self._wants_isolator and hand.role != "isolator"
            self._staff.let_go(hand)

    def send(self, worker: WorkerId, command: Command, payload: Payload | None = None) -> None:
        hand = self._hands.get(worker)
        if hand is None:
            return
        if self._uploaded:
            from overproof.engines.uploads.reach import within_reach

            command = within_reach(command, self._uploaded)
        try:
            hand.channel.send(command, payload)
        except ChannelClosedError:
            # It is gone, or has not listened for long and got half a frame; `poll` sees the loss, and reads what the
            # worker still had to say.
            hand.kill()

    def poll(self, timeout_s: float) -> list[Letter]:
        self._fill_up()
        letters: list[Letter] = []
        lost: list[Hand] = []
        for hand, frames in self._mailbox.poll(self._poll_s(timeout_s)):
            if frames is None:
                lost.append(hand)
            else:
                letters += [self._open(hand, message, payload) for message, payload in frames]
        while self._strained:
            letters.append(self._strained.popleft())
        return letters + self._bury([*lost, *self._staff.silent_dead()])

    def wake(self) -> None:
        self._mailbox.wake()

    can_merge = False
    awaited = ""

    @property
    def hosts(self) -> Mapping[str, tuple[str, ...]]:
        from overproof.columns.locating.hosts import hosts_here

        return hosts_here()

    def call_merger(self, host: str) -> None:
        self._n_calls += 1
        self._fill_up()

    def give(self, merger: WorkerId, delta: Delta, payload: Payload) -> None:
        """Let a merger add a delta: it answers `DeltaPassed` or `DeltaNotPassed`, unless it is lost.

        It has room for one: the next one is for when it has answered.
        """
        self.send(merger, AddDelta(delta=delta), payload)

    def pass_on(self, delta: Delta, merger: WorkerId) -> None:
        """Nothing to do: payloads come with their offers."""

    def fetch(self, delta: Delta) -> None:
        """Nothing to do: payloads come with their offers."""

    def end(self) -> None:
        self._forget()
        workers = self._staff.of("worker")
        oldest = workers[: max(0, len(workers) - self._size)]  # those in whose place others came
        for hand in [*self._staff.of("isolator"), *self._staff.of("merger"), *oldest]:
            self._staff.let_go(hand)
        for name in list(self._hands):
            self.send(name, EndQuery())

    def retire(self) -> None:
        """Let everybody hand over and go, and hire nobody any more; their losses are told as they go."""
        self._is_retired = True
        for hand in list(self._hands.values()):
            hand.ask_to_go()

    @property
    def is_empty(self) -> bool:
        """Tell whether nobody is left."""
        return not self._hands

    def kill(self) -> None:
        self._let_all_go()
        if not self._is_closed:
            self._fill_up()

    def close(self) -> None:
        self._is_closed = True
        self._watchman.close()
        self._let_all_go()
        self._staff.close()

    # -- who is up

    def _fill_up(self) -> None:
        if self._is_closed:
            raise EngineError("this session is closed: open a new one with overproof.Session()")
        if self._is_retired:
            return
        now = self._clock.now()
        staff = self._staff
        n_waiting = {role: backoff.n_waiting(now) for role, backoff in self._backoffs.items()}
        with staff.lock:
            staff.replace_lost_stem()
            n_missing = self._size + self._n_stuck(now) - len(staff.of("worker"))
            for _ in range(n_missing - n_waiting["worker"]):
                staff.hire("worker", in_haste=staff.stem.n_born < self._size)
            if self._wants_isolator and not staff.of("isolator") and not n_waiting["isolator"]:
                staff.hire("isolator")
            n_coming = sum(not hand.epoch for hand in staff.of("merger"))
            for _ in range(self._n_calls - n_coming - n_waiting["merger"]):
                staff.hire("merger", in_haste=True)

    def _n_stuck(self, now: float) -> int:
        """Count the workers that have sat in one block for long: others work in their place, until the query ends.

        Never more than there should be workers, as one that hangs may keep a processor busy.
        """
        timeout_s = self._watchman.limits.block_timeout_s
        if timeout_s is None:
            return 0
        latest_s = now - max(LEAST_STUCK_S, STUCK_SHARE * timeout_s)
        at_hand = [hand.logbook.read() for hand in self._staff.of("worker") if hand.is_ready]
        n_stuck = sum(each.block is not None and each.started_s < latest_s for each in at_hand)
        return min(self._size, n_stuck)

    def _forget(self) -> None:
        self._brief = None
        self._wants_isolator = False
        self._n_calls = 0

    def _let_all_go(self) -> None:
        self._forget()
        self._staff.let_all_go()
        self._strained.clear()

    def _poll_s(self, timeout_s: float) -> float:
        """Return how long to wait for letters: no longer than until a process is to be started, or given up."""
        now = self._clock.now()
        waits_s = [backoff.wait_s(now) for backoff in self._backoffs.values()]
        if any(hand.ended_s for hand in list(self._hands.values())):
            waits_s.append(ENDING_S)
        return min([timeout_s, *(wait_s for wait_s in waits_s if wait_s is not None)])

    # -- what they say

    def _open(self, hand: Hand, message: Any, payload: Any) -> Letter:
        query, reply = message
        match reply:
            case Ready():
                self._welcome(hand)
            case WorkerJoined(epoch=epoch):
                hand.epoch = epoch
                hand.watched.start_query()
            case MergerJoined(epoch=epoch):
                hand.epoch = epoch
                hand.watched.start_query()
                self._n_calls -= 1
                self._backoffs["merger"].reset()
            case DeltaOffered() | BlockFailed() | RangeProbed() | PacketDone() if hand.role == "isolator":
                self._backoffs["isolator"].reset()
            case DeltaOffered() if hand.role == "worker":
                self._backoffs["worker"].reset()
                self._backoffs["isolator"].forgive()
        return Letter(query, reply, payload)

    def _welcome(self, hand: Hand) -> None:
        hand.is_ready = hand.watched.is_ready = True
        if self._brief is not None:
            self.send(hand.name, self._brief)
        if hand.role == "isolator":
            self.send(hand.name, SetLimits(limits=self._watchman.limits))

    # -- how they end

    def _hear_verdict(self, hand: Hand, verdict: Verdict) -> None:
        """Do what the watchman says, in his thread."""
        if verdict.kind != "strained":
            hand.ended_s = self._clock.now()
            hand.verdict = verdict
            hand.kill()
            return
        brief = self._brief
        if brief is not None and hand.role != "isolator":
            notice = WorkerStrained(worker=hand.name, epoch=hand.epoch, reason=f"it {describe_verdict(verdict)}")
            self._strained.append(Letter(brief.query, notice))
            self._mailbox.wake()

    def _bury(self, lost: list[Hand]) -> list[Letter]:
        """Strike off whoever is lost and say why.

        Raises:
            EngineError: too many have died without anything done.
        """
        query = self._brief.query if self._brief else 0
        letters, error = [], None
        for hand in lost:
            loss = self._explain(hand)
            if loss is None:
                continue
            letters.append(Letter(query, loss))
            if loss.failure is None and not loss.read_failure and loss.opening is None:
                error = self._delay_next(hand, loss) or error
        if error is not None and not self._is_retired:
            raise error
        return letters

    def _delay_next(self, hand: Hand, loss: WorkerLost) -> EngineError | None:
        if hand.role == "merger" and hand.epoch:
            return None  # nobody comes in its place, unless called
        exit_code = hand.process.returncode
        could_not_begin = not hand.epoch and hand.verdict is None and exit_code is not None and is_own_doing(exit_code)
        weight = OWN_WEIGHT if could_not_begin else 1
        return self._backoffs[hand.role].delay(self._clock.now(), how_it_ended=loss.reason, weight=weight)

    def _explain(self, hand: Hand) -> WorkerLost | None:
        exit_code = hand.end()  # before its logbook is read: it writes no more
        now = self._clock.now()
        record = self._watchman.out_of_memory
        record.look(now)
        with self._staff.lock:
            if hand.name not in self._hands:
                return None  # another thread has let it go
            loss = explain_loss(
                hand.name,
                exit_code,
                at_hand=hand.logbook.read(),
                verdict=hand.verdict,
                has_memory_record=record.rose_within(OOM_WINDOW_S, now=now),
                problem=hand.process.problem,
            )
        self._staff.let_go(hand)
        return loss if hand.role == "worker" else WorkerLost(worker=hand.name, reason=loss.reason)
