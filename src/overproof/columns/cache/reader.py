"""A reader that looks into the cache first."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from overproof.columns.cache.cache import ColumnCache
from overproof.columns.cache.key import ColumnKey, key_of
from overproof.columns.cache.version import Glance, version_of
from overproof.columns.formats import Reader
from overproof.columns.layouts import NativeColumn
from overproof.records.dataset import FileGrid
from overproof.records.schema import Schema
from overproof.words.errors import BranchError


class CachedReader:
    """Reads one tree; columns that were read before, by whatever process of the user, come out of memory.

    What is kept belongs to one version of a file. A file of which nobody can tell the version, such as a remote one,
    is read as if there were no cache.

    Args:
        reader: the tree; it is closed with this one.
        cache: of this process.
        seen: what the file looked like before it was opened; None: nobody could tell.
    """

    def __init__(self, reader: Reader, cache: ColumnCache, *, seen: Glance | None) -> None:
        self._reader = reader
        self._cache = cache
        self._seen = seen
        self._version: str | None = None
        self._keys: dict[str, ColumnKey] = {}
        self.path = reader.path
        self.tree = reader.tree
        self.uuid = reader.uuid
        self.identity = reader.identity
        self.n_entries = reader.n_entries
        self.size_bytes = reader.size_bytes
        self.has_index = reader.has_index

    @property
    def read_bytes(self) -> int:
        """Compressed bytes read so far; what comes out of memory is none."""
        return self._reader.read_bytes

    @property
    def names(self) -> Sequence[str]:
        """Names of all branches, as in the schema."""
        return self._reader.names

    def resolve(self, name: str) -> str:
        """Return the one spelling that the reader uses for a branch."""
        return self._reader.resolve(name)

    def find(self, name: str) -> str | None:
        """Return what `resolve` does, and quickly None where there is no such branch."""
        return self._reader.find(name)

    def named_friends(self) -> list[tuple[str, str, str]]:
        """Return the friends that the tree names."""
        return self._reader.named_friends()

    def schema(self) -> Schema:
        """Tell the branches and their types."""
        return self._reader.schema()

    def grid(self, block_entries: int) -> FileGrid:
        """Tell the blocks."""
        return self._reader.grid(block_entries)

    def read(self, names: Sequence[str], first: int, stop: int) -> dict[str, Any]:
        """Read columns of the entries from `first` to `stop`."""
        if not self._is_on():
            return self._reader.read(names, first, stop)
        native = self.read_native(names, first, stop)
        others = [name for name in names if name not in native]
        arrays = self._reader.read(others, first, stop) if others else {}
        return {name: native[name].to_awkward() if name in native else arrays[name] for name in names}

    def read_native(self, names: Sequence[str], first: int, stop: int) -> dict[str, NativeColumn]:
        """Read those of some columns that are plain enough to be had as arrays."""
        if stop <= first or not self._is_on():
            return self._reader.read_native(names, first, stop)
        found: dict[str, NativeColumn] = {}
        for name in names:
            column = self._cache.find(self._key(name), first, stop)
            if column is not None:
                found[name] = column
        lacking = [name for name in names if name not in found]
        if lacking:
            found |= self._read_and_keep(lacking, first, stop)
        return found

    def expect(self, names: Sequence[str], first: int, stop: int) -> None:
        """Learn which columns will be read soon; those that are kept need no bytes of the file."""
        if self._is_on():
            names = [name for name in names if not self._holds(name, first, stop)]
        if names:
            self._reader.expect(names, first, stop)

    def _holds(self, name: str, first: int, stop: int) -> bool:
        try:
            return self._cache.holds(self._key(name), first, stop)
        except BranchError:
            return False

    def tidy_up(self) -> None:
        """Do what was put off while somebody waited."""
        self._reader.tidy_up()

    def serves(self, identity: str) -> bool:
        """Tell whether this is still the version asked for; when none is (empty), whether the path leads here."""
        return self._reader.serves(identity)

    def close(self) -> None:
        """Give the file back."""
        self._reader.close()

    def _is_on(self) -> bool:
        if not self._cache.is_on:
            return False
        if self._seen is not None and self._version is None:
            self._version = version_of(self._seen, self.identity)
            self._seen = None
        return self._version is not None

    def _key(self, name: str) -> ColumnKey:
        """Return under which key a column is kept.

        Raises:
            BranchError: no such branch.
        """
        key = self._keys.get(name)
        if key is None:
            key = self._keys[name] = key_of(
                version=self._version or "", path=self.path, tree=self.tree, column=self._reader.resolve(name)
            )
        return key

    def _read_and_keep(self, names: Sequence[str], first: int, stop: int) -> dict[str, NativeColumn]:
        """Read from the file, and keep what is worth it; the time is shared out by the bytes that came."""
        began_s = time.perf_counter()
        columns = self._reader.read_native(names, first, stop)
        took_s = time.perf_counter() - began_s
        total_bytes = sum(column.size_bytes for column in columns.values())
        for name, column in columns.items():
            self._cache.keep(
                self._key(name),
                column,
                first=first,
                stop=stop,
                n_entries=self.n_entries,
                cost_s=took_s * column.size_bytes / max(total_bytes, 1),
            )
        return columns
