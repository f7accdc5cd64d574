"""Who gets what next: files to look into, and packets."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice, takewhile

from overproof.query.files import Files
from overproof.query.ledger import Ledger, Run
from overproof.query.locality.locality import Locality
from overproof.query.locality.openings import Openings
from overproof.query.packetizers.view import Packetizer, View
from overproof.query.roster import InHand, Roster, Worker
from overproof.query.shelf import Shelf
from overproof.query.storage.stock import NOWHERE, Reading
from overproof.records.block import Packet
from overproof.records.notices import FilesLocated
from overproof.records.orders import CallDelta, OpenFile, Order, SendPacket
from overproof.words.ids import FileIndex
from overproof.words.quickly import made_quickly

PACKETS_IN_HAND = 2
"""Packets that a worker may have in hand."""
ROOM_FOR = 32
"""So many of those who rest are asked when a server has room again."""
FEW_FILES = 4
"""Files left for each worker to look into, below which all of them should become known soon."""
PLENTY_BLOCKS = 8
"""Waiting blocks for each worker, above which no further file needs to be known soon."""

make_packet, make_order = made_quickly(Packet), made_quickly(SendPacket)
make_tuple = tuple.__new__  # as a named tuple makes itself, without a function of its own in between


class Handout:
    """Gives work to workers (rules 1, 2, 3 and 7 of the master).

    Attributes:
        is_open: work is given; False in a query that stops.
        now: the driver's time of the notice at hand.
        locality: where files lie, and who reads them from where.
        openings: who looks into which.
    """

    __slots__ = (
        "_files",
        "_ledger",
        "_n_packets",
        "_packetizer",
        "_roster",
        "_shelf",
        "is_open",
        "locality",
        "now",
        "openings",
    )

    def __init__(
        self,
        files: Files,
        ledger: Ledger,
        *,
        shelf: Shelf,
        roster: Roster,
        packetizer: Packetizer,
        locality: Locality,
    ) -> None:
        self.is_open = True
        self.now = 0.0
        self.locality = locality
        self.openings = Openings(files, locality)
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
            if worker.server is not None:
                self.locality.rest(worker, self.now)
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

    def use_room(self, orders: list[Order]) -> None:
        """Feed some of those who rest, because a server bears more readers than it has."""
        idle = self._roster.idle
        self.locality.has_room = False
        for worker in list(islice(idle, ROOM_FOR)):
            if not (self.is_open and self._shelf.n_waiting):
                return
            del idle[worker]  # who gets nothing is put last
            self.feed(worker, orders)

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
            for willing in idle if self.locality.is_strict else (worker,):
                chosen = self._choose_anything(willing)
                if chosen is not None and not willing.is_leaving and self._send(willing, *chosen, 1, orders):
                    return

    def _choose_anything(self, worker: Worker) -> tuple[FileIndex, Reading] | None:
        if self.locality.is_known:
            return self.locality.choose_anything(worker)
        file = self._shelf.choose(worker.file)
        return None if file is None else (file, NOWHERE)

    def call(self, worker: Worker, orders: list[Order]) -> None:
        """Ask a worker for its delta, once in a spell of idleness."""
        if worker.held and not worker.was_called:
            worker.was_called = True
            orders.append(CallDelta(worker=worker.name))

    def give(self, worker: Worker, start: int, stop: int, reading: Reading = NOWHERE) -> int:
        """Note that a worker gets these blocks as a packet, to be read from a copy; return the packet's number."""
        sizes = self._ledger.sizes
        n_entries = sizes[start] if stop == start + 1 else sum(sizes[start:stop])
        self._n_packets = number = self._n_packets + 1
        packet = make_tuple(InHand, (start, stop, n_entries, self.now, reading))
        self._roster.give_packet(worker, number, packet)
        if reading is not NOWHERE:
            self.locality.sit(worker, reading, self.now)
        return number

    def next_number(self) -> int:
        """Count one more packet; return its number."""
        self._n_packets += 1
        return self._n_packets

    def tree(self, file: FileIndex) -> str:
        """Return the tree of a file that was opened."""
        return self._files.tree(file)

    def leave(self, worker: Worker) -> None:
        """Note that a worker, which is gone, reads its file no more."""
        self._shelf.move(worker.file, None)
        self.locality.leave(worker, self.now)

    def go_to(self, worker: Worker, file: FileIndex | None, reading: Reading = NOWHERE) -> None:
        """Note that a worker has the reader of a copy of a file open; None: of no file."""
        if file != worker.file:
            self._shelf.move(worker.file, file)
        worker.file, worker.reading = file, reading

    def stay_in(self, worker: Worker, file: FileIndex) -> None:
        """Let a worker go on with the file that it has looked into, unless that is far and others are near."""
        reading = worker.opening_from
        if reading is NOWHERE or reading.stock.host == worker.host:
            self.go_to(worker, file, reading)

    def locate(self, notice: FilesLocated, orders: list[Order]) -> None:
        """Learn where files lie; who was in one of them chooses anew."""
        for worker in self._roster.workers.values():
            if worker.file in notice.replicas:
                self.go_to(worker, None)
        self.locality.locate(notice.replicas, is_final=notice.is_final)
        for file in self._files.to_ask:
            if file in notice.replicas:
                self.openings.offer(file)
        self.feed_idle(orders)

    def reading_of(self, worker: Worker, number: int) -> Reading:
        """Return from where the isolator reads a block: from wherever it can be had."""
        locality, file = self.locality, self._ledger.blocks[number].file
        if not locality.is_known:
            return NOWHERE
        return locality.best(worker, file, number) or next(
            iter(locality.places.readings_of_block(file, number)), NOWHERE
        )

    def _give_file(self, worker: Worker, orders: list[Order]) -> bool:
        """Let a worker look into a file, if it looks into none, and not twice running while blocks wait."""
        if worker.opening:
            return False
        if self._shelf.n_waiting and (worker.opened_last or not self._is_opening()):
            return False
        if not self.locality.is_known:
            file, reading = self._files.ask(), NOWHERE
        else:
            chosen = self.openings.choose(worker)
            if chosen is None:
                return False
            file, reading = chosen
            self._files.to_ask.pop(file)
        self._roster.give_file(worker, file)
        worker.opening_from = reading
        orders.append(OpenFile(worker=worker.name, file=file, path=reading.path))
        return True

    def _is_opening(self) -> bool:
        """Tell whether further files should become known soon: few are left, or few blocks wait."""
        n_to_ask, n_workers = len(self._files.to_ask), len(self._roster.workers)
        return n_to_ask > 0 and (n_to_ask <= FEW_FILES * n_workers or self._shelf.n_waiting < PLENTY_BLOCKS * n_workers)

    def _give_packet(self, worker: Worker, orders: list[Order]) -> bool:
        """Give a worker a packet, if the packetizer grants one."""
        if self.locality.is_known:
            chosen = self.locality.choose(worker)
            if chosen is None:
                return False
            file, reading = chosen
        else:
            of_any = self._shelf.choose(worker.file)
            if of_any is None:
                return False
            file, reading = of_any, NOWHERE
        roster, ledger, files = self._roster, self._ledger, self._files
        block_entries = ledger.mean_entries(file)
        if not block_entries:  # the one block of a tree without entries
            return self._send(worker, file, reading, 1, orders)
        seen = (
            worker.rate_per_s,
            roster.total_rate_per_s,
            worker.in_hand_entries,
            ledger.left_entries + files.unsettled_entries,
            len(roster.workers),
            block_entries,
            len(ledger.blocks),
            bool(files.to_ask) and self._is_opening(),
        )
        n_blocks = self._packetizer(make_tuple(View, seen))
        if n_blocks < 1:
            return False
        return self._send(worker, file, reading, n_blocks, orders)

    def _send(self, worker: Worker, file: FileIndex, reading: Reading, n_blocks: int, orders: list[Order]) -> bool:
        number = -1
        if self.locality.places.has_failures:
            found = self._of_good_copy(worker, file, reading, n_blocks)
            if found is None:
                return False
            reading, n_blocks, number = found
        if file != worker.file or reading is not worker.reading:
            self.go_to(worker, file, reading)
        start, stop = self._shelf.take(file, n_blocks) if number < 0 else self._shelf.take_one(file, number)
        blocks = self._ledger.hold(worker, start, stop)
        number = self.give(worker, start, stop, reading)
        orders.append(
            make_order(worker=worker.name, packet=make_packet(number=number, blocks=blocks, path=reading.path))
        )
        return True

    def _of_good_copy(
        self, worker: Worker, file: FileIndex, reading: Reading, n_blocks: int
    ) -> tuple[Reading, int, int] | None:
        """Return what is read from which copy, so that no block is read again where it failed.

        Returns:
            The copy, how many blocks, and which is the first of them; -1: that which waits first.
        """
        places = self.locality.places
        start, stop = self._shelf.first_run(file)
        if not places.may_read(start, reading.path):
            other = self.locality.next_block(worker, file)
            return None if other is None else (other[1], 1, other[0])
        good = takewhile(
            lambda number: places.may_read(number, reading.path), range(start, min(stop, start + n_blocks))
        )
        return reading, sum(1 for _ in good), -1
