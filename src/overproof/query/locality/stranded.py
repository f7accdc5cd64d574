"""What nobody reads who may: how long it is waited for, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator

from overproof.query.files import Files
from overproof.query.ledger import Ledger
from overproof.query.locality.locality import Locality
from overproof.query.roster import Roster
from overproof.query.shelf import Shelf
from overproof.records.outcome.gaps import Unread
from overproof.words.ids import FileIndex

PATIENCE_S = 10.0
"""So long must nobody have been there who may read any of what is left, before it is left unread."""


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

    def _is_readable(self, file: FileIndex) -> bool:
        return any(self._locality.has_worker_at(host) for host in self._locality.places.hosts(file))

    def unread(self, reason: str) -> Iterator[Unread]:
        """List what waits, and files not looked into, by file, with the reason for it.

        Args:
            reason: why the query ended; empty: none that goes for everything, and only what nobody may read is told.
        """
        for file in sorted({*self._shelf.waiting_files(), *self._files.to_ask}):
            why = reason or self._why(file)
            if not why:
                continue
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
        hosts = self._locality.places.hosts(file)
        if not hosts:
            return "nobody knows on which host it lies, and files are read by workers on their host only"
        return f"no worker ran on {' or '.join(hosts)}, where it lies, and files are read by workers on their host only"
