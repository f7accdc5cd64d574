"""From the pages of an RNTuple to arrays, each page decompressed once, into its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from overproof.columns.files import ByteSource, Range
from overproof.columns.files.damage import translated
from overproof.columns.layouts import FieldLayout, NativeColumn, TreeLayout
from overproof.columns.layouts.column import frozen
from overproof.columns.native.pages.fetched import FetchedPages
from overproof.columns.native.pages.reading import Columns, Cut, Reading, scale_of
from overproof.columns.native.pages.stored import Slot, StoredColumn
from overproof.columns.native.steps import Machinery


class PageDecoder:
    """Reads columns of one RNTuple; keeps pages that a range has cut, for the range that follows.

    Args:
        tree: where the columns lie; those that are asked for are `FieldLayout`.
        source: the bytes of the file.
        machinery: what gives compiled steps; None: nothing does.
    """

    def __init__(self, tree: TreeLayout, source: ByteSource, *, machinery: Machinery | None = None) -> None:
        self._tree = tree
        self._source = source
        self._machinery = machinery or Machinery()
        self._pages = FetchedPages(source, path=tree.path, machinery=self._machinery)
        self._stored: dict[int, StoredColumn] = {}
        self._slots: dict[int, Slot] = {}
        self._asked: tuple[tuple[str, ...], dict[str, FieldLayout], Columns] = ((), {}, {})

    @property
    def read_bytes(self) -> int:
        """Compressed bytes of pages read so far."""
        return self._pages.read_bytes

    @property
    def n_decoded(self) -> int:
        """Pages decompressed so far."""
        return self._pages.n_decoded

    def read(self, names: Sequence[str], first: int, stop: int) -> dict[str, NativeColumn]:
        """Return columns of the entries from `first` to `stop`.

        All missing pages are fetched in one request, unless the range begins or ends inside of a cluster: then the
        pages inside of lists are fetched in one more for each depth of them, when it is known which they are.

        Raises:
            ReadError: phase `read` or `decode`.
        """
        fields, columns = self._ask(names)
        if stop <= first:
            return {name: _empty(field) for name, field in fields.items()}
        with translated(self._tree.path, "decode"):
            reading = Reading(columns, self._pages, self._cuts(first, stop), machinery=self._machinery)
            try:
                reading.read()
            finally:
                self._pages.forget()
            return {name: reading.column(field) for name, field in fields.items()}

    def ranges(self, names: Sequence[str], first: int, stop: int) -> list[Range]:
        """Tell which bytes a `read` would fetch, about: which pages are inside of lists is guessed."""
        if stop <= first:
            return []
        _, columns = self._ask(names)
        found = [
            stored.place(part.page)
            for cut in self._cuts(first, stop)
            for slot, _ in columns.values()
            for stored, part in _guessed(slot, cut)
            if not self._pages.has(stored, part.page)
        ]
        return list(dict.fromkeys(found))

    def _ask(self, names: Sequence[str]) -> tuple[dict[str, FieldLayout], Columns]:
        """Return fields, and the columns that they are in; block after block is asked for the same."""
        if self._asked[0] != tuple(names):
            fields = {name: self._field(name) for name in names}
            self._asked = (tuple(names), fields, self._columns(fields))
        return self._asked[1:]

    def _field(self, name: str) -> FieldLayout:
        field = self._tree.columns[name]
        assert isinstance(field, FieldLayout)
        return field

    def _columns(self, fields: Mapping[str, FieldLayout]) -> Columns:
        """Return the physical columns of fields, each with the number of its elements for one of what it is in."""
        return {
            field.columns[: depth + 1]: (self._slot(number), scale_of(field) if depth + 1 == len(field.columns) else 1)
            for field in fields.values()
            for depth, number in enumerate(field.columns)
        }

    def _slot(self, number: int) -> Slot:
        if number not in self._slots:
            column = self._tree.pages[number]
            ways = [self._stored_column(each) for each in (number, *column.others)]
            self._slots[number] = Slot(*ways, first_element=column.first_element)
        return self._slots[number]

    def _stored_column(self, number: int) -> StoredColumn:
        if number not in self._stored:
            self._stored[number] = StoredColumn(number, self._tree.pages[number])
        return self._stored[number]

    def _cuts(self, first: int, stop: int) -> list[Cut]:
        """Return which entries of which clusters a range has."""
        clusters = self._tree.clusters
        low = int(clusters.searchsorted(first, side="right")) - 1
        high = int(clusters.searchsorted(stop, side="left"))
        bounds = clusters[low : high + 1].tolist()
        return [
            Cut(low + at, begin, end - begin, max(first - begin, 0), min(stop, end) - begin)
            for at, (begin, end) in enumerate(pairwise(bounds))
            if end > begin
        ]


def _guessed(slot: Slot, cut: Cut) -> Iterator[tuple[StoredColumn, Any]]:
    """Give the parts of a column that entries take of a cluster, were its elements spread evenly over the entries."""
    stored = slot.in_cluster(cut.cluster)
    n_elements = stored.n_elements(cut.cluster)
    first, stop = n_elements * cut.first // cut.n_elements, -(-n_elements * cut.stop // cut.n_elements)
    for part in stored.parts(cut.cluster, first, stop):
        yield stored, part


def _empty(field: FieldLayout) -> NativeColumn:
    n_jagged = len(field.columns) - 1
    values = frozen(np.empty((0, *field.fixed_shape), field.dtype))
    return NativeColumn(values=values, offsets=tuple(frozen(np.zeros(1, np.int64)) for _ in range(n_jagged)))
