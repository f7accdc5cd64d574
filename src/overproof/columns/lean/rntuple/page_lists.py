"""Lists of pages: millions of them become a few arrays."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from overproof.columns.files.damage import DamageError
from overproof.columns.grid import Entries
from overproof.columns.lean.doubt import DoubtError
from overproof.words.frozen import dataclass

_LIST = struct.Struct("<qI")
_SUMMARY = np.dtype([("size", "<i8"), ("first", "<u8"), ("entries", "<u8")])
_PAGE = np.dtype([("n", "<i4"), ("size", "<i4"), ("seek", "<u8")])
_TAIL_BYTES = 12
"""Behind the pages of a list: the number of its first element, negative where it is not written, and a setting."""

_ENTRIES = (1 << 56) - 1
"""The upper bits of a number of entries are flags."""

_WORD = 4

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTable:
    """All pages of all columns, column by column and cluster by cluster.

    Attributes:
        clusters: first entry of each cluster, and the end of the last.
        n_elements: of each page.
        seeks: where each page begins.
        sizes_bytes: of each page, without its checksum.
        has_checksum: whether a checksum stands behind each page.
        bounds: shape (columns, clusters + 1): number of the first page of each column in each cluster, and of the one
            behind its last.
    """

    clusters: Entries
    n_elements: Entries
    seeks: Entries
    sizes_bytes: Entries
    has_checksum: npt.NDArray[np.bool_]
    bounds: Entries

    def bytes_of_columns(self) -> Entries:
        """Return the compressed bytes of each column."""
        before = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.sizes_bytes)])
        return np.asarray(before[self.bounds[:, -1]] - before[self.bounds[:, 0]])

    def bytes_of_clusters(self) -> Entries:
        """Return the compressed bytes of each cluster."""
        before = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.sizes_bytes)])
        return np.asarray(np.diff(before[self.bounds], axis=1).sum(axis=0))


def parse_page_lists(envelopes: Sequence[memoryview], *, n_columns: int, header: int) -> PageTable:
    """Read all lists of pages.

    Args:
        envelopes: one for each group of clusters, verified.
        n_columns: of the RNTuple.
        header: checksum of its header.

    Raises:
        DamageError: a list that belongs to another header; clusters that do not follow each other.
        DoubtError: something not known here.
        struct.error: a list ends before its end.

    Source: ROOT's RNTuple binary format specification 1.0, page list envelope.
    """
    summaries, frames = [np.zeros(0, _SUMMARY)], []
    n_clusters = 0
    for data in envelopes:
        if int.from_bytes(data[8:16], "little") != header:
            raise DamageError("a list of pages belongs to another header")
        found, at = _summaries(data, 16)
        summaries.append(found)
        frames.append(_Frames(data, at, first_cluster=n_clusters))
        n_clusters += len(found)
        if frames[-1].n_clusters != len(found):
            raise DamageError("there are not as many lists of pages as clusters")
    return _table(_clusters(np.concatenate(summaries)), frames, n_columns=n_columns)


def _summaries(data: memoryview, at: int) -> tuple[Array, int]:
    n_bytes, n_clusters = _LIST.unpack_from(data, at)
    if -n_bytes != _LIST.size + n_clusters * _SUMMARY.itemsize:
        raise DoubtError("summaries of clusters of another length")
    found = np.frombuffer(data, _SUMMARY, n_clusters, at + _LIST.size)
    if (found["size"] != _SUMMARY.itemsize).any() or (found["entries"] > _ENTRIES).any():
        raise DoubtError("clusters that are spread over several, or of another length")
    return found, at - n_bytes


def _clusters(summaries: Array) -> Entries:
    """Return the boundaries of clusters.

    Raises:
        DamageError: they do not follow each other.
    """
    firsts = summaries["first"].astype(np.int64)
    ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(summaries["entries"].astype(np.int64))])
    astray = np.flatnonzero(firsts != ends[:-1])
    if len(astray):
        raise DamageError(f"a cluster begins at entry {firsts[astray[0]]:,} instead of {ends[astray[0]]:,}")
    return ends


class _Frames:
    """The lists of pages of one envelope, one for each column of each cluster.

    Args:
        data: the envelope.
        at: where the list of clusters begins.
        first_cluster: number of the first of them.

    Attributes:
        cluster: number of the cluster of each list.
        column: number of the column of each list.
        n_pages: in each list.
        pages: all pages, list by list.
    """

    def __init__(self, data: memoryview, at: int, *, first_cluster: int) -> None:
        n_bytes, self.n_clusters = _LIST.unpack_from(data, at)
        if n_bytes >= 0 or at - n_bytes > len(data):
            raise DoubtError("a list of clusters that is longer than its envelope")
        starts: list[int] = []
        counts = []
        words = data[at : at - n_bytes].cast("B")
        start = _LIST.size
        for _ in range(self.n_clusters):
            size, n_columns = _LIST.unpack_from(words, start)
            starts += _walk(words[start : start - size], start, n_columns)
            counts.append(n_columns)
            start -= size
        self.cluster = np.repeat(np.arange(first_cluster, first_cluster + self.n_clusters), counts)
        firsts = np.repeat(np.cumsum([0, *counts])[:-1], counts)
        self.column = np.arange(len(starts)) - firsts
        self._read(np.frombuffer(words, np.uint8), np.asarray(starts, np.int64))

    def _read(self, octets: Array, starts: Array) -> None:
        sizes = -_gathered(octets, starts, "<i8")
        self.n_pages = _gathered(octets, starts + 8, "<u4").astype(np.int64)
        behind = starts + _LIST.size + _PAGE.itemsize * self.n_pages
        rest = starts + sizes - behind
        is_written = rest == _TAIL_BYTES
        offsets = _gathered(octets, behind, "<i8")
        # Of a column that is not written in a cluster nothing tells how its pages are compressed, as it has none.
        if ((offsets < 0) != ~is_written).any() or (~is_written & ((rest != 8) | (self.n_pages != 0))).any():
            raise DoubtError("lists of pages of another length")
        within = np.arange(int(self.n_pages.sum())) - np.repeat(np.cumsum(self.n_pages) - self.n_pages, self.n_pages)
        places = np.repeat(starts + _LIST.size, self.n_pages) + _PAGE.itemsize * within
        self.pages = _gathered(octets, places, _PAGE)
        if (self.pages["size"] < 0).any():
            raise DoubtError("pages that do not lie in the file as such")


def _walk(words: memoryview, start: int, n_columns: int) -> list[int]:
    """Return where each list of a cluster begins."""
    if len(words) % _WORD:
        raise DoubtError("lists of pages of another length")
    # The lower half of the size of a list, which is negative, is that of a number of 32 bits.
    sizes = words.cast("i")
    at, starts = _LIST.size // _WORD, []
    for _ in range(n_columns):
        starts.append(at)
        step = -sizes[at] >> 2
        if step <= 0:
            raise DoubtError("lists of pages of another length")
        at += step
    return [start + _WORD * each for each in starts]


def _gathered(octets: Array, places: Array, dtype: Any) -> Array:
    """Return what lies at many places."""
    width = np.dtype(dtype).itemsize
    if len(places) and (places.min() < 0 or places.max() + width > len(octets)):
        raise DoubtError("lists of pages that are longer than their envelope")
    if not len(places):
        return np.zeros(0, dtype)
    anywhere = np.ndarray((len(octets) - width + 1,), f"V{width}", buffer=octets, strides=(1,))
    return anywhere[places].view(dtype)


def _table(clusters: Entries, frames: Sequence[_Frames], *, n_columns: int) -> PageTable:
    """Put the pages of all clusters in the order of columns."""
    n_clusters = len(clusters) - 1
    counts = np.zeros((n_columns, n_clusters), np.int64)
    for each in frames:
        if len(each.column) and each.column.max() >= n_columns:
            raise DoubtError("pages of a column that is not there")
        counts[each.column, each.cluster] = each.n_pages
    pages = np.concatenate([np.zeros(0, _PAGE), *(each.pages for each in frames)])
    owners = np.concatenate([np.zeros(0, np.int64), *(np.repeat(each.column, each.n_pages) for each in frames)])
    pages = pages[np.argsort(owners.astype(np.uint32), kind="stable")]
    ends = np.cumsum(counts.ravel()).reshape(counts.shape)
    bounds = np.concatenate([ends[:, :1] - counts[:, :1], ends], axis=1) if n_clusters else np.zeros((n_columns, 1))
    return PageTable(
        clusters=clusters,
        n_elements=np.abs(pages["n"].astype(np.int64)),
        seeks=pages["seek"].astype(np.int64),
        sizes_bytes=pages["size"].astype(np.int64),
        has_checksum=pages["n"] < 0,
        bounds=bounds.astype(np.int64),
    )
