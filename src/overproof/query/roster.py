"""The workers, what each has in hand, and how fast they are."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from overproof.query.storage.stock import NOWHERE, Reading
from overproof.words.errors import InvariantError
from overproof.words.ids import FileIndex, WorkerId

if TYPE_CHECKING:
    from overproof.query.storage.server import Server

MEMORY = 0.5
"""Weight of all earlier packets in a worker's rate, against 1 for the last one."""
MIN_DURATION_S = 1e-6
"""Shorter than any packet; keeps rates finite where a clock is coarse."""


class InHand(NamedTuple):
    """A packet that a worker has and has not reported: block numbers from `start` to before `stop`."""

    start: int
    stop: int
    n_entries: int
    sent_s: float
    reading: Reading = NOWHERE


class Holder:
    """Somebody who may hold blocks, in one epoch: the object itself is where such a block is.

    Attributes:
        name: its name, among those of all workers and mergers.
        epoch: its epoch; notices of another one are late.
        host: the machine it runs on.
        held: numbers of the blocks it holds.
    """

    __slots__ = ("epoch", "held", "host", "name")

    def __init__(self, name: WorkerId, epoch: int, *, host: str) -> None:
        self.name = name
        self.epoch = epoch
        self.host = host
        self.held: set[int] = set()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name}, epoch {self.epoch})"


class Worker(Holder):
    """One worker in one epoch; it holds the blocks that it has or had in packets, and which are not taken yet.

    Attributes:
        packets: packets in hand by number, oldest first; two at most.
        opening: files it was asked to look into; one at most.
        in_hand_entries: entries of the packets in hand.
        file: the file it was in last: its reader is open.
        reading: the copy of that file.
        opening_from: the copy of the file that it was asked to look into last.
        server: the one from which it reads now; None: it rests, or nobody knows.
        is_near: that server is on its own machine.
        rate_per_s: entries a second, lately; 0 until measured.
        opened_last: its last order was to look into a file.
        began_s: when it could begin with the oldest packet in hand, on the driver's clock.
        was_called: it was asked for its delta in this spell of idleness.
        is_halted: it was told to drop its packets.
        is_leaving: it will be dismissed when it has handed over.
    """

    __slots__ = (
        "_decayed_entries",
        "_decayed_s",
        "began_s",
        "file",
        "in_hand_entries",
        "is_halted",
        "is_leaving",
        "is_near",
        "opened_last",
        "opening",
        "opening_from",
        "packets",
        "rate_per_s",
        "reading",
        "server",
        "was_called",
    )

    def __init__(self, name: WorkerId, epoch: int, *, host: str) -> None:
        super().__init__(name, epoch, host=host)
        self.packets: dict[int, InHand] = {}
        self.opening: set[FileIndex] = set()
        self.in_hand_entries = 0
        self.began_s = 0.0
        self.file: FileIndex | None = None
        self.reading = NOWHERE
        self.opening_from = NOWHERE
        self.server: Server | None = None
        self.is_near = False
        self.rate_per_s = 0.0
        self.opened_last = False
        self.was_called = False
        self.is_halted = False
        self.is_leaving = False
        self._decayed_entries = 0.0
        self._decayed_s = 0.0

    def measure(self, n_entries: int, duration_s: float) -> float:
        """Learn from one packet; return the change of the rate."""
        self._decayed_entries = MEMORY * self._decayed_entries + n_entries
        self._decayed_s = MEMORY * self._decayed_s + (duration_s if duration_s > MIN_DURATION_S else MIN_DURATION_S)
        before = self.rate_per_s
        self.rate_per_s = self._decayed_entries / self._decayed_s
        return self.rate_per_s - before


