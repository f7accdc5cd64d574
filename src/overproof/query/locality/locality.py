"""Which file a worker goes on with, and from where it reads it."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping
from itertools import islice

from overproof.query.locality.urgent import urgent_stocks
from overproof.query.roster import InHand, Worker
from overproof.query.shelf import Shelf
from overproof.query.storage.places import Places
from overproof.query.storage.server import Pace, Server
from overproof.query.storage.stock import NOWHERE, Reading, Stock
from overproof.records.dataset import Replica
from overproof.words.ids import FileIndex

FEWEST = 16
"""So many may read from any server of which nothing bad is known."""
EVEN_SHARES = 2
"""And so many times its even share of the workers."""
LOOKED_AT = 32
"""Stocks among which one to be read from afar is chosen."""
SOONER = 1.1
"""Who is far takes a block only where those who are near would need so many times as long to come to its end."""


class Locality:
    """Chooses what is read by whom: what is near first, then what is in most need; never more than a server bears.

    Until it is known where files lie, everything is equally near.

    Attributes:
        is_strict: nothing is read but by workers on whose machine it lies.
        is_known: it is known of some file where it lies, or nothing may be read before it is.
        is_final: nobody will say more.
        has_room: a server with waiting blocks bears more readers than it has, and it did not before.
        places: the copies of files.
    """

    __slots__ = (
        "_at_host",
        "_far",
        "_most",
        "_n_workers",
        "_near",
        "_shelf",
        "_urgent",
        "_waiting",
        "_workers_at",
        "has_room",
        "is_final",
        "is_known",
        "is_strict",
        "places",
    )

    def __init__(self, shelf: Shelf, *, is_strict: bool = False) -> None:
        self.is_strict = is_strict
        self.is_known = is_strict
        self.is_final = False
        self.has_room = False
        self.places = Places()
        self._shelf = shelf
        self._at_host: dict[str, list[Stock]] = {}
        self._waiting: OrderedDict[Stock, None] = shelf.stocks
        self._workers_at: Counter[str] = Counter()
        self._n_workers = 0
        self._most = FEWEST
        self._urgent: dict[Stock, bool] = {}  # and whether somebody may be sent there
        self._near = Pace()
        self._far = Pace()

    # -- what becomes known

    def locate(self, replicas: Mapping[FileIndex, tuple[Replica, ...]], *, is_final: bool) -> None:
        """Learn where files lie."""
        self.is_known = True
        self.is_final = self.is_final or is_final
        known = set(self.places.all_stocks())
        for file, copies in replicas.items():
            self.places.locate(file, copies)
            self._place(file)
        for stock in self.places.all_stocks():
            if stock not in known and stock.host:
                self._at_host.setdefault(stock.host, []).append(stock)
        self._count_workers(0)

    def join(self, worker: Worker) -> None:
        """Note that a worker has joined."""
        self._workers_at[worker.host] += 1
        self._count_workers(1)

    def leave(self, worker: Worker, now: float) -> None:
        """Note that a worker is gone."""
        self._workers_at[worker.host] -= 1
        self._count_workers(-1)
        self.rest(worker, now)

    def _count_workers(self, change: int) -> None:
        """Set how many may read from a server of which nothing bad is known."""
        self._n_workers += change
        self._most = max(FEWEST, -(-EVEN_SHARES * self._n_workers // max(1, len(self.places.servers))))

    def _place(self, file: FileIndex) -> None:
        """Put a file where those copies lie from which it is read."""
        stocks = {id(each.stock): each.stock for each in self.places.readings(file)}
        self._shelf.place(file, tuple(stocks.values()))

    def learn(self, packet: InHand, worker: Worker, compute_s: float, *, waited_s: float, now: float) -> None:
        """Learn from a packet that was computed.

        Args:
            packet: with its reading.
            worker: who computed it.
            compute_s: seconds spent on it.
            waited_s: of these, the seconds in which it waited for what is read.
            now: the driver's time.
        """
        stock = packet.reading.stock
        server = stock.server
        if server is None:
            return
        is_near = stock.host == worker.host
        pace = self._near if is_near else self._far
        server.learn(packet.n_entries, compute_s, is_near=is_near, waited_s=waited_s)
        pace.add(packet.n_entries, compute_s)
        if server.review(now, most=self._most):
            self.has_room = True

    def fail_file(self, file: FileIndex, reading: Reading, reason: str) -> bool:
        """Note that a copy could not be opened; tell whether there is another that nobody has tried in vain."""
        is_left = self.places.fail_file(file, reading, reason)
        self._place(file)
        return is_left

    def fail_block(self, file: FileIndex, number: int, reading: Reading, reason: str) -> bool:
        """Note that a block could not be read from a copy; tell whether there is another to be tried."""
        is_left = self.places.fail_block(file, number, reading, reason)
        self._place(file)
        return is_left

    # -- packets

    def choose(self, worker: Worker) -> tuple[FileIndex, Reading] | None:
        """Say in which file a worker goes on, and from where it reads; None when there is nothing for it now."""
        file, reading = worker.file, worker.reading
        if file is None or not self._shelf.has(file) or not self._may_stay(worker, file, reading):
            file = None
        elif reading.stock.host == worker.host:
            return file, reading
        if self._urgent:
            if file is not None and reading.stock in self._urgent:
                return file, reading
            sent = self._urgent_file(worker)
            if sent is not None:
                return sent
        near = self._near_file(worker)
        if near is not None or self.is_strict:
            return near
        return self._far_file(worker) if file is None else (file, reading)

    def choose_anything(self, worker: Worker) -> tuple[FileIndex, Reading] | None:
        """Do so without a thought for what servers bear, because nobody works."""
        chosen = self.choose(worker)
        if chosen is not None:
            return chosen
        near = self._of_stocks([stock for stock in self._at_host.get(worker.host, ()) if stock], worker)
        if near is not None:
            return near
        return None if self.is_strict or not self._waiting else self._from(next(iter(self._waiting)), worker)

    def has_near_work(self, worker: Worker) -> bool:
        """Tell whether blocks wait on the machine of a worker."""
        return any(self._at_host.get(worker.host, ()))

    def near_copy(self, worker: Worker, file: FileIndex) -> Reading | None:
        """Return the copy of a file on the machine of a worker; None when there is none."""
        return self._near_of(self.places.readings(file), worker)

    def has_worker_at(self, host: str) -> bool:
        """Tell whether somebody works on a host."""
        return self._workers_at[host] > 0

    def slowdown(self, worker: Worker, reading: Reading) -> float:
        """Return how many times as long a worker takes to read so as to read near, as far as that was measured."""
        server = reading.stock.server
        return 1.0 if server is None or reading.stock.host == worker.host else self._slowdown(server)

    def best(self, worker: Worker, file: FileIndex, number: int = -1) -> Reading | None:
        """Return the copy that a worker reads best: a near one, else that from which most comes; None: it may not."""
        readings = self.places.readings(file) if number < 0 else self.places.readings_of_block(file, number)
        near = self._near_of(readings, worker)
        if near is not None or self.is_strict:
            return near
        return max(readings, key=_merit, default=NOWHERE)

    def next_block(self, worker: Worker, file: FileIndex) -> tuple[int, Reading] | None:
        """Return the first waiting block of a file that a worker may read, and from where; None: it may read none."""
        for start, stop in self._shelf.waiting_runs(file):
            for number in range(start, stop):
                reading = self.best(worker, file, number)
                if reading is not None:
                    return number, reading
        return None

    def sit(self, worker: Worker, reading: Reading, now: float) -> None:
        """Note that a worker reads from the server of a reading."""
        server = reading.stock.server
        if worker.server is not server:
            self.rest(worker, now)
            worker.server = server
            if server is not None:
                worker.is_near = reading.stock.host == worker.host
                server.seat(1, now, is_near=worker.is_near)

    def rest(self, worker: Worker, now: float) -> None:
        """Note that a worker reads from no server now."""
        server = worker.server
        if server is not None:
            self.has_room = self.has_room or not self._has_room(server)
            server.seat(-1, now, is_near=worker.is_near)
            worker.server = None

    def _may_stay(self, worker: Worker, file: FileIndex, reading: Reading) -> bool:
        """Tell whether a worker goes on with its file: the copy is good, and its server not over what it bears."""
        server = reading.stock.server
        if server is None:
            return not self.is_strict or reading.stock.host == worker.host != ""
        if not self.places.is_good(file, reading):
            return False
        if self._is_picky and self.next_block(worker, file) is None:
            return False
        is_near = reading.stock.host == worker.host
        return self._has_room(server, but=int(worker.server is server), is_near=is_near)

    def look_for_urgent(self, *, n_to_open: int) -> None:
        """Find what would be read last: one reader more from elsewhere is sent there; asked twice a second.

        Args:
            n_to_open: files that nobody has looked into: with many of them nobody knows what waits where.
        """
        self._urgent.clear()
        rate = self._near.rate_per_s or self._far.rate_per_s
        if rate and self._n_workers >= max(n_to_open, 1) and not self.is_strict:
            all_per_s = self._n_workers * rate
            for stock in urgent_stocks(self._waiting, n_waiting=self._shelf.n_waiting, all_per_s=all_per_s):
                self._urgent[stock] = stock.server is None or self._has_room(stock.server)

    def _urgent_file(self, worker: Worker) -> tuple[FileIndex, Reading] | None:
        """Send a worker to an urgent stock, unless somebody was just sent there."""
        for stock, is_open in self._urgent.items():
            if is_open and stock and stock.host != worker.host:
                self._urgent[stock] = False
                return self._from(stock, worker)
        return None

    def _near_file(self, worker: Worker) -> tuple[FileIndex, Reading] | None:
        stocks = [stock for stock in self._at_host.get(worker.host, ()) if stock and self._is_open(stock, is_near=True)]
        if len(stocks) > 1:
            stocks.sort(key=_n_readers)
        return self._of_stocks(stocks, worker)

    @property
    def _is_picky(self) -> bool:
        """Tell whether there may be waiting blocks on the machine of a worker that it may not read: its copy failed."""
        return self.is_strict and self.places.has_failures

    def _of_stocks(self, stocks: list[Stock], worker: Worker) -> tuple[FileIndex, Reading] | None:
        """Choose a file of the first of some stocks, all of them near and not empty, that has one for a worker."""
        if stocks and not self._is_picky:
            return self._from(stocks[0], worker)
        for stock in stocks:
            for file in stock.files():
                found = self.next_block(worker, file)
                if found is not None:
                    return file, found[1]
        return None

    def _far_file(self, worker: Worker) -> tuple[FileIndex, Reading] | None:
        """Choose the stock in most need of readers; what nobody knows comes before, what fails last."""
        if self._shelf.nowhere:
            return self._shelf.nowhere.first(), NOWHERE
        waiting = self._waiting
        looked_at = list(islice(waiting, LOOKED_AT))
        if len(waiting) > LOOKED_AT:
            for stock in looked_at:
                waiting.move_to_end(stock)
        open_ones = [stock for stock in looked_at if self._is_open(stock) and self._pays(stock)]
        if not open_ones:
            failing = [stock for stock in looked_at if stock.server is not None and stock.server.is_failing]
            open_ones = [stock for stock in failing if stock.server is not None and self._has_room(stock.server)]
        return self._from(max(open_ones, key=_need), worker) if open_ones else None

    def _from(self, stock: Stock, worker: Worker) -> tuple[FileIndex, Reading]:
        file = stock.first()
        readings = self.places.readings(file)
        with_room = tuple(each for each in readings if self._has_room_for(worker, each.stock))
        near = self._near_of(readings if self.is_strict else with_room, worker)
        return file, near or max(with_room or readings, key=_merit)

    def _near_of(self, readings: tuple[Reading, ...], worker: Worker) -> Reading | None:
        near = [reading for reading in readings if reading.stock.host == worker.host != ""]
        return min(near, key=lambda reading: _n_readers(reading.stock)) if len(near) > 1 else near[0] if near else None

    def _is_open(self, stock: Stock, *, is_near: bool = False) -> bool:
        server = stock.server
        return server is None or (not server.is_failing and self._has_room(server, is_near=is_near))

    def _has_room(self, server: Server, *, but: int = 0, is_near: bool = False) -> bool:
        """Tell whether a server bears one reader more; those who are near go before those who are far.

        Args:
            server: the server.
            but: 1 when the reader in question is among its readers.
            is_near: it is on the machine of the server.
        """
        limit = server.limit
        n_readers = server.n_near if is_near else server.n_readers
        return n_readers - but < (self._most if limit is None else limit)

    def _has_room_for(self, worker: Worker, stock: Stock) -> bool:
        return stock.server is None or self._has_room(stock.server, is_near=stock.host == worker.host)

    def _pays(self, stock: Stock) -> bool:
        """Tell whether somebody far comes to the end of a block of a stock clearly before those who are near would."""
        server = stock.server
        if server is None or not server.n_near or not self._workers_at[stock.host]:
            return True
        # In blocks: one of those who are near must come to an end first, on average so late.
        ends = stock.n_waiting / (server.n_near + 1) + 1
        return ends > SOONER * self._slowdown(server)

    def _slowdown(self, server: Server) -> float:
        """Return how many times as long a block takes from afar, as far as that was measured."""
        near = server.near.rate_per_s or self._near.rate_per_s
        far = server.far.rate_per_s or self._far.rate_per_s
        return max(1.0, near / far) if near and far else 1.0


def _n_readers(stock: Stock) -> int:
    return 0 if stock.server is None else stock.server.n_readers


def _need(stock: Stock) -> float:
    """Return how many blocks wait for each reader that there would be."""
    return stock.n_waiting / (_n_readers(stock) + 1)


def _merit(reading: Reading) -> tuple[bool, float, int]:
    """Say how much speaks for a copy that is far: its server does not fail, much comes of it, few read it."""
    server = reading.stock.server
    if server is None:
        return True, 0.0, 0
    rate = server.far.rate_per_s or server.near.rate_per_s or float("inf")
    return not server.is_failing, rate / (server.n_readers + 1), -server.n_readers
