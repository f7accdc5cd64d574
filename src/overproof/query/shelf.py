"""What waits: runs of blocks, by file, and in which file a worker goes on."""

from __future__ import annotations

from collections import OrderedDict
from itertools import pairwise

from overproof.words.errors import InvariantError
from overproof.words.ids import FileIndex


class Shelf:
    """Runs of waiting blocks, given by their numbers from `start` to before `stop`.

    A worker stays in its file while that has waiting blocks, because its reader is open there; else it goes to the file
    with the fewest workers, and among these to the one that has waited longest.

    Attributes:
        n_waiting: blocks that wait.
    """

    __slots__ = ("_by_readers", "_readers", "_runs", "n_waiting")

    def __init__(self) -> None:
        self.n_waiting = 0
        self._runs: dict[FileIndex, list[tuple[int, int]]] = {}  # of each file descending: the next one is the last
        self._readers: dict[FileIndex, int] = {}
        self._by_readers: dict[int, OrderedDict[FileIndex, None]] = {}  # files with waiting blocks; no empty values

    def put(self, file: FileIndex, start: int, stop: int) -> None:
        """Let a run wait; runs that touch become one."""
        if start == stop:
            return
        self.n_waiting += stop - start
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
        self._runs.clear()
        self.n_waiting = 0

    def choose(self, file: FileIndex | None) -> FileIndex | None:
        """Say in which file a worker that is in `file` goes on; None when nothing waits."""
        if file in self._runs:
            return file
        if not self._runs:
            return None
        return next(iter(self._by_readers[min(self._by_readers)]))

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
        return start, stop

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

    def _enlist(self, file: FileIndex) -> None:
        self._by_readers.setdefault(self._readers.get(file, 0), OrderedDict())[file] = None

    def _delist(self, file: FileIndex) -> None:
        n_readers = self._readers.get(file, 0)
        files = self._by_readers[n_readers]
        del files[file]
        if not files:
            del self._by_readers[n_readers]

    def waiting_numbers(self) -> set[int]:
        """List the numbers of all waiting blocks."""
        return {number for runs in self._runs.values() for start, stop in runs for number in range(start, stop)}

    def check(self) -> None:
        """Verify that runs are apart, in order and counted, and that every file is listed once.

        Raises:
            InvariantError: a rule is broken.
        """
        for file, runs in self._runs.items():
            if not runs or any(earlier[1] >= later[0] for later, earlier in pairwise(runs)):
                raise InvariantError(f"runs {runs} of file {file} are not apart or not in order")
        if len(self.waiting_numbers()) != self.n_waiting:
            raise InvariantError(f"{self.n_waiting} blocks are noted as waiting, {len(self.waiting_numbers())} are")
        listed = [(file, n_readers) for n_readers, files in self._by_readers.items() for file in files]
        if sorted(listed) != sorted((file, self._readers.get(file, 0)) for file in self._runs):
            raise InvariantError("the files with waiting blocks are not those listed by their readers")
