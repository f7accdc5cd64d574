"""One range of entries: from the ends of lists to what is inside of them, one depth after the other."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import NamedTuple, TypeAlias

import numpy as np

from overproof.columns.files.damage import DamageError
from overproof.columns.layouts import FieldLayout, NativeColumn
from overproof.columns.layouts.column import Offsets, frozen
from overproof.columns.native.pages.encodings import Array
from overproof.columns.native.pages.fetched import FetchedPages
from overproof.columns.native.pages.stored import Part, Slot, StoredColumn
from overproof.columns.native.steps import Machinery

Way: TypeAlias = tuple[int, ...]
"""Numbers of columns: of ends of lists, outermost first, then the column itself."""

Columns: TypeAlias = Mapping[Way, tuple[Slot, int]]
"""Columns by their way, each with how many elements it has for one element of what it is in."""


class Cut(NamedTuple):
    """Some elements of one cluster.

    Attributes:
        cluster: its number.
        before: elements in clusters before; counted for entries only.
        n_elements: of the cluster; -1 where that is not known, as not all of its lists were looked at.
        first: first element, counted in the cluster.
        stop: last (exclusive).
    """

    cluster: int
    before: int
    n_elements: int
    first: int
    stop: int

    @property
    def is_whole(self) -> bool:
        """Tell whether these are all elements of the cluster."""
        return self.first == 0 and self.stop == self.n_elements


class _Piece(NamedTuple):
    """What has to be decoded of one column in one cluster.

    Attributes:
        stored: the way in which the column is written there.
        n_zeros: elements in front that are not stored.
        parts: of its pages.
    """

    stored: StoredColumn
    n_zeros: int
    parts: list[Part]


class Reading:
    """Reads columns over parts of clusters.

    Args:
        columns: to be read.
        pages: where pages come from.
        cuts: the entries, by cluster.
        machinery: what gives compiled steps.
    """

    def __init__(self, columns: Columns, pages: FetchedPages, cuts: list[Cut], *, machinery: Machinery) -> None:
        self._columns = columns
        self._pages = pages
        self._cuts: dict[Way, list[Cut]] = {(): cuts}
        self._arrays: dict[Way, Array] = {}
        self._machinery = machinery

    def read(self) -> None:
        """Read all columns.

        Raises:
            DamageError: pages that cannot be what was written.
            ReadError: phase `read`.
        """
        pieces = self._pieces(1)
        self._pages.fetch(chain(_pages_of(pieces), self._surely_wanted()))
        for depth in range(1, 1 + max(map(len, self._columns))):
            if depth > 1:
                pieces = self._pieces(depth)
                self._pages.fetch(_pages_of(pieces))
            for way, each in pieces.items():
                if self._columns[way][0].is_index:
                    self._read_ends(way, each)
                else:
                    self._arrays[way] = self._read_values(way, each)

    def column(self, field: FieldLayout) -> NativeColumn:
        """Return what was read of a field."""
        ways = [field.columns[: depth + 1] for depth in range(len(field.columns))]
        values = self._arrays[ways[-1]]
        if field.is_count:
            values = frozen(np.diff(values).astype(field.dtype, copy=False))
        if field.fixed_shape:
            values = values.reshape(-1, *field.fixed_shape)
        return NativeColumn(values=values, offsets=tuple(self._arrays[way] for way in ways[:-1]))

    def _pieces(self, depth: int) -> dict[Way, list[_Piece]]:
        """Tell what has to be decoded of all columns in lists of some depth."""
        return {
            way: [self._piece(way, cut) for cut in self._cuts[way[:-1]]] for way in self._columns if len(way) == depth
        }

    def _surely_wanted(self) -> Iterator[tuple[StoredColumn, int]]:
        """Give all pages inside of lists of clusters that are read as wholes."""
        for way, (slot, _) in self._columns.items():
            for cut in self._cuts[()]:
                if len(way) > 1 and cut.is_whole:
                    stored = slot.in_cluster(cut.cluster)
                    for page in stored.pages(cut.cluster):
                        yield stored, page

    def _piece(self, way: Way, cut: Cut) -> _Piece:
        """Tell which elements of a column are wanted for some elements of what it is in.

        Of ends of lists that is one more, where the first list begins.
        """
        slot, scale = self._columns[way]
        stored = slot.in_cluster(cut.cluster)
        first, stop = cut.first * scale, cut.stop * scale
        n_zeros = 0
        if cut.n_elements >= 0:
            before = cut.before * scale if len(way) == 1 else 0
            n_zeros = slot.n_zeros(cut.cluster, before=before, n_elements=cut.n_elements * scale)
        elif stop > (n_stored := stored.n_elements(cut.cluster)):
            raise DamageError(f"{slot.what}: its pages hold {n_stored:,} elements, and its lists go on to {stop:,}")
        if slot.is_index and 0 < first < stop:
            first -= 1
        n_inside = min(max(n_zeros - first, 0), stop - first)
        return _Piece(stored, n_inside, stored.parts(cut.cluster, max(first - n_zeros, 0), stop - n_zeros))

    def _read_values(self, way: Way, pieces: list[_Piece]) -> Array:
        """Read numbers, straight from a kept page where they are a part of it."""
        slot, scale = self._columns[way]
        stored = pieces[0].stored
        if (
            stored.encoding.dtype == slot.dtype
            and len(pieces) == 1
            and not pieces[0].n_zeros
            and len(pieces[0].parts) == 1
        ):
            (part,) = pieces[0].parts
            if not part.is_whole:
                return self._pages.page(stored, part)[part.first : part.stop]
        n_elements = scale * sum(cut.stop - cut.first for cut in self._cuts[way[:-1]])
        values = np.empty(n_elements, slot.dtype)
        at = 0
        for piece in pieces:
            values[at : at + piece.n_zeros] = 0
            at += piece.n_zeros
            at += self._pages.fill(values[at:], piece.stored, piece.parts)
        return frozen(values)

    def _read_ends(self, way: Way, pieces: list[_Piece]) -> None:
        """Read ends of lists; make offsets of them, and tell which elements are inside."""
        cuts, inside = self._cuts[way[:-1]], []
        offsets: Offsets = np.empty(1 + sum(cut.stop - cut.first for cut in cuts), np.int64)
        offsets[0] = 0
        at = 0
        for cut, piece in zip(cuts, pieces, strict=True):
            base, n_lists = int(offsets[at]), cut.stop - cut.first
            # The end of the list before comes to lie where that of the cluster before is, which is known.
            start = at if cut.first and n_lists else at + 1
            place = offsets[start : at + 1 + n_lists]
            place[: piece.n_zeros] = 0
            self._pages.fill(place[piece.n_zeros :], piece.stored, piece.parts)
            first, stop = (int(place[0]) if cut.first else 0, int(place[-1])) if n_lists else (0, 0)
            self._move(place, base - first, what=piece.stored.what)
            at += n_lists
            # Where no list is looked at, nothing tells how many elements there are, unless there is no list at all.
            is_known = cut.stop == cut.n_elements and (n_lists > 0 or cut.stop == 0)
            n_inside = stop if is_known else -1
            inside.append(Cut(cut.cluster, 0, n_inside, first, stop))
        self._arrays[way] = frozen(offsets)
        self._cuts[way] = inside

    def _move(self, ends: Offsets, by: int, *, what: str) -> None:
        """Check that the ends of lists follow each other, and add a number to them.

        Raises:
            DamageError: they do not.
        """
        if (step := self._machinery.step("move")) is not None:
            is_wrong = bool(step({"into": ends, "n": len(ends), "move": by}))
        else:
            is_wrong = not _is_ascending(ends)
            if by:
                ends += by
        if is_wrong:
            raise DamageError(f"{what}: the ends of its collections do not follow each other")


def _is_ascending(ends: Offsets) -> bool:
    """Tell whether the ends of lists follow each other."""
    return not len(ends) or not (ends[0] < 0 or bool((ends[1:] < ends[:-1]).any()))


def _pages_of(pieces: Mapping[Way, list[_Piece]]) -> Iterator[tuple[StoredColumn, int]]:
    """Give the pages in which something is."""
    return ((piece.stored, part.page) for each in pieces.values() for piece in each for part in piece.parts)


def scale_of(field: FieldLayout) -> int:
    """Return how many numbers an element of a field is."""
    return math.prod(field.fixed_shape)
