"""An isolator that forks nothing, but takes the time for it."""

from __future__ import annotations

from collections import deque

from overproof.engines.simulated.cluster.surroundings import Surroundings
from overproof.engines.simulated.troubles.fates import Trial
from overproof.records.block import Block, Delta, Packet
from overproof.records.notices import (
    BlockFailed,
    BlockUnreadable,
    DeltaOffered,
    Notice,
    PacketDone,
    RangeProbed,
    WorkerJoined,
)
from overproof.records.orders import HaltWorker, Order, ProbeRange, RefuseDelta, SendPacket, TakeDelta
from overproof.records.outcome.failure import EventName, Failure

FORK_S = 0.02
"""Seconds for a fresh process."""


class SimulatedIsolator:
    """Tries blocks and ranges one by one; survives all failures, and may be killed at any moment.

    Attributes:
        name: its name.
        epoch: always 1.
        speed: always 1.
        is_alive: it has not died.
    """

    def __init__(self, name: str, *, place: Surroundings) -> None:
        self.name = name
        self.epoch = 1
        self.speed = 1.0
        self.is_alive = True
        self._place = place
        self._inbox: deque[Order] = deque()
        self._at_hand: SendPacket | ProbeRange | None = None
        self._trial = Trial(0)
        self._ready_s = 0.0
        self._n_deltas = 0
        self._unsettled: set[int] = set()

    @property
    def at_hand(self) -> Block | None:
        match self._at_hand:
            case SendPacket(packet=packet):
                return packet.blocks[0]
            case ProbeRange(block=block):
                return block
        return None

    def join(self) -> None:
        """Say that it is ready."""
        self._place.tell(self, WorkerJoined(worker=self.name, epoch=self.epoch, is_isolator=True))

    def receive(self, order: Order) -> None:
        if isinstance(order, TakeDelta | RefuseDelta):
            self._unsettled.discard(order.delta.number)
            return
        self._inbox.append(order)
        if self._at_hand is None:
            self.resume()

    def resume(self) -> None:
        if not self.is_alive or (self._at_hand is not None and self._place.now < self._ready_s):
            return
        task, self._at_hand = self._at_hand, None
        match task:
            case SendPacket(packet=packet):
                self._finish_packet(packet)
            case ProbeRange():
                self._finish_probe(task)
        while self._inbox and self._at_hand is None and self.is_alive:
            self._obey(self._inbox.popleft())

    def has(self, delta: Delta) -> bool:
        return self.is_alive and delta.number in self._unsettled

    def last_words(self) -> list[Notice]:
        """Return the delta of a block that it was computing, which the killer came too late for."""
        if isinstance(self._at_hand, SendPacket) and self._is_good:
            return [self._delta(self._at_hand.packet)]
        return []

    def _obey(self, order: Order) -> None:
        match order:
            case SendPacket(packet=packet):
                assert len(packet.blocks) == 1
                assert packet.is_apart
                self._begin(order, self._place.try_block(packet.blocks[0]))
            case ProbeRange(block=block, part=part):
                self._begin(order, self._place.try_range(block, part))
            case HaltWorker():
                while self._inbox:
                    dropped = self._inbox.popleft()
                    if isinstance(dropped, SendPacket):
                        self._report(dropped.packet, n_blocks=0, compute_s=0.0)

    def _begin(self, task: SendPacket | ProbeRange, trial: Trial) -> None:
        self._at_hand, self._trial = task, trial
        duration_s = FORK_S + trial.n_entries * self._place.block_s_per_entry
        if trial.failure is not None and trial.failure.kind == "timeout":
            duration_s += self._place.block_timeout_s
        self._ready_s = self._place.now + duration_s
        self._place.wake(self, self._ready_s)
        self._place.endanger(self, duration_s)

    @property
    def _is_good(self) -> bool:
        return self._trial.failure is None and not self._trial.is_unreadable

    def _finish_packet(self, packet: Packet) -> None:
        block, trial = packet.blocks[0], self._trial
        if trial.is_unreadable:
            notice: Notice = BlockUnreadable(
                worker=self.name, epoch=self.epoch, block=block, phase="read", reason="torn"
            )
        elif trial.failure is not None:
            notice = BlockFailed(
                worker=self.name, epoch=self.epoch, block=block, failure=trial.failure, part=trial.part
            )
        else:
            notice = self._delta(packet)
        self._place.tell(self, notice)
        self._report(packet, n_blocks=1, compute_s=trial.n_entries * self._place.block_s_per_entry)

    def _finish_probe(self, order: ProbeRange) -> None:
        first, stop = order.part
        failure: Failure | None = self._trial.failure
        event = EventName(event=first) if failure is not None and stop - first == 1 else None
        self._place.tell(
            self,
            RangeProbed(worker=self.name, epoch=self.epoch, probe=order.probe, failure=failure, event=event),
        )

    def _report(self, packet: Packet, *, n_blocks: int, compute_s: float) -> None:
        self._place.tell(
            self,
            PacketDone(
                worker=self.name, epoch=self.epoch, packet=packet.number, compute_s=compute_s, n_blocks=n_blocks
            ),
        )

    def _delta(self, packet: Packet) -> DeltaOffered:
        self._n_deltas += 1
        self._unsettled.add(self._n_deltas)
        return DeltaOffered(
            delta=Delta(worker=self.name, epoch=self.epoch, number=self._n_deltas, blocks=packet.blocks)
        )
