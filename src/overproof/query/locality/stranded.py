"""What nobody reads who may: how long it is waited for, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from overproof.query.files import Files
from overproof.query.ledger import Ledger
from overproof.query.locality.locality import Locality
from overproof.query.roster import Roster, Worker
from overproof.query.shelf import Shelf
from overproof.records.outcome.gaps import Unread
from overproof.words.ids import FileIndex

PATIENCE_S = 10.0
"""So long must nobody have been there who may read any of what is left, before it is left unread."""
AFTER_ANOTHER = "which of its entries are asked for is known only when the files before it were looked into"


class Stranded:
    """Tells whether only such work is left as no worker may do, where files are read near only (rule 17)."""

    __slots__ = ("_files", "_ledger", "_locality", "_roster", "_shelf", "_since_s")

    def __init__(self, files: Files, ledger: Ledger, *, shelf: Shelf, roster: Roster, locality: Locality) -> None:
        self._files = files
        self._ledger = ledger
        self._shelf = shelf
        self._roster = roster
        self._locality = locality
        self._since_s: float | None = None

    def is_hopeless(self, now: float) -> bool:
        """Tell whether it is so, and has been for a while; asked twice a second."""
        if not self._is_so():
            self._since_s = None
            return False
        if self._since_s is None:
            self._since_s = now
        return now - self._since_s >= PATIENCE_S

    def _is_so(self) -> bool:
        locality, roster = self._locality, self._roster
        if not (locality.is_strict and locality.is_final and roster.workers) or len(roster.idle) < len(roster.workers):
            return False
        if not (self._shelf.n_waiting or self._files.to_ask):
            return False
        return not any(self._is_readable(file) for file in (*self._shelf.waiting_files(), *self._files.to_ask))

    def has_work_for(self, worker: Worker) -> bool:
        """Tell whether blocks wait that a worker may read, where files are read near only."""
        return any(self._locality.next_block(worker, file) is not None for file in self._shelf.waiting_files())

    def _is_readable(self, file: FileIndex) -> bool:
        return any(self._locality.has_worker_at(host) for host in self._hosts(file))

    def _hosts(self, file: FileIndex) -> list[str]:
        """List the hosts where some of what is left of a file can be read: copies that were given up do not count."""
        places = self._locality.places
        numbers = chain.from_iterable(range(*run) for run in self._shelf.waiting_runs(file))
        if not places.has_failures or not self._shelf.has(file):
            copies = places.readings(file)
        else:
            copies = tuple(chain.from_iterable(places.readings_of_block(file, number) for number in numbers))
        return list(dict.fromkeys(each.stock.host for each in copies if each.stock.host))

    def unread(self, reason: str) -> Iterator[Unread]:
        """List what waits, and files not looked into, by file, with the reason for it.

        Args:
            reason: why the query ended; empty: none that goes for everything, and only what nobody may read is told.
        """
        before = ""  # of a file of which nobody knows how many entries are asked for, as it lacks one before it
        for file in sorted({*self._shelf.waiting_files(), *self._files.unsettled()}):
            why = reason or (before if self._files.is_known(file) and not self._shelf.has(file) else self._why(file))
            if not why:
                continue
            before = before or AFTER_ANOTHER
            if not self._shelf.has(file):
                yield Unread(file=file, tree=None, first=0, stop=None, reason=why)
            tree = self._files.tree(file) if self._shelf.has(file) else None
            for first, stop in self._ranges(file):
                yield Unread(file=file, tree=tree, first=first, stop=stop, reason=why)

    def _ranges(self, file: FileIndex) -> Iterator[tuple[int, int]]:
        """Yield what waits of a file, ranges that touch as one."""
        last: tuple[int, int] | None = None
        for start, stop in self._shelf.waiting_runs(file):
            for block in self._ledger.blocks[start:stop]:
                for part in block.parts:
                    if last is not None and last[1] == part[0]:
                        last = (last[0], part[1])
                        continue
                    if last is not None:
                        yield last
                    last = part
        if last is not None:
            yield last

    def _why(self, file: FileIndex) -> str:
        if not self._locality.is_strict or self._is_readable(file):
            return ""
        places, hosts = self._locality.places, self._hosts(file)
        if hosts:
            why = f"no worker ran on {' or '.join(hosts)}, where it lies"
        elif places.hosts(file):
            why = f"the copies on {' and '.join(places.hosts(file))} failed"
        else:
            why = "nobody knows on which host it lies"
        return places.whole_reason(file, f"{why}, and files are read by workers on their host only")
