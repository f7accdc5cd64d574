"""A merger that adds nothing up, but takes the time for it."""

from __future__ import annotations

from collections import deque

from overproof.engines.simulated.cluster.surroundings import Surroundings
from overproof.records.block import Block, Delta
from overproof.records.notices import DeltaNotPassed, DeltaOffered, DeltaPassed, MergerJoined, Notice
from overproof.records.orders import CallDelta, Order, PassDelta, RefuseDelta, TakeDelta


class SimulatedMerger:
    """Follows the protocol of the real merger: gets deltas one by one, and offers what it has as a worker does.

    Attributes:
        name: its name.
        epoch: always 1.
        speed: always 1.
        is_alive: it has not died.
        host: its machine.
        at_hand: nothing: what a merger does is nobody's block.
        n_payloads: outputs that it has now: what it gathers, what it offers, what it adds.
    """

    at_hand: Block | None = None

    def __init__(self, name: str, *, host: str, place: Surroundings) -> None:
        self.name = name
        self.epoch = 1
        self.speed = 1.0
        self.is_alive = True
        self.host = host
        self._place = place
        self._to_add: deque[Delta] = deque()
        self._adding: Delta | None = None
        self._ready_s = 0.0
        self._gathered: list[Block] = []
        self._offered: Delta | None = None
        self._offered_s = 0.0
        self._n_deltas = 0
        self._is_asked = False
        self._pause_s = place.delta_interval_s

    @property
    def n_payloads(self) -> int:
        return bool(self._gathered) + (self._offered is not None) + (self._adding is not None)

    def join(self) -> None:
        """Say that it is ready."""
        self._offered_s = self._place.now
        self._place.tell(self, MergerJoined(merger=self.name, epoch=self.epoch, host=self.host))

    def receive(self, order: Order) -> None:
        match order:
            case PassDelta(delta=delta):
                self._to_add.append(delta)
                self._add()
            case CallDelta():
                self._offer()
            case TakeDelta(delta=delta) | RefuseDelta(delta=delta):
                self._settle(delta.number)

    def resume(self) -> None:
        if not self.is_alive:
            return
        if self._adding is not None and self._place.now >= self._ready_s:
            delta, self._adding = self._adding, None
            self._answer(delta)
            self._add()
        if self._gathered and self._is_due:
            self._offer()

    def has(self, delta: Delta) -> bool:
        return self.is_alive and self._offered == delta

    def last_words(self) -> list[Notice]:
        """Return the delta that it had ready."""
        return [self._label()] if self._gathered else []

    @property
    def _is_due(self) -> bool:
        return self._place.now >= self._offered_s + self._pause_s

    def _add(self) -> None:
        """Get the next payload, and add it to what there is."""
        if self._adding is None and self._to_add:
            self._adding = self._to_add.popleft()
            self._place.note_payloads(self.n_payloads)
            self._ready_s = self._place.now + self._place.pass_s
            self._place.wake(self, self._ready_s)

    def _answer(self, delta: Delta) -> None:
        if not self._place.can_pass(delta):
            reason = f"what {delta.worker} offered is not to be had"
            self._place.tell(self, DeltaNotPassed(merger=self.name, epoch=self.epoch, delta=delta, reason=reason))
            return
        if not self._gathered:
            due_s = max(self._place.now, self._offered_s + self._pause_s)
            self._place.wake(self, due_s)
        self._gathered += delta.blocks
        self._place.tell(self, DeltaPassed(merger=self.name, epoch=self.epoch, delta=delta))

    def _offer(self) -> None:
        """Hand over what there is; the next delta waits until this one is settled."""
        if self._offered is not None:
            self._is_asked = True
            return
        self._is_asked = False
        if self._gathered:
            self._offered_s = self._place.now
            notice = self._label()
            self._gathered = []
            self._offered = notice.delta
            self._place.tell(self, notice)

    def _settle(self, number: int) -> None:
        if self._offered is not None and self._offered.number == number:
            self._offered = None
            self._pause_s = self._place.pause_s(self._place.now - self._offered_s)
            if self._is_asked or self._is_due:
                self._offer()
            elif self._gathered:
                self._place.wake(self, self._offered_s + self._pause_s)

    def _label(self) -> DeltaOffered:
        self._n_deltas += 1
        delta = Delta(worker=self.name, epoch=self.epoch, number=self._n_deltas, blocks=tuple(self._gathered))
        return DeltaOffered(delta=delta, size_bytes=self._place.output_bytes)
