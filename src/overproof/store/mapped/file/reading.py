"""A mapped file, open for reading."""

from __future__ import annotations

import bisect
import os
from pathlib import Path

from overproof.store.mapped.file.header import COMMITTED, COMMITTED_AT, HEADER_BYTES, STATE_AT, read_page
from overproof.store.mapped.file.mapping import Bytes, map_file
from overproof.store.mapped.file.record import Entry, Record, entry_at


class DamagedError(OSError):
    """A mapped file that cannot be trusted any more: throw it away."""


_LOOK_BACK = 16
"""Records that are tried for one that contains a position, from the nearest on; more only cost time."""


class MappedFile:
    """Finds records in a file to which others may append at the same time.

    Nothing before the committed length ever changes, so what is found is whole; what a machine that went down may have
    torn is compared with its checksum when it is first asked for.

    Args:
        path: the file.
        digest: of the key that it should have.
        boot: of the machine; records of another one are verified.

    Raises:
        DamagedError: something is wrong with it.
        OSError: it is not there, cannot be read, or is none of ours.
    """

    def __init__(self, path: Path, *, digest: bytes, boot: bytes) -> None:
        self._path = path
        self._boot = boot if any(boot) else b""
        self._entries: dict[tuple[int, int], Entry] = {}
        self._sorted: list[tuple[int, int]] = []
        self._verified: set[int] = set()
        self._read_bytes = HEADER_BYTES
        self._digest = digest
        self._inode: tuple[int, int] | None = None
        self._content = self._map()
        self.refresh()

    def _map(self) -> Bytes:
        handle = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            header = read_page(os.pread(handle, HEADER_BYTES, 0), minute=0)
            status = os.fstat(handle)
            # Another file may have come into its place, in which nothing is where it was.
            inode = self._inode = self._inode or (status.st_dev, status.st_ino)
            is_same = inode == (status.st_dev, status.st_ino)
            if header is None or header.is_gone or header.digest != self._digest or not is_same:
                raise OSError(f"{self._path} holds something else")
            # Never beyond the end of the file: looking there would end the process.
            size_bytes = min(header.committed_bytes, status.st_size)
            return map_file(handle, size_bytes)
        finally:
            os.close(handle)

    @property
    def is_gone(self) -> bool:
        """Tell whether the file was thrown away; what was taken out of it stays good."""
        return bool(self._content[STATE_AT])

    @property
    def committed_bytes(self) -> int:
        """Where the last whole record ends, now."""
        return int(COMMITTED.unpack_from(self._content.data, COMMITTED_AT)[0])

    def refresh(self) -> None:
        """Learn of records that were appended since.

        Raises:
            DamagedError: there is something else than records.
            OSError: the file was removed, or cannot be mapped.
        """
        if self.committed_bytes > len(self._content):
            self._content = self._map()
        while (entry := entry_at(self._content, self._read_bytes, end=len(self._content))) is not None:
            place = (entry.first, entry.stop)
            if place not in self._entries:
                bisect.insort(self._sorted, place)
            self._entries[place] = entry
            self._read_bytes = entry.offset + entry.size_bytes
        if self._read_bytes != len(self._content):
            raise DamagedError(f"{self._path} holds something else than records at byte {self._read_bytes:,}")

    def find(self, first: int, stop: int) -> tuple[Record, ...]:
        """Return records that contain a run of positions without a gap, in order; none where there are none.

        Raises:
            OSError: as `refresh`.
        """
        found = self._looked_for(first, stop)
        return tuple([entry.record(self._content) for entry in found])

    def has(self, first: int, stop: int) -> bool:
        """Tell whether there is a record of this very run of positions.

        Raises:
            OSError: as `refresh`.
        """
        self._looked_for(first, stop)
        return (first, stop) in self._entries

    def _looked_for(self, first: int, stop: int) -> list[Entry]:
        found = self._covering(first, stop)
        if not found and self.committed_bytes > self._read_bytes:
            self.refresh()
            found = self._covering(first, stop)
        for entry in found:
            if entry.boot != self._boot and entry.offset not in self._verified:
                self._verify(entry)
        return found

    def _covering(self, first: int, stop: int) -> list[Entry]:
        if (exact := self._entries.get((first, stop))) is not None:
            return [exact]
        found: list[Entry] = []
        while first < stop:
            at = bisect.bisect_right(self._sorted, (first, 2**63))
            near = [place for place in self._sorted[max(at - _LOOK_BACK, 0) : at] if place[1] > first]
            if not near:
                return []
            place = max(near, key=lambda place: place[1])
            found.append(self._entries[place])
            first = place[1]
        return found

    def _verify(self, entry: Entry) -> None:
        """Compare the checksum of what was written before the machine was started, once.

        Raises:
            DamagedError: it is another one.
        """
        if not entry.is_whole(self._content):
            raise DamagedError(f"{self._path} has lost what was written into it at byte {entry.offset:,}")
        self._verified.add(entry.offset)
