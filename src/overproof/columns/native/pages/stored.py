"""Which pages of a column hold which of its elements."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from overproof.columns.files.damage import DamageError
from overproof.columns.files.local import Range
from overproof.columns.layouts import PageColumn
from overproof.columns.native.pages.encodings import ENCODINGS

CHECKSUM_BYTES = 8
"""Behind a page: its XXH3."""


class Part(NamedTuple):
    """Some elements of one page.

    Attributes:
        page: number of the page in its column.
        first: first element, counted in the page.
        stop: last (exclusive).
        n_elements: of the whole page.
    """

    page: int
    first: int
    stop: int
    n_elements: int

    @property
    def is_whole(self) -> bool:
        """Tell whether these are all elements of the page."""
        return self.stop - self.first == self.n_elements


class StoredColumn:
    """The pages of one physical column.

    Args:
        number: of the column.
        column: what the layout says of it.
    """

    def __init__(self, number: int, column: PageColumn) -> None:
        self.number = number
        self.what = column.what
        self.n_bits = column.n_bits
        self.value_range = column.value_range
        self.encoding = ENCODINGS[column.encoding]
        self._column = column
        self._before = np.concatenate([np.zeros(1, np.int64), np.cumsum(column.n_elements)])

    def n_elements(self, cluster: int) -> int:
        """Count the elements stored for a cluster."""
        pages = self.pages(cluster)
        return int(self._before.item(pages.stop) - self._before.item(pages.start))

    def pages(self, cluster: int) -> range:
        """Return the numbers of all pages of a cluster."""
        bounds = self._column.pages
        return range(bounds.item(cluster), bounds.item(cluster + 1))

    def parts(self, cluster: int, first: int, stop: int) -> list[Part]:
        """Return where some of the elements stored for a cluster lie, counted from the first of them."""
        if stop <= first:
            return []
        pages, before = self.pages(cluster), self._before
        start = before.item(pages.start)
        if len(pages) == 1:
            return [Part(pages.start, first, stop, before.item(pages.stop) - start)]
        first, stop = first + start, stop + start
        low = int(before.searchsorted(first, side="right")) - 1
        high = int(before.searchsorted(stop, side="left"))
        return [
            Part(low + at, max(first, begin) - begin, min(stop, end) - begin, end - begin)
            for at, (begin, end) in enumerate(pairwise(before[low : high + 1].tolist()))
            if end > begin
        ]

    def size_bytes(self, page: int) -> int:
        """Return the bytes of a page as stored, without its checksum."""
        return self._column.sizes_bytes.item(page)

    def has_checksum(self, page: int) -> bool:
        """Tell whether a checksum stands behind a page."""
        return self._column.has_checksum.item(page)

    def place(self, page: int) -> Range:
        """Return where a page lies, with its checksum."""
        start = self._column.seeks.item(page)
        return start, start + self.size_bytes(page) + (CHECKSUM_BYTES if self.has_checksum(page) else 0)


class Slot:
    """One column as a field has it; in each cluster it is written in one of several ways.

    Args:
        stored: the way in which it is written first of all, and the others.
        first_element: from which on anything is stored; zeros come before.
    """

    def __init__(self, *stored: StoredColumn, first_element: int = 0) -> None:
        self.number = stored[0].number
        self.what = stored[0].what
        self.is_index = stored[0].encoding.is_index
        self.dtype = stored[0].encoding.dtype
        self._ways = stored
        self._first_element = first_element

    def in_cluster(self, cluster: int) -> StoredColumn:
        """Return the way in which it is written in a cluster."""
        if len(self._ways) == 1:
            return self._ways[0]
        return next((each for each in self._ways if each.pages(cluster)), self._ways[0])

    def n_zeros(self, cluster: int, *, before: int, n_elements: int) -> int:
        """Return how many elements of a cluster are not stored, as the column began later, and check the others.

        Args:
            cluster: number of the cluster.
            before: elements in front of the cluster.
            n_elements: of the cluster.

        Raises:
            DamageError: fewer or more elements than the cluster has are stored.
        """
        n_zeros = min(max(self._first_element - before, 0), n_elements) if self._first_element else 0
        n_stored = self.in_cluster(cluster).n_elements(cluster)
        if n_stored != n_elements - n_zeros:
            raise DamageError(
                f"{self.what}: its pages hold {n_stored:,} elements, and the cluster has {n_elements - n_zeros:,} of it"
            )
        return n_zeros
