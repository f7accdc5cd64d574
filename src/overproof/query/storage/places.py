"""Where copies of every file lie, and which of them have failed."""

from __future__ import annotations

from collections.abc import Iterator

from overproof.query.storage.server import Server
from overproof.query.storage.stock import Reading, Stock
from overproof.records.dataset import Replica
from overproof.words.ids import FileIndex


class Places:
    """The copies of files as readings, and what is known against them.

    A copy that failed once is given up for its whole file as long as there is another. A block on which a copy failed
    is tried with each of the others, once.

    Attributes:
        servers: by name.
        has_failures: some block is to be read from certain copies only.
    """

    __slots__ = ("_failed", "_given_up", "_readings", "_reasons", "_stocks", "has_failures", "servers")

    def __init__(self) -> None:
        self.servers: dict[str, Server] = {}
        self.has_failures = False
        self._stocks: dict[tuple[str, str], Stock] = {}
        self._readings: dict[FileIndex, tuple[Reading, ...]] = {}
        self._given_up: dict[FileIndex, set[str]] = {}
        self._failed: dict[int, set[str]] = {}
        self._reasons: dict[FileIndex, dict[str, str]] = {}

    def locate(self, file: FileIndex, replicas: tuple[Replica, ...]) -> None:
        """Note where copies of a file lie; without any nobody knows."""
        self._readings[file] = tuple(Reading(each.path, self._stock(each.host, each.served_by)) for each in replicas)

    def _stock(self, host: str, server: str) -> Stock:
        stock = self._stocks.get((host, server))
        if stock is None:
            known = self.servers.setdefault(server, Server(server)) if server else None
            stock = self._stocks[host, server] = Stock(host, known)
        return stock

    def hosts(self, file: FileIndex) -> tuple[str, ...]:
        """Return the hosts that have a file, as far as they are known."""
        return tuple(dict.fromkeys(r.stock.host for r in self._readings.get(file, ()) if r.stock.host))

    def readings(self, file: FileIndex) -> tuple[Reading, ...]:
        """Return the copies from which a file is read: those that are not given up, or all when all are."""
        readings = self._readings.get(file, ())
        gone = self._given_up.get(file)
        if not gone:
            return _known(readings)
        return _known(tuple(each for each in readings if each.path not in gone) or readings)

    def readings_of_block(self, file: FileIndex, number: int) -> tuple[Reading, ...]:
        """Return the copies from which a block can be read: those that did not fail on it, first of all good ones."""
        failed = self._failed.get(number)
        if not failed:
            return self.readings(file)
        left = tuple(each for each in self._readings.get(file, ()) if each.path not in failed)
        good = tuple(each for each in left if each in self.readings(file))
        return good or _known(left)

    def is_good(self, file: FileIndex, reading: Reading) -> bool:
        """Tell whether a file may go on being read so."""
        return not self._given_up or reading in self.readings(file)

    def may_read(self, number: int, path: str) -> bool:
        """Tell whether nothing is known against reading a block from a copy."""
        failed = self._failed.get(number)
        return failed is None or path not in failed

    def fail_file(self, file: FileIndex, reading: Reading, reason: str) -> bool:
        """Note that a copy could not be opened; tell whether there is another that nobody has tried in vain."""
        self._give_up(file, reading, reason)
        return any(each.path not in self._given_up[file] for each in self._readings.get(file, ()))

    def fail_block(self, file: FileIndex, number: int, reading: Reading, reason: str) -> bool:
        """Note that a block could not be read from a copy; tell whether there is another to be tried."""
        self._give_up(file, reading, reason)
        failed = self._failed.setdefault(number, set())
        failed.add(reading.path)
        self.has_failures = True
        return any(each.path not in failed for each in self._readings.get(file, ()))

    def _give_up(self, file: FileIndex, reading: Reading, reason: str) -> None:
        self._given_up.setdefault(file, set()).add(reading.path)
        self._reasons.setdefault(file, {})[reading.path] = reason
        if reading.stock.server is not None:
            reading.stock.server.fail()

    def whole_reason(self, file: FileIndex, reason: str) -> str:
        """Say why the last copy failed, and that the others failed too."""
        others = dict.fromkeys(each for each in self._reasons.get(file, {}).values() if each != reason)
        return reason if not others else f"{reason} (other copies: {'; '.join(others)})"

    def all_stocks(self) -> Iterator[Stock]:
        """List all stocks."""
        return iter(self._stocks.values())


def _known(readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """Leave out, unless nothing else is left, what would be read from nobody knows where."""
    return tuple(each for each in readings if each.stock.host or each.stock.server is not None) or readings
