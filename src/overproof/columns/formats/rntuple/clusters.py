"""From the clusters of an RNTuple to arrays, each column of a cluster decompressed once."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import awkward as ak
import numpy as np
from uproot.const import rntuple_col_type_to_num_dict, rntuple_index_types

from overproof.columns.files.damage import DamageError, translated
from overproof.columns.files.local import Range
from overproof.columns.formats.checks.pages import check_count, check_ends, check_page, place_of
from overproof.columns.formats.source import fetch, holding
from overproof.columns.grid import Entries
from overproof.columns.layouts.widths import is_width
from overproof.words.units import MB

KEPT_LIMIT_BYTES = 128 * MB
"""Bytes of arrays kept because a range ended inside of a cluster."""


class ClusterReader:
    """Reads fields over whole clusters and cuts the entries out; keeps what a range has cut for the next range.

    uproot decompresses every cluster that a range touches, anew for each range, and the one behind it too.

    Args:
        ntuple: the RNTuple of uproot.
        path: local path or URL of the file.
        firsts: first entry of each cluster.
        lasts: last entry (exclusive) of each cluster.
    """

    def __init__(self, ntuple: Any, *, path: str, firsts: Entries, lasts: Entries) -> None:
        self._ntuple = ntuple
        self._path = path
        self._firsts = firsts
        self._lasts = lasts
        self._kept: OrderedDict[str, tuple[int, int, Any]] = OrderedDict()
        self._kept_bytes = 0
        self.read_bytes = 0
        self.n_decoded = 0

    def read(self, forms: Mapping[str, Any], first: int, stop: int) -> dict[str, Any]:
        """Return an array for each form; all missing pages are fetched in one request.

        Raises:
            ReadError: phase `read` or `decode`.
        """
        if stop <= first:
            with translated(self._path, "decode"):
                return {name: ak.Array(form.length_zero_array(highlevel=False)) for name, form in forms.items()}
        low = int(np.searchsorted(self._firsts, first, side="right")) - 1
        high = int(np.searchsorted(self._firsts, stop, side="left"))
        arrays: dict[str, Any] = {}
        for name in forms:
            kept = self._kept.get(name)
            if kept is not None and kept[0] <= low and high <= kept[1]:
                self._kept.move_to_end(name)
                arrays[name] = kept[2][first - int(self._firsts[kept[0]]) : stop - int(self._firsts[kept[0]])]
        missing = {name: form for name, form in forms.items() if name not in arrays}
        is_cut = first > self._firsts[low] or stop < self._lasts[high - 1]
        for name, whole in self._read_clusters(missing, low, high).items():
            if is_cut:
                self._keep(name, low, high, whole)
            arrays[name] = whole[first - int(self._firsts[low]) : stop - int(self._firsts[low])]
        return arrays

    def places(self, forms: Mapping[str, Any], first: int, stop: int) -> Iterator[Range]:
        """Give the bytes that `read` would fetch.

        Raises:
            ReadError: the description of a field is damaged.
        """
        if stop <= first:
            return
        low = int(np.searchsorted(self._firsts, first, side="right")) - 1
        high = int(np.searchsorted(self._firsts, stop, side="left"))
        kept = {
            name for name in forms if name in self._kept and self._kept[name][0] <= low <= high <= self._kept[name][1]
        }
        with translated(self._path, "decode", what="pages"):
            for column in {_column(key) for name, form in forms.items() if name not in kept for key in _keys(form)}:
                for page, _ in self._pages(column, low, high):
                    yield place_of(page)

    def _read_clusters(self, forms: Mapping[str, Any], low: int, high: int) -> dict[str, Any]:
        if not forms:
            return {}
        with translated(self._path, "decode", what="pages"):
            keys = list(dict.fromkeys(key for form in forms.values() for key in _keys(form)))
            columns = {_column(key) for key in keys}
            pages = {
                place_of(page): (page, number) for each in columns for page, number in self._pages(each, low, high)
            }
        source = self._ntuple.file.source
        with translated(self._path, "read"):
            chunks = fetch(source, pages) if pages else {}
        self.read_bytes += sum(int(page.locator.num_bytes) for page, _ in pages.values())
        with translated(self._path, "decode"):
            checked = dict(self._checked(page, number, chunks) for page, number in pages.values())
        n_entries = int(self._lasts[high - 1] - self._firsts[low])
        buffers: dict[str, Any] = {}
        arrays = {}
        with holding(source, checked):
            for key in keys:
                with translated(self._path, "decode", what=key):
                    self._fill(buffers, key, low, high)
            for name, form in forms.items():
                with translated(self._path, "decode", what=f"field {name}"):
                    arrays[name] = ak.from_buffers(form, n_entries, buffers)
        return arrays

    def _checked(self, page: Any, number: int, chunks: Mapping[Range, Any]) -> tuple[Range, Any]:
        record, what = self._ntuple.column_records[number], self._field_of(number)
        n_bits = int(record.nbits)
        if not is_width(n_bits, int(record.type)):
            raise DamageError(f"{what}: the file is damaged: an element of its pages cannot have {n_bits} bits")
        return check_page(page, chunks, n_bits=n_bits, what=what)

    def _field_of(self, number: int) -> str:
        return f"field {self._ntuple.field_records[self._ntuple.column_records[number].field_id].field_name}"

    @cached_property
    def _principal(self) -> frozenset[int]:
        """Columns of one element an entry: the first ones of outermost fields, where they were there from the start."""
        firsts: dict[tuple[int, int], int] = {}
        for number, record in enumerate(self._ntuple.column_records):
            firsts.setdefault((record.field_id, record.repr_idx), number)
        fields = self._ntuple.field_records
        return frozenset(
            number
            for (field, _), number in firsts.items()
            if fields[field].parent_field_id == field
            and not fields[field].repetition
            and not self._ntuple.column_records[number].first_element_index
        )

    def _pages(self, number: int, low: int, high: int) -> Iterator[tuple[Any, int]]:
        """Give the pages of a column, each with the number of the column that it is really in."""
        for cluster in range(low, high):
            links = self._ntuple.page_link_list[cluster]
            if number >= len(links):
                continue
            if links[number].suppressed:
                # A field may be written in several ways; the one used in this cluster is another column.
                field = self._ntuple.column_records[number].field_id
                number = next(
                    each.idx
                    for each in self._ntuple.column_records
                    if each.field_id == field and not links[each.idx].suppressed
                )
            if number in self._principal:
                n_entries = int(self._lasts[cluster] - self._firsts[cluster])
                check_count(links[number].pages, n_entries, what=self._field_of(number))
            for page in links[number].pages:
                yield page, number

    def _fill(self, buffers: dict[str, Any], key: str, low: int, high: int) -> None:
        """Read one column over clusters, in the shape in which awkward wants it."""
        number = _column(key)
        record = self._ntuple.column_records[number]
        # A column added while the file was written begins later; uproot fills up with zeros in front of it.
        padding = max(record.first_element_index - int(self._firsts[low]), 0)
        self.n_decoded += high - low
        data = self._ntuple.read_cluster_range(number, low, high, missing_element_padding=padding)
        if record.type in rntuple_index_types:
            check_ends(data, what=self._field_of(number))
        if key.endswith("-cardinality"):
            buffers[f"{key}-data"] = np.diff(data)
        elif key.endswith("-optional"):
            present = np.diff(data) > 0
            index = np.where(present, np.cumsum(present) - 1, -1)
            buffers[f"{key}-index"] = index.astype(np.int32 if data.dtype.itemsize == 4 else np.int64)
        elif record.type == rntuple_col_type_to_num_dict["switch"]:
            tags = data["tag"].astype(np.int8)
            buffers[f"{key}-tags"] = tags
            shifts = self._shifts(number, low, high, tags)
            buffers[f"{key}-index"] = np.where(tags == 0, 0, data["index"].astype(np.int64) + shifts)
            buffers["nones-index"] = np.asarray([-1], dtype=np.int64)
        else:
            buffers[f"{key}-data"] = buffers[f"{key}-offsets"] = data

    def _shifts(self, number: int, low: int, high: int, tags: Any) -> Any:
        """Tell how many alternatives of the same kind lie in clusters in front of each, which counts anew.

        Args:
            number: of the column that says which alternative is there.
            low: first cluster.
            high: last cluster, exclusive.
            tags: what that column says, over all of these clusters.
        """
        shifts = np.zeros(len(tags), np.int64)
        n_elements = [
            sum(int(page.num_elements) for page, _ in self._pages(number, cluster, cluster + 1))
            for cluster in range(low, high)
        ]
        at = len(tags) - sum(n_elements)  # in front of a column that was added later
        seen: Counter[int] = Counter()
        for n_more in n_elements:
            piece = tags[at : at + n_more]
            for tag, count in zip(*np.unique(piece, return_counts=True), strict=True):
                shifts[at : at + n_more][piece == tag] = seen[int(tag)]
                seen[int(tag)] += int(count)
            at += n_more
        return shifts

    def _keep(self, name: str, low: int, high: int, array: Any) -> None:
        if name in self._kept:
            self._kept_bytes -= self._kept.pop(name)[2].nbytes
        self._kept[name] = (low, high, array)
        self._kept_bytes += array.nbytes
        while self._kept_bytes > KEPT_LIMIT_BYTES and len(self._kept) > 1:
            _, (_, _, dropped) = self._kept.popitem(last=False)
            self._kept_bytes -= dropped.nbytes


def columns_of(form: Any) -> list[int]:
    """Return the numbers of the columns that a form is made of."""
    return sorted({_column(key) for key in _keys(form)})


def _column(key: str) -> int:
    return int(key.split("-")[1])


def _keys(form: Any) -> Iterator[str]:
    """Give the keys of all columns in a form, outermost first."""
    # The tags of a union carry a bare key where other forms carry a form: both count.
    key = getattr(form, "form_key", None)
    if key is not None and key.startswith("column-"):
        yield key
    for inner in [*(getattr(form, "contents", None) or ()), getattr(form, "content", None)]:
        if isinstance(inner, str) and inner.startswith("column-"):
            yield inner
        elif isinstance(inner, ak.forms.Form):
            yield from _keys(inner)
