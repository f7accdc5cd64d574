"""A worker that computes nothing, but takes the time for it."""

from __future__ import annotations

from collections import deque
from typing import Protocol

from overproof.records.block import Block, Delta, Packet
from overproof.records.dataset import FileGrid
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
from overproof.records.orders import CallDelta, HaltWorker, OpenFile, Order, SendPacket
from overproof.records.outcome.failure import Failure

OOPS = Failure(kind="exception", cause="oops", reason="oops")


class Surroundings(Protocol):
    """What a worker needs of the world around it."""

    now: float
    block_s_per_entry: float
    open_s: float
    delta_interval_s: float

    def wake(self, worker: SimulatedWorker, at_s: float) -> None:
        """Call `worker.resume` at a time."""
        ...

    def tell(self, worker: SimulatedWorker, notice: Notice) -> None:
        """Carry a notice to the master."""
        ...

    def grid(self, file: int) -> FileGrid | None:
        """Return what a file holds; None when it cannot be opened."""
        ...

    def fate(self, block: Block) -> str:
        """Return `"good"`, `"unreadable"` or `"failing"`."""
        ...


class SimulatedWorker:
    """Follows the protocol of the real worker: files and commands between two blocks, deltas when due.

    Attributes:
        name: its name.
        epoch: counts its lives, when it was given up and comes back.
        speed: relative to 1.
        is_alive: it has not died.
        frozen_until_s: it does nothing before.
    """

    def __init__(self, name: str, *, speed: float, place: Surroundings) -> None:
        self.name = name
        self.epoch = 1
        self.speed = speed
        self.is_alive = True
        self.frozen_until_s = 0.0
        self._place = place
        self._inbox: deque[Order] = deque()
        self._packets: deque[tuple[Packet, int]] = deque()
        self._at_hand: OpenFile | Block | None = None
        self._ready_s = 0.0
        self._computed: list[Block] = []
        self._n_deltas = 0
        self._offered_s = 0.0
        self._packet_s = 0.0

    def join(self) -> None:
        """Say that it is ready."""
        self._place.tell(self, WorkerJoined(worker=self.name, epoch=self.epoch))

    def come_back(self) -> None:
        """Forget everything and join in a new epoch."""
        self.epoch += 1
        self._inbox.clear()
        self._packets.clear()
        self._at_hand = None
        self._computed = []
        self.join()

    def receive(self, order: Order) -> None:
        """Take an order; act on it at once, or after what is at hand."""
        self._inbox.append(order)
        if self._at_hand is None:
            self.resume()

    def freeze(self, until_s: float) -> None:
        """Do nothing until a time; what is at hand takes so much longer."""
        self.frozen_until_s = until_s
        self._ready_s += until_s - self._place.now
        self._place.wake(self, until_s)

    def resume(self) -> None:
        """Finish what is at hand if it is ready, and go on with the next thing."""
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
        if self._at_hand is None and self._packets:
            packet, n_done = self._packets[0]
            block = packet.blocks[n_done]
            self._begin(block, block.n_entries * self._place.block_s_per_entry / self.speed)

    def last_words(self) -> Notice | None:
        """Return the delta that a dying worker had ready."""
        return self._delta() if self._computed else None

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
            case HaltWorker():
                self._offer()
                while self._packets:
                    self._report()

    def _finish(self, task: OpenFile | Block) -> None:
        self._at_hand = None
        if isinstance(task, OpenFile):
            grid = self._place.grid(task.file)
            if grid is None:
                failed = FileFailed(file=task.file, reason="cannot be opened", worker=self.name)
                self._place.tell(self, failed)
            else:
                self._place.tell(self, FileOpened(file=task.file, grid=grid, worker=self.name))
            return
        self._compute(task)
        packet, n_done = self._packets[0]
        self._packets[0] = (packet, n_done + 1)
        if n_done + 1 == len(packet.blocks):
            self._report()
        if not self._packets or self._place.now - self._offered_s >= self._place.delta_interval_s:
            self._offer()

    def _compute(self, block: Block) -> None:
        fate = self._place.fate(block)
        if fate == "unreadable":
            self._place.tell(
                self, BlockUnreadable(worker=self.name, epoch=self.epoch, block=block, phase="read", reason="torn")
            )
        elif fate == "failing":
            self._place.tell(self, BlockFailed(worker=self.name, epoch=self.epoch, block=block, failure=OOPS))
        else:
            self._computed.append(block)

    def _report(self) -> None:
        packet, n_done = self._packets.popleft()
        self._place.tell(
            self,
            PacketDone(
                worker=self.name,
                epoch=self.epoch,
                packet=packet.number,
                compute_s=self._place.now - self._packet_s,
                read_bytes=100 * sum(block.n_entries for block in packet.blocks[:n_done]),
                n_blocks=n_done,
            ),
        )
        self._packet_s = self._place.now

    def _offer(self) -> None:
        self._offered_s = self._place.now
        if self._computed:
            self._place.tell(self, self._delta())

    def _delta(self) -> DeltaOffered:
        self._n_deltas += 1
        blocks, self._computed = tuple(self._computed), []
        return DeltaOffered(delta=Delta(worker=self.name, epoch=self.epoch, number=self._n_deltas, blocks=blocks))
