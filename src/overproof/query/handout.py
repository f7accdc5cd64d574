"""Who gets what next: files to look into, and packets."""

from __future__ import annotations

from collections.abc import Iterable

from overproof.query.files import Files
from overproof.query.ledger import Ledger, Run
from overproof.query.packetizers.view import Packetizer, View
from overproof.query.roster import InHand, Roster, Worker
from overproof.query.shelf import Shelf
from overproof.records.block import Packet
from overproof.records.orders import CallDelta, OpenFile, Order, SendPacket
from overproof.words.ids import FileIndex

PACKETS_IN_HAND = 2
"""Packets that a worker may have in hand."""
FEW_FILES = 4
"""Files left for each worker to look into, below which all of them should become known soon."""
PLENTY_BLOCKS = 8
"""Waiting blocks for each worker, above which no further file needs to be known soon."""


class Handout:
    """Gives work to workers (rules 1, 2, 3 and 7 of the master).

    Attributes:
        is_open: work is given; False in a query that stops.
        now: the driver's time of the notice at hand.
    """

    __slots__ = ("_files", "_ledger", "_n_packets", "_packetizer", "_roster", "_shelf", "is_open", "now")

    def __init__(self, files: Files, ledger: Ledger, *, shelf: Shelf, roster: Roster, packetizer: Packetizer) -> None:
        self.is_open = True
        self.now = 0.0
        self._files = files
        self._ledger = ledger
        self._shelf = shelf
        self._roster = roster
        self._packetizer = packetizer
        self._n_packets = 0

    def feed(self, worker: Worker, orders: list[Order]) -> None:
        """Give a worker what it has room for; one with nothing in hand rests."""
        if self.is_open:
            to_ask, shelf = self._files.to_ask, self._shelf
            while len(worker.packets) < PACKETS_IN_HAND and not worker.is_leaving:
                if not (
                    (to_ask and self._give_file(worker, orders))
                    or (shelf.n_waiting and self._give_packet(worker, orders))
                ):
                    break
        if not worker.packets and not worker.opening:
            self._roster.rest(worker)
            self.call(worker, orders)

    def feed_idle(self, orders: list[Order]) -> None:
        """Feed those who rest, longest first, as long as there is something to give."""
        idle, shelf, to_ask = self._roster.idle, self._shelf, self._files.to_ask
        declined: list[Worker] = []
        while idle and self.is_open and (shelf.n_waiting or to_ask):
            worker, _ = idle.popitem(last=False)
            self.feed(worker, orders)
            if worker in idle:
                del idle[worker]
                declined.append(worker)
        for worker in declined:
            idle[worker] = None

    def put_back(self, runs: Iterable[Run], orders: list[Order]) -> None:
        """Let blocks wait again; whoever rests is fed at once."""
        for run in runs:
            self._shelf.put(*run)
        self.feed_idle(orders)

    def keep_going(self, orders: list[Order]) -> None:
        """Give a block to the fastest worker when blocks wait, all workers rest, and the packetizer gave none."""
        idle = self._roster.idle
        if self.is_open and self._shelf.n_waiting and len(idle) == len(self._roster) > 0:
            worker = max(idle, key=lambda worker: (not worker.is_leaving, worker.rate_per_s))
            file = self._shelf.choose(worker.file)
            if file is not None and not worker.is_leaving:
                self._send(worker, file, 1, orders)

    def call(self, worker: Worker, orders: list[Order]) -> None:
        """Ask a worker for its delta, once in a spell of idleness."""
        if worker.held and not worker.was_called:
            worker.was_called = True
            orders.append(CallDelta(worker=worker.name))

    def give(self, worker: Worker, start: int, stop: int) -> int:
        """Note that a worker gets these blocks as a packet; return the packet's number."""
        sizes = self._ledger.sizes
        n_entries = sizes[start] if stop == start + 1 else sum(sizes[start:stop])
        number = self.next_number()
        self._roster.give_packet(worker, number, InHand(start, stop, n_entries, self.now))
        return number

    def next_number(self) -> int:
        """Count one more packet; return its number."""
        self._n_packets += 1
        return self._n_packets

    def tree(self, file: FileIndex) -> str:
        """Return the tree of a file that was opened."""
        return self._files.tree(file)

    def leave_file(self, worker: Worker) -> None:
        """Note that a worker, which is gone, reads its file no more."""
        self._shelf.move(worker.file, None)

    def go_to(self, worker: Worker, file: FileIndex) -> None:
        """Note that a worker has the reader of a file open."""
        self._shelf.move(worker.file, file)
        worker.file = file

    def _give_file(self, worker: Worker, orders: list[Order]) -> bool:
        """Let a worker look into a file, if it looks into none, and not twice running while blocks wait."""
        if worker.opening:
            return False
        if self._shelf.n_waiting and (worker.opened_last or not self._is_opening()):
            return False
        file = self._files.ask()
        self._roster.give_file(worker, file)
        orders.append(OpenFile(worker=worker.name, file=file))
        return True

    def _is_opening(self) -> bool:
        """Tell whether further files should become known soon: few are left, or few blocks wait."""
        n_to_ask, n_workers = len(self._files.to_ask), len(self._roster.workers)
        return n_to_ask > 0 and (n_to_ask <= FEW_FILES * n_workers or self._shelf.n_waiting < PLENTY_BLOCKS * n_workers)

    def _give_packet(self, worker: Worker, orders: list[Order]) -> bool:
        """Give a worker a packet, if the packetizer grants one."""
        file = self._shelf.choose(worker.file)
        if file is None:
            return False
        roster, ledger, files = self._roster, self._ledger, self._files
        block_entries = ledger.mean_entries(file)
        if not block_entries:  # the one block of a tree without entries
            self._send(worker, file, 1, orders)
            return True
        view = View(
            worker.rate_per_s,
            roster.total_rate_per_s,
            worker.in_hand_entries,
            ledger.left_entries + files.unsettled_entries,
            len(roster.workers),
            block_entries,
            len(ledger.blocks),
            bool(files.to_ask) and self._is_opening(),
        )
        n_blocks = self._packetizer(view)
        if n_blocks < 1:
            return False
        self._send(worker, file, n_blocks, orders)
        return True

    def _send(self, worker: Worker, file: FileIndex, n_blocks: int, orders: list[Order]) -> None:
        if file != worker.file:
            self.go_to(worker, file)
        start, stop = self._shelf.take(file, n_blocks)
        blocks = self._ledger.hold(worker, start, stop)
        packet = Packet(number=self.give(worker, start, stop), blocks=blocks)
        orders.append(SendPacket(worker=worker.name, packet=packet))
