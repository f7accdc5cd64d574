"""A directory of mapped files, under a budget, shared by any number of processes of one user."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from overproof.store.mapped.eviction import Standing, choose_leaving
from overproof.store.mapped.file.header import HEADER_BYTES, digest_of
from overproof.store.mapped.file.reading import DamagedError, MappedFile
from overproof.store.mapped.file.record import Record, pieces_of, size_of
from overproof.store.mapped.file.writing import Writer, existing, throw_away, written
from overproof.store.mapped.ledger import Ledger, ledger_of
from overproof.store.mapped.room import boot_id, room_bytes
from overproof.store.mapped.survey import group_of, is_private, name_of, survey
from overproof.store.private import make_private

MAX_FILES = 16_384
"""More would take longer to look through than they save."""
MAX_OPEN = 4_096
"""Files that a process looks into at the same time."""
ASKED_SHARE = 1 / 50
"""Share of the budget for notes of what was asked for and is not kept."""
SLACK_SHARE = 1 / 20
"""Share of the budget that is made free in one go."""
TOLD_EVERY_S = 2.0
"""How often a process tells others what it has asked for."""
REFUSED_S = 10.0
"""How long nobody asks again whether there is room for what was refused."""
ROOM_S = 0.25
"""How often the system is asked how much room there is."""
TROUBLE_S = 60.0
"""How long nothing is written after writing has failed."""


class _Known:
    """What a process knows of one key: its file, and what it has asked for and not told yet."""

    __slots__ = ("asked", "digest", "end", "file", "first", "path", "stop", "told_s")

    def __init__(self, directory: Path, key: str, now: float) -> None:
        self.digest = digest_of(key)
        self.path = directory / name_of(key)
        self.file: MappedFile | None = None
        self.asked = self.first = self.stop = self.end = 0
        self.told_s = now

    def ask(self, first: int, stop: int) -> None:
        self.first = min(first, self.first) if self.asked else first
        self.stop = max(stop, self.stop) if self.asked else stop
        self.asked += stop - first

    def tell(self, writer: Writer, now: float) -> None:
        writer.ask(self.asked, first=self.first, stop=self.stop)
        self.asked, self.told_s = 0, now


class MappedStore:
    """Keeps records of buffers under keys; may forget any of them, never gives a wrong one, never fails.

    One file a key. When there is no room, the key with the least score goes: seconds to get it again, times uses of the
    last hour, per byte. A directory that cannot be made, that is not this user's alone, or that is full makes the store
    forgetful, not an error.

    Args:
        directory: where the files lie; made with the first, with mode 0700.
        limit_bytes: how much all files together may take.
        max_files: how many there may be.
        max_open: how many of them this process looks into at the same time.
        now: seconds since the epoch.
    """

    def __init__(
        self,
        directory: Path,
        *,
        limit_bytes: int,
        max_files: int = MAX_FILES,
        max_open: int = MAX_OPEN,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.directory = directory
        self.limit_bytes = limit_bytes
        self._max_files = max_files
        self._max_open = max_open
        self._now = now
        self._boot = boot_id()
        self._known: dict[str, _Known] = {}
        self._refused: tuple[float, float] = (0.0, 0.0)
        self._quiet_until_s = 0.0
        self._room: tuple[float, int] = (0.0, 0)

    def find(self, key: str, first: int, stop: int) -> tuple[Record, ...]:
        """Return records that contain a run of positions without a gap, in order; none where there are none."""
        known, now = self._about(key), self._now()
        known.ask(first, stop)
        found = self._look(known, first, stop)
        if found and now - known.told_s > TOLD_EVERY_S:
            self._tell(known, now)
        return found

    def put(
        self,
        key: str,
        first: int,
        stop: int,
        *,
        note: bytes,
        buffers: Sequence[memoryview],
        cost_s: float,
        label: bytes = b"",
    ) -> bool:
        """Keep buffers for a run of positions; tell whether they are kept now.

        Args:
            key: of what they belong to.
            first, stop: the run.
            note: what the buffers are.
            buffers: plain bytes.
            cost_s: seconds that it took to get them.
            label: what the key means, for people.
        """
        now = self._now()
        if now < self._quiet_until_s or size_of(note, buffers) > self.limit_bytes:
            return False
        known = self._about(key)
        try:
            make_private(self.directory)
            if not is_private(self.directory):
                return False
            with written(known.path, digest=known.digest, label=label, minute=int(now) // 60) as writer:
                if writer is None:
                    return False
                known.tell(writer, now)
                if writer.header.committed_bytes != known.end and self._has(known, first, stop):
                    return True
                size_bytes = size_of(note, buffers)
                if not self._reserve(writer, size_bytes, cost_s, path=known.path):
                    return False
                pieces = pieces_of(first, stop, note, buffers, cost_s=cost_s, boot=self._boot)
                writer.append(pieces, cost_s=cost_s)
                known.end = writer.header.committed_bytes
        except OSError:
            self._quiet_until_s = now + TROUBLE_S
            return False
        return True

    def peek(self, key: str, first: int, stop: int) -> tuple[Record, ...]:
        """Do what `find` does, without counting it as asking."""
        return self._look(self._about(key), first, stop)

    def _look(self, known: _Known, first: int, stop: int) -> tuple[Record, ...]:
        try:
            if known.file is None and not is_private(self.directory):
                return ()
            return self._opened(known).find(first, stop)
        except OSError as error:
            known.file = None
            if isinstance(error, DamagedError):
                throw_away(known.path)
            return ()

    def drop(self, key: str) -> bool:
        """Throw away all that is kept under a key; tell whether there is nothing any more."""
        known = self._about(key)
        known.file, known.end = None, 0
        try:
            if not is_private(self.directory) or not known.path.exists():
                return True
            size_bytes = known.path.stat().st_size
            if not throw_away(known.path):
                return False
            with ledger_of(self.directory) as ledger:
                if ledger is not None and ledger.is_known:
                    ledger.used_bytes -= size_bytes
                    ledger.n_files -= 1
        except OSError:
            return False
        return True

    def rest(self) -> None:
        """Tell what was asked for, and let go of files that were thrown away, which take room until then."""
        now = self._now()
        for known in self._known.values():
            if known.file is not None:
                self._tell(known, now)
        self.shed()

    def shed(self) -> None:
        """Let go of files that were thrown away, which take room until then; for any thread."""
        for known in list(self._known.values()):
            file = known.file
            if file is not None and file.is_gone:
                known.file = None

    def clear(self) -> int:
        """Throw everything away that nobody is writing; return the number of bytes that were in use."""
        self._known.clear()
        if not is_private(self.directory):
            return 0
        freed_bytes = 0
        try:
            for each in survey(self.directory, minute=int(self._now()) // 60):
                freed_bytes += each.size_bytes if throw_away(self.directory / each.name) else 0
            with ledger_of(self.directory) as ledger:
                if ledger is not None:
                    self._count(ledger)
        except OSError:
            pass
        return freed_bytes

    def _about(self, key: str) -> _Known:
        known = self._known.pop(key, None)
        if known is None:
            known = _Known(self.directory, key, self._now())
            while len(self._known) >= self._max_open:
                longest = self._known.pop(next(iter(self._known)))
                if longest.file is not None and longest.asked:
                    self._tell(longest, self._now())
        self._known[key] = known  # behind all others: the one that was used longest ago is the first
        return known

    def _tell(self, known: _Known, now: float) -> None:
        known.told_s = now
        with contextlib.suppress(OSError), existing(known.path, minute=int(now) // 60) as writer:
            if writer is not None and writer.header.digest == known.digest:
                known.tell(writer, now)

    def _has(self, known: _Known, first: int, stop: int) -> bool:
        """Tell whether somebody else has written the same meanwhile; to be asked while the file is locked."""
        try:
            return self._opened(known).has(first, stop)
        except OSError:
            return False

    def _opened(self, known: _Known) -> MappedFile:
        """Return the file of a key, opened now or before.

        Raises:
            OSError: there is none.
        """
        file = known.file
        if file is None or file.is_gone:
            file = known.file = MappedFile(known.path, digest=known.digest, boot=self._boot)
        return file

    # -- who may stay

    def _reserve(self, writer: Writer, size_bytes: int, cost_s: float, *, path: Path) -> bool:
        """Make room for a record of a locked file; tell whether there is some."""
        header = writer.header
        score = (header.cost_s + cost_s) * max(header.uses, 1.0) / (header.committed_bytes + size_bytes)
        with ledger_of(self.directory) as ledger:
            if ledger is None:
                return False
            if writer.is_new:
                ledger.used_bytes += HEADER_BYTES
                ledger.n_files += 1
            if not ledger.is_known:
                self._count(ledger)
            limit_bytes = self._limit_bytes(ledger)
            if self._is_room(ledger, size_bytes, limit_bytes, score=score, name=path.name):
                ledger.used_bytes += size_bytes
                return True
            # What was asked for is remembered, to be let in when it is asked for often; but not beyond the budget.
            if not header.n_records and (ledger.used_bytes > limit_bytes or ledger.n_files > self._max_files):
                writer.throw_away(path)
                ledger.used_bytes -= HEADER_BYTES
                ledger.n_files -= 1
        return False

    def _is_room(self, ledger: Ledger, size_bytes: int, limit_bytes: int, *, score: float, name: str) -> bool:
        """Tell whether there is room for a newcomer, or make some."""
        most_bytes = limit_bytes - int(limit_bytes * ASKED_SHARE) - size_bytes
        if ledger.used_bytes <= most_bytes and ledger.n_files <= self._max_files:
            return True
        now, (refused_until_s, refused_score) = self._now(), self._refused
        if now < refused_until_s and score <= refused_score:
            return False
        kept, (group, _) = self._count(ledger), group_of(name)
        leaving = choose_leaving(
            # Nobody comes in for what it needs itself.
            [each for each in kept if each.name != name and not (group and each.is_common and each.group == group)],
            needed_bytes=ledger.used_bytes - most_bytes,
            slack_bytes=int(limit_bytes * SLACK_SHARE),
            n_needed=ledger.n_files - self._max_files,
            score=score,
        )
        for each in leaving:
            if throw_away(self.directory / each.name):
                ledger.used_bytes -= each.size_bytes
                ledger.n_files -= 1
        if ledger.used_bytes <= most_bytes and ledger.n_files <= self._max_files:
            return True
        self._refused = (now + REFUSED_S, score)
        return False

    def _limit_bytes(self, ledger: Ledger) -> int:
        """Return the budget, less where others need the memory or the disk.

        Raises:
            OSError: nobody can tell how much room there is.
        """
        now, (at_s, room) = self._now(), self._room
        if not at_s <= now < at_s + ROOM_S:
            room = room_bytes(self.directory)
            self._room = (now, room)
        return min(self.limit_bytes, ledger.used_bytes + room)

    def _count(self, ledger: Ledger) -> list[Standing]:
        """Count all files anew, and tell what speaks for each.

        Raises:
            OSError: the directory cannot be listed.
        """
        kept = survey(self.directory, minute=int(self._now()) // 60)
        ledger.used_bytes, ledger.n_files = sum(each.size_bytes for each in kept), len(kept)
        return kept
