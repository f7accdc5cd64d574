"""Open trees, kept open."""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeAlias

from overproof.columns.cache.cache import ColumnCache
from overproof.columns.cache.reader import CachedReader
from overproof.columns.cache.version import glance_at
from overproof.columns.formats import Reader
from overproof.columns.friends.opening import open_joined
from overproof.columns.native.steps import Machinery
from overproof.columns.opening import open_reader, verify_file
from overproof.records.dataset import FileSpec, Friend
from overproof.words.errors import OverproofError

__all__ = ["Reader", "ReaderCache"]

_Key: TypeAlias = tuple[str, str | None, tuple[Friend, ...]]


def _key(spec: FileSpec) -> _Key:
    """Return what of a file its reader depends on: not on what is asked for or told of it."""
    return spec.path, spec.tree, spec.friends


class ReaderCache:
    """Keeps the readers used last; a worker has one of these for life.

    Opening a file means parsing the description of all of its branches, which takes a second for NanoAOD.

    Args:
        limit: readers kept open; each holds one file open.
        limit_branches: branches of all readers kept open; each costs some 10 kB of memory.

    Attributes:
        columns: what all readers look into before they read; off unless it is told where it lies.
        machinery: what gives compiled steps to all readers; none unless it is told to.
    """

    def __init__(self, *, limit: int = 16, limit_branches: int = 10_000) -> None:
        self.columns = ColumnCache()
        self.machinery = Machinery()
        self._limit = limit
        self._limit_branches = limit_branches
        self._readers: OrderedDict[_Key, Reader] = OrderedDict()
        self._closed_bytes = 0
        self._verified: set[tuple[str, str, str]] = set()

    @property
    def read_bytes(self) -> int:
        """Compressed bytes read so far by all readers, closed ones too."""
        return self._closed_bytes + sum(reader.read_bytes for reader in self._readers.values())

    def get(self, spec: FileSpec, *, identity: str = "", verify: bool = False) -> Reader:
        """Return the reader of a tree, opened now or before; a file that has changed meanwhile is opened anew.

        Args:
            spec: file and tree.
            identity: the version to have if it is still open; what is returned may be another one. Empty: the one
                to which the path leads now.
            verify: compare the checksum that the file should have, once for each version of it.

        Raises:
            DatasetError: nothing that can be used; a checksum that nobody can compute.
            ReadError: phase `open`; the next call tries again.
        """
        key = _key(spec)
        reader = self._readers.get(key)
        if reader is not None and not reader.serves(identity if reader.identity else ""):
            self._drop(key)
            reader = None
        if reader is None:
            reader = self._readers[key] = open_joined(spec, opener=self._open)
            while len(self._readers) > 1 and self._is_too_much():
                self._drop(next(iter(self._readers)))
        else:
            self._readers.move_to_end(key)
        if verify:
            self._verify(spec, reader)
        return reader

    def _open(self, spec: FileSpec) -> Reader:
        seen = glance_at(spec.path)
        return CachedReader(open_reader(spec, machinery=self.machinery), self.columns, seen=seen)

    def _verify(self, spec: FileSpec, reader: Reader) -> None:
        """Compare the checksum of a file, unless this version of it was compared before."""
        known = (spec.path, spec.checksum, reader.identity)
        if known in self._verified:
            return
        try:
            verify_file(spec)
        except OverproofError:
            self._drop(_key(spec))
            raise
        self._verified.add(known)

    def _is_too_much(self) -> bool:
        n_branches = sum(len(reader.names) for reader in self._readers.values())
        return len(self._readers) > self._limit or n_branches > self._limit_branches

    def _drop(self, key: _Key) -> None:
        reader = self._readers.pop(key)
        self._closed_bytes += reader.read_bytes
        reader.close()

    def tidy_up(self) -> None:
        """Let every reader do what was put off while somebody waited: a query has ended."""
        for reader in self._readers.values():
            reader.tidy_up()

    def close(self) -> None:
        """Close every reader; the cache can be used again."""
        while self._readers:
            self._drop(next(iter(self._readers)))
