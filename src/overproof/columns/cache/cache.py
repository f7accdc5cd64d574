"""The cache of columns, as one process has it."""

from __future__ import annotations

from pathlib import Path

from overproof.columns.cache.packing import buffers_of, can_be_packed, note_of, unpacked
from overproof.columns.layouts import NativeColumn
from overproof.store.cache_place import CachePlace
from overproof.store.mapped import MappedStore

LEAST_BYTES = 4096
"""A range that is smaller, and not the whole of a tree, costs more to keep than to read."""


class ColumnCache:
    """Keeps columns for all processes of a user on a machine; off until it is told where it lies.

    Nothing here raises: what cannot be kept or found is read from the file.
    """

    def __init__(self) -> None:
        self._place: CachePlace | None = None
        self._store: MappedStore | None = None
        self.served_bytes = 0

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

    def find(self, key: str, first: int, stop: int) -> NativeColumn | None:
        """Return a column of a range of entries; None where it is not kept."""
        if self._store is None:
            return None
        records = self._store.find(key, first, stop)
        if not records:
            return None
        try:
            column = unpacked(records, first, stop)
        except (ValueError, TypeError):
            return None
        self.served_bytes += column.size_bytes
        return column

    def holds(self, key: str, first: int, stop: int) -> bool:
        """Tell whether a column of a range of entries is kept."""
        return self._store is not None and self._store.holds(key, first, stop)

    def keep(
        self, key: str, column: NativeColumn, *, first: int, stop: int, n_entries: int, cost_s: float, label: str
    ) -> None:
        """Keep a column of a range of entries, if it is worth that.

        Args:
            key: of the column.
            column: what was read.
            first, stop: the range.
            n_entries: of the whole tree.
            cost_s: seconds that it took.
            label: what the column is, for people.
        """
        is_small = column.size_bytes < LEAST_BYTES and stop - first < n_entries
        if self._store is None or stop <= first or is_small or not can_be_packed(column):
            return
        self._store.put(
            key, first, stop, note=note_of(column), buffers=buffers_of(column), cost_s=cost_s, label=label.encode()
        )

    def rest(self) -> None:
        """Tell others what was asked for, and let go of what was thrown away."""
        if self._store is not None:
            self._store.rest()

    def shed(self) -> None:
        """Let go of what was thrown away, which takes memory until then; for any thread."""
        if self._store is not None:
            self._store.shed()