class Roster:
    """All workers that joined and are not lost.

    Attributes:
        workers: by name.
        idle: those with nothing in hand, longest idle first; the others are busy.
        n_active: those with a packet in hand.
        isolator: who tries suspects; it is none of the others.
    """

    __slots__ = ("_last_epochs", "_measured", "_rate_sum", "idle", "isolator", "n_active", "workers")

    def __init__(self) -> None:
        self.workers: dict[WorkerId, Worker] = {}
        self.idle: OrderedDict[Worker, None] = OrderedDict()
        self.n_active = 0
        self.isolator: Worker | None = None
        self._last_epochs: dict[WorkerId, int] = {}
        self._measured = 0
        self._rate_sum = 0.0

    def __len__(self) -> int:
        return len(self.workers)

    def find(self, name: WorkerId, epoch: int) -> Worker | None:
        """Find a worker in this very epoch; None when it is lost or was given up."""
        worker = self.workers.get(name)
        if worker is None:
            worker = self.isolator
            if worker is None or worker.name != name:
                return None
        return worker if worker.epoch == epoch else None

    def join(self, name: WorkerId, epoch: int, *, host: str) -> Worker | None:
        """Enter a worker, idle; None for an epoch that was entered before."""
        if epoch <= self._last_epochs.get(name, epoch - 1):
            return None
        self._last_epochs[name] = epoch
        worker = self.workers[name] = Worker(name, epoch, host=host)
        self.idle[worker] = None
        return worker

    def join_isolator(self, name: WorkerId, epoch: int, *, host: str) -> None:
        """Enter the isolator; one that was entered before is not heard again."""
        if epoch > self._last_epochs.get(name, epoch - 1):
            self._last_epochs[name] = epoch
            self.isolator = Worker(name, epoch, host=host)

    def leave(self, worker: Worker) -> None:
        """Strike a worker off, with its rate."""
        del self.workers[worker.name]
        self.idle.pop(worker, None)
        self.n_active -= bool(worker.packets)
        if worker.rate_per_s:
            self._measured -= 1
            self._rate_sum = self._rate_sum - worker.rate_per_s if self._measured else 0.0

    def give_packet(self, worker: Worker, number: int, packet: InHand) -> None:
        """Note that a worker has a packet."""
        if not worker.packets:
            self.n_active += 1
            self.idle.pop(worker, None)
            worker.began_s = packet.sent_s
        worker.packets[number] = packet
        worker.in_hand_entries += packet.n_entries
        worker.opened_last = worker.was_called = False

    def give_file(self, worker: Worker, file: FileIndex) -> None:
        """Note that a worker looks into a file."""
        self.idle.pop(worker, None)
        worker.opening.add(file)
        worker.opened_last = True

    def end_packet(self, worker: Worker, number: int) -> InHand | None:
        """Note that a packet is over; None when the worker does not have it."""
        packet = worker.packets.pop(number, None)
        if packet is not None:
            worker.in_hand_entries -= packet.n_entries
            if not worker.packets:
                self.n_active -= 1
        return packet

    def rest(self, worker: Worker) -> None:
        """Put a worker with nothing in hand among the idle, at the end unless it is there."""
        self.idle.setdefault(worker)

    def measure(self, worker: Worker, n_entries: int, duration_s: float) -> None:
        """Learn a worker's rate from one packet."""
        if not worker.rate_per_s:
            self._measured += 1
        self._rate_sum += worker.measure(n_entries, duration_s)

    @property
    def mean_rate_per_s(self) -> float:
        """Mean entries a second of the workers measured; 0 when none is."""
        return self._rate_sum / self._measured if self._measured else 0.0

    @property
    def total_rate_per_s(self) -> float:
        """Entries a second of all workers, those not measured counted at the mean of the others; 0 if none is."""
        return self._rate_sum * (len(self.workers) / self._measured) if self._measured else 0.0

    def check(self) -> None:
        """Verify the counters and who is idle.

        Raises:
            InvariantError: a rule is broken.
        """
        workers = self.workers.values()
        idle = {worker for worker in workers if not worker.packets and not worker.opening}
        if set(self.idle) != idle:
            raise InvariantError(f"idle are {sorted(w.name for w in idle)}, noted {[w.name for w in self.idle]}")
        if self.n_active != sum(bool(worker.packets) for worker in workers):
            raise InvariantError(f"{self.n_active} workers are noted as active, which is wrong")
        rates = [worker.rate_per_s for worker in workers if worker.rate_per_s]
        if len(rates) != self._measured or abs(sum(rates) - self._rate_sum) > 1e-6 * (1 + sum(rates)):
            raise InvariantError(f"the rates of {self._measured} workers do not add up to {self._rate_sum}")
        for worker in workers:
            if worker.in_hand_entries != sum(packet.n_entries for packet in worker.packets.values()):
                raise InvariantError(f"{worker!r}: {worker.in_hand_entries} entries in hand are wrong")
            if len(worker.packets) > 2 or len(worker.opening) > 1:
                raise InvariantError(f"{worker!r} has {len(worker.packets)} packets and {worker.opening} in hand")
