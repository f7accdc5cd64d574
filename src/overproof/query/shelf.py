"""What waits: runs of blocks, by file, and in which file a worker goes on."""

from __future__ import annotations

from collections import OrderedDict
from itertools import pairwise

from overproof.query.storage.stock import Stock
from overproof.words.errors import InvariantError
from overproof.words.ids import FileIndex


class Shelf:
    """Runs of waiting blocks, given by their numbers from `start` to before `stop`.

    A worker stays in its file while that has waiting blocks, because its reader is open there; else it goes to the file
    with the fewest workers, and among these to the one that has waited longest.

    Attributes:
        n_waiting: blocks that wait.
        nowhere: files with waiting blocks of which nobody knows where they lie.
        stocks: where the other files with waiting blocks lie; none of them is empty.
    """

    __slots__ = ("_placed", "_readers", "_runs", "n_waiting", "nowhere", "stocks")

    def __init__(self) -> None:
        self.n_waiting = 0
        self.nowhere = Stock()
        self.stocks: OrderedDict[Stock, None] = OrderedDict()
        self._runs: dict[FileIndex, list[tuple[int, int]]] = {}  # of each file descending: the next one is the last
        self._readers: dict[FileIndex, int] = {}
        self._placed: dict[FileIndex, tuple[Stock, ...]] = {}

    def put(self, file: FileIndex, start: int, stop: int) -> None:
        """Let a run wait; runs that touch become one."""
        if start == stop:
            return
        self.n_waiting += stop - start
        for stock in self._placed.get(file, ()):
            stock.n_waiting += stop - start
        runs = self._runs.get(file)
        if runs is None:
            self._runs[file] = [(start, stop)]
            self._enlist(file)
            return
        runs.append((start, stop))
        runs.sort(reverse=True)
        joined = runs[:1]
        for earlier in runs[1:]:
            if earlier[1] == joined[-1][0]:
                joined[-1] = (earlier[0], joined[-1][1])
            else:
                joined.append(earlier)
        self._runs[file] = joined

    def clear(self) -> None:
        """Let nothing wait."""
        for file in self._runs:
            self._delist(file)
            for stock in self._placed.get(file, ()):
                stock.n_waiting = 0
        self._runs.clear()
        self.n_waiting = 0

    def has(self, file: FileIndex) -> bool:
        """Tell whether blocks of a file wait."""
        return file in self._runs

    def choose(self, file: FileIndex | None) -> FileIndex | None:
        """Say in which file a worker that is in `file` goes on, wherever it lies; None when nothing waits there."""
        if file in self._runs:
            return file
        return self.nowhere.first() if self.nowhere else None

    def first_run(self, file: FileIndex) -> tuple[int, int]:
        """Return the first run of a file."""
        return self._runs[file][-1]

    def take(self, file: FileIndex, n_blocks: int) -> tuple[int, int]:
        """Take up to `n_blocks` from the first run of a file."""
        runs = self._runs[file]
        start, stop = runs[-1]
        if n_blocks < stop - start:
            runs[-1] = (start + n_blocks, stop)
            stop = start + n_blocks
        else:
            runs.pop()
            if not runs:
                del self._runs[file]
                self._delist(file)
        self.n_waiting -= stop - start
        if file in self._placed:
            for stock in self._placed[file]:
                stock.n_waiting -= stop - start
        return start, stop

    def take_one(self, file: FileIndex, number: int) -> tuple[int, int]:
        """Take a block of a file that need not be the first one."""
        runs = self._runs[file]
        at = next(place for place, (start, stop) in enumerate(runs) if start <= number < stop)
        start, stop = runs[at]
        # What comes before it goes behind, with what is taken last.
        runs[at : at + 1] = [run for run in ((number + 1, stop), (start, number)) if run[0] < run[1]]
        if not runs:
            del self._runs[file]
            self._delist(file)
        self.n_waiting -= 1
        for stock in self._placed.get(file, ()):
            stock.n_waiting -= 1
        return number, number + 1

    def move(self, file: FileIndex | None, to: FileIndex | None) -> None:
        """Note that one worker leaves a file for another; None is nowhere."""
        for place, change in ((file, -1), (to, 1)):
            if place is None:
                continue
            if place in self._runs:
                self._delist(place)
            self._readers[place] = self._readers.get(place, 0) + change
            if place in self._runs:
                self._enlist(place)

    def place(self, file: FileIndex, stocks: tuple[Stock, ...]) -> None:
        """Note where a file lies; without a stock nobody knows."""
        runs = self._runs.get(file)
        n_blocks = sum(stop - start for start, stop in runs or ())
        if runs:
            self._delist(file)
        for stock in self._placed.pop(file, ()):
            stock.n_waiting -= n_blocks
        if stocks:
            self._placed[file] = stocks
        for stock in stocks:
            stock.n_waiting += n_blocks
        if runs:
            self._enlist(file)

    def _enlist(self, file: FileIndex) -> None:
        n_readers = self._readers.get(file, 0)
        if not self._placed or file not in self._placed:
            self.nowhere.add(file, n_readers)
            return
        for stock in self._placed[file]:
            stock.add(file, n_readers)
            self.stocks[stock] = None

    def _delist(self, file: FileIndex) -> None:
        n_readers = self._readers.get(file, 0)
        if not self._placed or file not in self._placed:
            self.nowhere.discard(file, n_readers)
            return
        for stock in self._placed[file]:
            stock.discard(file, n_readers)
            if not stock:
                del self.stocks[stock]

    def waiting_files(self) -> list[FileIndex]:
        """List the files with waiting blocks."""
        return list(self._runs)

    def waiting_runs(self, file: FileIndex) -> list[tuple[int, int]]:
        """List what waits of a file, ascending."""
        return self._runs.get(file, [])[::-1]

    def waiting_numbers(self) -> set[int]:
        """List the numbers of all waiting blocks."""
        return {number for runs in self._runs.values() for start, stop in runs for number in range(start, stop)}

    def check(self) -> None:
        """Verify that runs are apart, in order and counted, and that every file is listed once wherever it lies.

        Raises:
            InvariantError: a rule is broken.
        """
        for file, runs in self._runs.items():
            if not runs or any(earlier[1] >= later[0] for later, earlier in pairwise(runs)):
                raise InvariantError(f"runs {runs} of file {file} are not apart or not in order")
        if len(self.waiting_numbers()) != self.n_waiting:
            raise InvariantError(f"{self.n_waiting} blocks are noted as waiting, {len(self.waiting_numbers())} are")
        listed: dict[Stock, list[tuple[FileIndex, int]]] = {stock: [] for stock in (self.nowhere, *self.stocks)}
        n_waiting = dict.fromkeys(listed, 0)
        for file, runs in self._runs.items():
            for stock in self._placed.get(file, (self.nowhere,)):
                if stock not in listed:
                    raise InvariantError(f"{stock!r} has waiting blocks of file {file}, and is not among the stocks")
                listed[stock].append((file, self._readers.get(file, 0)))
                n_waiting[stock] += sum(stop - start for start, stop in runs)
        for stock, files in listed.items():
            if sorted(files) != sorted(stock.listed()):
                raise InvariantError(
                    f"the files with waiting blocks in {stock!r} are not those listed by their readers"
                )
            if stock is not self.nowhere and (stock.n_waiting != n_waiting[stock] or not stock):
                raise InvariantError(
                    f"{stock.n_waiting} blocks are noted as waiting in {stock!r}, {n_waiting[stock]} are"
                )
