"""What is known of the files: which to look into next, and which of their entries are asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from overproof.records.block import NO_ENTRIES, Range
from overproof.records.dataset import FileGrid
from overproof.records.notices import FileFailed
from overproof.records.query import QueryOptions
from overproof.words.errors import InvariantError, OptionError
from overproof.words.ids import FileIndex

NOTHING = FileGrid(tree="", n_entries=0, stops=())
"""What is known of a file of which no entry is asked for: it is never opened."""


class Settlement(NamedTuple):
    """The last word on a file: the ranges asked for, or why it cannot be opened."""

    file: FileIndex
    grid: FileGrid | None
    ranges: tuple[Range, ...]
    failure: FileFailed | None


class Files:
    """Every file of the query, from unknown over known to settled.

    A file is *known* when its grid, or its failure, is. It is *settled* when it is also known which of its entries are
    asked for: at once, unless `first` or `entries` limit the query; then in the order of the files, because the place
    of a file in the chain is the number of entries before it. A file that cannot be opened counts none. Files behind
    the last entry asked for need not be known.

    Attributes:
        to_ask: files that nobody was asked to look into, in order.
        is_settled: nothing more can come.
        unsettled_entries: estimate of the entries in files that are not settled.
        n_unknown: files that somebody must still look into.
        n_known: files looked into, with or without success.
    """

    __slots__ = (
        "_chain_entries",
        "_first",
        "_is_chained",
        "_known",
        "_n_files",
        "_n_settled",
        "_opened_entries",
        "_steps",
        "_stop",
        "_takes_empty",
        "is_settled",
        "to_ask",
        "unsettled_entries",
    )

    def __init__(self, n_files: int, options: QueryOptions, steps: Mapping[FileIndex, tuple[Range, ...]]) -> None:
        if options.first < 0 or (options.entries is not None and options.entries < 0):
            raise OptionError(f"first={options.first}, entries={options.entries} make no sense: give 0 or more")
        if steps and (options.first or options.entries is not None):
            raise OptionError("the files say which entries are asked for: leave `first` and `entries` out")
        self._n_files = n_files
        self._steps = steps
        self._first = options.first
        self._stop = None if options.entries is None else options.first + options.entries
        self._takes_empty = options.takes_empty
        self._is_chained = options.first > 0 or options.entries is not None
        self._known: dict[FileIndex, FileGrid | FileFailed] = {}
        self._n_settled = 0
        self._chain_entries = 0
        self._opened_entries = 0
        self.unsettled_entries = 0.0
        self.is_settled = False
        self.to_ask: OrderedDict[FileIndex, None] = OrderedDict.fromkeys(range(n_files))
        for file, ranges in steps.items():
            if not ranges:
                self.learn(file, NOTHING)
        self._look_ahead()

    @property
    def n_known(self) -> int:
        return len(self._known)

    @property
    def grids(self) -> dict[FileIndex, FileGrid]:
        """Return the grids of all files that were opened."""
        known = self._known.items()
        return {file: grid for file, grid in known if isinstance(grid, FileGrid) and grid is not NOTHING}

    def tree(self, file: FileIndex) -> str:
        """Return the tree of a file that was opened."""
        known = self._known[file]
        return known.tree if isinstance(known, FileGrid) else ""

    @property
    def n_unknown(self) -> int:
        return 0 if self.is_settled else self._n_files - len(self._known)

    def count_unknown(self, first: FileIndex, stop: FileIndex) -> int:
        """Count the files in a range that somebody must still look into."""
        return 0 if self.is_settled else sum(file not in self._known for file in range(first, stop))

    def is_known(self, file: FileIndex) -> bool:
        """Tell whether a file was looked into, with or without success."""
        return file in self._known

    def unsettled(self) -> Iterator[FileIndex]:
        """Yield the files of which nobody knows what is asked for: not looked into, or behind one that is not."""
        if self.is_settled:
            return
        for file in range(self._n_settled if self._is_chained else 0, self._n_files):
            if self._is_chained or file not in self._known:
                yield file

    def ask(self) -> FileIndex:
        """Take the next file to look into."""
        return self.to_ask.popitem(last=False)[0]

    def put_off(self, file: FileIndex) -> None:
        """Put a file last in line."""
        self.to_ask.move_to_end(file)

    def ask_again(self, file: FileIndex) -> None:
        """Put a file first in line again, unless it is known meanwhile."""
        if file not in self._known and not self.is_settled:
            self.to_ask[file] = None
            self.to_ask.move_to_end(file, last=False)

    def learn(self, file: FileIndex, what: FileGrid | FileFailed) -> list[Settlement]:
        """Note what became known of a file; return what is settled by it. The first word on a file is the last.

        Raises:
            InvariantError: the query has no such file.
        """
        if not 0 <= file < self._n_files:
            raise InvariantError(f"file {file} is not one of the {self._n_files} files of the query")
        if file in self._known:
            return []
        if isinstance(what, FileGrid) and (reason := _why_too_short(what, self._steps.get(file))):
            what = FileFailed(file=file, reason=reason)
        self._known[file] = what
        self.to_ask.pop(file, None)
        if isinstance(what, FileGrid):
            self._opened_entries += what.n_entries
        settled = self._settle_in_order() if self._is_chained else [self._settle(file)]
        self._look_ahead()
        return settled

    def _settle_in_order(self) -> list[Settlement]:
        settled = []
        while self._n_settled in self._known and not self._is_past_the_end():
            settled.append(self._settle(self._n_settled))
        return settled

    def _settle(self, file: FileIndex) -> Settlement:
        """Say which entries of a known file are asked for; with limits, in the order of the files."""
        known = self._known[file]
        self._n_settled += 1
        if isinstance(known, FileFailed):
            return Settlement(file, None, (), known)
        before, n_entries = self._chain_entries, known.n_entries
        self._chain_entries += n_entries
        steps = self._steps.get(file)
        if not n_entries and steps in (None, NO_ENTRIES):
            return Settlement(file, known, NO_ENTRIES if self._takes_empty and self._first <= before else (), None)
        if steps is not None:
            return Settlement(file, known, () if steps == NO_ENTRIES else steps, None)
        if not self._is_chained:
            return Settlement(file, known, ((0, n_entries),), None)
        first = min(max(self._first - before, 0), n_entries)
        stop = n_entries if self._stop is None else min(self._stop - before, n_entries)
        return Settlement(file, known, ((first, stop),) if first < stop else (), None)

    def _is_past_the_end(self) -> bool:
        if self._stop is None:
            return False
        return self._chain_entries >= self._stop or self._stop == self._first

    def _look_ahead(self) -> None:
        """Estimate what is still to come; drop the files behind the last entry asked for."""
        self.is_settled = self._n_settled == self._n_files or self._is_past_the_end()
        if self.is_settled:
            self.to_ask.clear()
            self.unsettled_entries = 0.0
            return
        mean = self._opened_entries / max(1, len(self._known))
        estimate = mean * (self._n_files - self._n_settled)
        if self._stop is not None:
            estimate = min(estimate, self._stop - max(self._chain_entries, self._first))
        self.unsettled_entries = estimate


def _why_too_short(grid: FileGrid, steps: tuple[Range, ...] | None) -> str:
    """Say that a file is too short for the ranges that the dataset names, and so not the one that was meant."""
    if grid is NOTHING or not steps or steps[-1][1] <= grid.n_entries:
        return ""
    return f"entries up to {steps[-1][1]:,} are asked for, and the tree {grid.tree} has {grid.n_entries:,}"
