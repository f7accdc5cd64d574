"""A worker that computes nothing, but takes the time for it."""

from __future__ import annotations

from collections import deque

from overproof.engines.simulated.cluster.surroundings import Surroundings
from overproof.engines.simulated.troubles.fates import TOO_SLOW, Trial
from overproof.records.block import Block, BlockKey, Delta, Packet
from overproof.records.notices import (
    BlockFailed,
    BlockUnreadable,
    DeltaOffered,
    FileFailed,
    FileOpened,
    Notice,
    PacketDone,
    WorkerJoined,
)
from overproof.records.orders import (
    CallDelta,
    ForgetDelta,
    HaltWorker,
    OpenFile,
    Order,
    RefuseDelta,
    SendPacket,
    SetApart,
    TakeDelta,
)


class SimulatedWorker:
    """Follows the protocol of the real worker: files and orders between two blocks, deltas when due, one at a time.

    Attributes:
        name: its name.
        epoch: counts its lives, when it was given up and comes back.
        speed: relative to 1.
        is_alive: it has not died.
        frozen_until_s: it does nothing before.
        host: its machine.
    """

    def __init__(self, name: str, *, speed: float, host: str, place: Surroundings) -> None:
        self.name = name
        self.epoch = 1
        self.speed = speed
        self.is_alive = True
        self.frozen_until_s = 0.0
        self.host = host
        self._place = place
        self._n_deltas = 0
        self._forget()

    def _forget(self) -> None:
        self._inbox: deque[Order] = deque()
        self._packets: deque[tuple[Packet, int]] = deque()
        self._at_hand: OpenFile | Block | None = None
        self._trial = Trial(0)
        self._ready_s = 0.0
        self._computed: list[Block] = []
        self._apart: set[BlockKey] = set()
        self._apart_computed: deque[Block] = deque()
        self._unsettled: Delta | None = None
        self._is_asked = False
        self._offered_s = self._sent_s = 0.0
        self._pause_s = self._place.delta_interval_s
        self._packet_s = 0.0
        self._packet_read_s = 0.0

    @property
    def at_hand(self) -> Block | None:
        return self._at_hand if isinstance(self._at_hand, Block) else None

    def join(self) -> None:
        """Say that it is ready."""
        self._place.tell(self, WorkerJoined(worker=self.name, epoch=self.epoch, host=self.host))

    def come_back(self) -> None:
        """Forget everything and join in a new epoch."""
        self.epoch += 1
        self._forget()
        self.join()

    def receive(self, order: Order) -> None:
        if isinstance(order, SetApart):
            self._apart.add((order.block.file, order.block.index))  # now: it may be the block at hand
            return
        self._inbox.append(order)
        if self._at_hand is None:
            self.resume()

    def freeze(self, until_s: float) -> None:
        """Do nothing until a time; what is at hand takes so much longer."""
        self.frozen_until_s = until_s
        self._ready_s += until_s - self._place.now
        self._place.wake(self, until_s)

    def slow_down(self, times: float) -> None:
        """Become a straggler; what is left of the block at hand takes longer too."""
        now, self.speed = self._place.now, self.speed / times
        if self._at_hand is not None and self._ready_s > now:
            self._ready_s = now + times * (self._ready_s - now)

    def has(self, delta: Delta) -> bool:
        return self.is_alive and self._unsettled == delta

    def resume(self) -> None:
        now = self._place.now
        if not self.is_alive or now < self.frozen_until_s:
            return
        if self._at_hand is not None:
            if now < self._ready_s:
                self._place.wake(self, self._ready_s)
                return
            self._finish(self._at_hand)
        while self._inbox and self._at_hand is None:
            self._obey(self._inbox.popleft())
        if self._at_hand is None and self._packets and self.is_alive:
            self._begin_block()

    def last_words(self) -> list[Notice]:
        """Return the deltas that it had ready."""
        words: list[Notice] = [self._delta((block,)) for block in self._apart_computed]
        return [*words, self._delta(tuple(self._computed))] if self._computed else words

    # -- one thing at a time

    def _begin_block(self) -> None:
        packet, n_done = self._packets[0]
        block = packet.blocks[n_done]
        trial = self._place.try_block(block)
        if not self._place.can_read(block.file, packet.path):
            trial = Trial(0, is_unreadable=True)
        self._trial = trial
        read_s = self._place.read_s(self.host, packet, block)
        self._packet_read_s += read_s
        duration_s = read_s + trial.n_entries * self._place.block_s_per_entry / self.speed
        is_hanging = trial.failure is not None and trial.failure.kind == "timeout"
        if is_hanging or duration_s > self._place.block_timeout_s:
            duration_s = self._place.block_timeout_s
            self._trial = trial if is_hanging else Trial(trial.n_entries, TOO_SLOW)
        self._begin(block, duration_s)

    def _begin(self, task: OpenFile | Block, duration_s: float) -> None:
        self._at_hand = task
        self._ready_s = self._place.now + duration_s
        self._place.wake(self, self._ready_s)

    def _obey(self, order: Order) -> None:
        match order:
            case OpenFile():
                self._begin(order, self._place.open_s / self.speed)
            case SendPacket(packet=packet):
                if not self._packets:
                    self._packet_s = self._place.now
                self._packets.append((packet, 0))
            case CallDelta():
                self._offer()
            case TakeDelta(delta=delta) | ForgetDelta(delta=delta) | RefuseDelta(delta=delta):
                self._settle(delta.number)
            case HaltWorker():
                self._offer()
                while self._packets:
                    self._report()

    def _finish(self, task: OpenFile | Block) -> None:
        if isinstance(task, OpenFile):
            self._at_hand = None
            grid = self._place.grid(task.file)
            if grid is None or not self._place.can_read(task.file, task.path):
                failed = FileFailed(file=task.file, reason="cannot be opened", worker=self.name)
                self._place.tell(self, failed)
            else:
                self._place.tell(self, FileOpened(file=task.file, grid=grid, worker=self.name))
            return
        failure = self._trial.failure
        if failure is not None and failure.kind != "exception":
            self._place.die(self, task, failure)
            return
        self._at_hand = None
        packet, n_done = self._packets[0]
        self._compute(task, is_apart=packet.is_apart)
        self._packets[0] = (packet, n_done + 1)
        if n_done + 1 == len(packet.blocks):
            self._report()
        is_due = self._place.now - self._offered_s >= self._pause_s
        if is_due or self._apart_computed or not self._packets:
            self._offer()

    def _compute(self, block: Block, *, is_apart: bool) -> None:
        who, key, trial = {"worker": self.name, "epoch": self.epoch}, (block.file, block.index), self._trial
        if trial.is_unreadable:
            self._place.tell(self, BlockUnreadable(**who, block=block, phase="read", reason="torn"))  # type: ignore[arg-type]  # str and int
        elif trial.failure is not None:
            self._place.tell(self, BlockFailed(**who, block=block, failure=trial.failure, part=trial.part))  # type: ignore[arg-type]  # str and int
        elif is_apart or key in self._apart:
            self._apart_computed.append(block)
        else:
            self._computed.append(block)
        self._apart.discard(key)

    def _report(self) -> None:
        packet, n_done = self._packets.popleft()
        read_bytes = self._place.entry_bytes * sum(block.n_entries for block in packet.blocks[:n_done])
        self._place.tell(
            self,
            PacketDone(
                worker=self.name,
                epoch=self.epoch,
                packet=packet.number,
                compute_s=self._place.now - self._packet_s,
                read_bytes=read_bytes,
                n_blocks=n_done,
                accesses=self._place.accesses(packet, read_bytes, self._packet_read_s),
            ),
        )
        self._packet_s = self._place.now
        self._packet_read_s = 0.0

    def _offer(self) -> None:
        """Hand over what there is, blocks that are apart first and alone; the next delta waits for the first."""
        if self._unsettled is not None:
            self._is_asked = True
            return
        if self._apart_computed:
            self._is_asked = bool(self._computed)
            blocks: tuple[Block, ...] = (self._apart_computed.popleft(),)
        elif self._computed:
            self._is_asked = False
            blocks, self._computed = tuple(self._computed), []
            self._offered_s = self._place.now
        else:
            self._is_asked = False
            self._offered_s = self._place.now
            return
        notice = self._delta(blocks)
        self._unsettled, self._sent_s = notice.delta, self._place.now
        self._place.tell(self, notice)

    def _settle(self, number: int) -> None:
        """Forget a delta that was taken or refused; the next one may follow."""
        if self._unsettled is not None and self._unsettled.number == number:
            self._unsettled = None
            self._pause_s = self._place.pause_s(self._place.now - self._sent_s)
            if self._is_asked or self._apart_computed:
                self._offer()

    def _delta(self, blocks: tuple[Block, ...]) -> DeltaOffered:
        self._n_deltas += 1
        delta = Delta(worker=self.name, epoch=self.epoch, number=self._n_deltas, blocks=blocks)
        return DeltaOffered(delta=delta, size_bytes=self._place.output_bytes)
