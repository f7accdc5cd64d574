"""The cache of columns, as one process has it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from overproof.columns.cache.key import ColumnKey
from overproof.columns.cache.packing import buffers_of, bytes_of, can_be_packed, digest_in, digest_of, note_of, unpacked
from overproof.columns.layouts import NativeColumn
from overproof.columns.layouts.column import Offsets
from overproof.store.cache_place import CachePlace
from overproof.store.mapped import MappedStore, Record

LEAST_BYTES = 4096
"""A range that is smaller, and not the whole of a tree, costs more to keep than to read."""


class ColumnCache:
    """Keeps columns for all processes of a user on a machine; off until it is told where it lies.

    Nothing here raises: what cannot be kept or found is read from the file. Selectors may ask from several threads.
    """

    def __init__(self) -> None:
        self._place: CachePlace | None = None
        self._store: MappedStore | None = None
        self.served_bytes = 0
        self._lock = threading.RLock()

    @property
    def is_on(self) -> bool:
        """Tell whether columns are looked for."""
        return self._store is not None

    @property
    def place(self) -> CachePlace | None:
        """Return where it lies; None: nowhere."""
        return self._place

    def use(self, place: CachePlace | None) -> None:
        """Lie somewhere else, or nowhere: None."""
        if place != self._place:
            if self._store is not None:
                self._store.rest()
            self._place = place
            self._store = None if place is None else MappedStore(Path(place.directory), limit_bytes=place.limit_bytes)

    def find(self, key: ColumnKey, first: int, stop: int) -> NativeColumn | None:
        """Return a column of a range of entries; None where it is not kept."""
        if self._store is None:
            return None
        with self._lock:
            return self._found(self._store, key, first, stop)

    def _found(self, store: MappedStore, key: ColumnKey, first: int, stop: int) -> NativeColumn | None:
        records = store.find(key.column, first, stop)
        if not records:
            return None
        try:
            column = unpacked(records, first, stop, lists=partial(self._lists, key.lists))
        except (LookupError, ValueError, TypeError):
            return None
        self.served_bytes += column.size_bytes
        return column

    def holds(self, key: ColumnKey, first: int, stop: int) -> bool:
        """Tell whether a column of a range of entries is kept."""
        if self._store is None:
            return False
        with self._lock:
            return self._is_usable(self._store, key, first, stop)

    def keep(
        self, key: ColumnKey, column: NativeColumn, *, first: int, stop: int, n_entries: int, cost_s: float
    ) -> None:
        """Keep a column of a range of entries, if it is worth that.

        Args:
            key: of the column.
            column: what was read.
            first, stop: the range.
            n_entries: of the whole tree.
            cost_s: seconds that it took.
        """
        is_small = column.size_bytes < LEAST_BYTES and stop - first < n_entries
        if self._store is None or stop <= first or is_small or not can_be_packed(column):
            return
        with self._lock:
            self._keep(self._store, key, column, first=first, stop=stop, cost_s=cost_s)

    def _keep(
        self, store: MappedStore, key: ColumnKey, column: NativeColumn, *, first: int, stop: int, cost_s: float
    ) -> None:
        digest, label = "", key.label.encode()
        if column.offsets:
            share = column.offsets[0].nbytes / column.size_bytes
            digest = self._keep_lists(store, key, column.offsets[0], first=first, stop=stop, cost_s=cost_s * share)
            cost_s *= 1 - share if digest else 1
        if self._is_usable(store, key, first, stop):
            return
        # What has lost its lists for good would take room, and be found instead of what is put now.
        if store.peek(key.column, first, stop) and not store.drop(key.column):
            return
        note, buffers = note_of(column, digest=digest), buffers_of(column, digest=digest)
        store.put(key.column, first, stop, note=note, buffers=buffers, cost_s=cost_s, label=label)

    def _keep_lists(
        self, store: MappedStore, key: ColumnKey, offsets: Offsets, *, first: int, stop: int, cost_s: float
    ) -> str:
        """Keep where lists begin for all columns that have the same; return their digest, empty where that fails."""
        digest = digest_of(offsets)
        if not self._is_exact(store.peek(key.lists, first, stop), first, stop):
            buffers, label = [bytes_of(offsets)], key.label_of_lists.encode()
            store.put(key.lists, first, stop, note=digest.encode(), buffers=buffers, cost_s=cost_s, label=label)
            # Asked for once, when they have come in: else they go before their first column is there. If those that
            # are refused counted it, the lists of everything would push out all columns.
            if store.peek(key.lists, first, stop):
                store.find(key.lists, first, stop)
        is_same = self._same_lists(store.peek(key.lists, first, stop), digest, first, stop)
        return digest if is_same else ""

    def _is_usable(self, store: MappedStore, key: ColumnKey, first: int, stop: int) -> bool:
        """Tell whether a column of a range of entries is kept with all that it needs."""
        records = store.peek(key.column, first, stop)
        try:
            for record in records:
                if digest := digest_in(record.note):
                    self._lists(key.lists, record.first, record.stop, digest)
        except (LookupError, ValueError, TypeError):
            return False
        return bool(records)

    def _lists(self, key: str, first: int, stop: int, digest: str) -> Offsets:
        """Return where the lists of some entries begin.

        Raises:
            LookupError: that is not kept, or they are other lists.
        """
        assert self._store is not None
        records = self._store.peek(key, first, stop)
        if not self._same_lists(records, digest, first, stop):
            raise LookupError(key)
        return records[0].buffers[0].view(np.int64)

    @staticmethod
    def _same_lists(records: Sequence[Record], digest: str, first: int, stop: int) -> bool:
        return ColumnCache._is_exact(records, first, stop) and records[0].note == digest.encode()

    @staticmethod
    def _is_exact(records: Sequence[Record], first: int, stop: int) -> bool:
        return len(records) == 1 and (records[0].first, records[0].stop) == (first, stop)

    def rest(self) -> None:
        """Tell others what was asked for, and let go of what was thrown away."""
        if self._store is not None:
            self._store.rest()

    def shed(self) -> None:
        """Let go of what was thrown away, which takes memory until then; for any thread."""
        if self._store is not None:
            self._store.shed()
