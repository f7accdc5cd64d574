"""The branches of a tree."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from overproof.columns.lean.doubt import DoubtError
from overproof.columns.lean.leaves import Leaf, leaf_at
from overproof.columns.lean.streamed import (
    ARRAY,
    COUNTED,
    FEATURES_CHECKSUM,
    IS_REFERENCED,
    OBJECT_ARRAY_BYTES,
    Streamed,
)

_HEAD = struct.Struct(">IHIHHII")
"""Byte count and version; the same of TNamed in it; then what a TObject has."""

_FILL, _BEFORE, _FEATURES, _AFTER = "IHhh", "iiiiq", "IHIB", "iIiqqqq"
_NUMBERS = {
    12: struct.Struct(f">{_FILL}{_BEFORE}{_AFTER}{ARRAY}{ARRAY}"),
    13: struct.Struct(f">{_FILL}{_BEFORE}{_FEATURES}{_AFTER}{ARRAY}{ARRAY}"),
}
"""By version: all that stands between the title of a branch and its first leaf.

Thousands of branches are read at once: a number apart, or a method for each part, would take three times as long.
"""

_FIXED = {12: itemgetter(0), 13: itemgetter(0, 9, 10, 11)}
_TOLD = {12: COUNTED | 6, 13: (COUNTED | 6, COUNTED | 7, 0, FEATURES_CHECKSUM)}
"""Byte counts of the colours and of the features, and what else of them is always the same."""

_FILL_VERSIONS = (1, 2)

_FACTS = {12: itemgetter(7, 10, 12, 15), 13: itemgetter(7, 14, 16, 19)}
"""Baskets written, places in their tables, entries, bytes."""

_LIST = itemgetter(1, 2, 5, 7)
_LIST_TOLD = (3, 1, 0, 0)
"""Version, that of TObject, length of its name, lower bound."""

_BASKETS = struct.Struct(f">{ARRAY}")
_ENTRY = struct.Struct(">q")

_ELEMENT_VERSION = 10
_ELEMENT = struct.Struct(">IhiiiiII")
"""Checksum and version of the class; number, kind, type of an element, greatest count; pointers to two counters."""

_WHOLE = frozenset((-1, kind, -1, 0, 0, 0) for kind in (0, -1))
"""What follows the version for objects of no other object: no element, not split, no type, no counters."""

Table: TypeAlias = npt.NDArray[np.int64]


class Branch(NamedTuple):
    """A TBranch.

    Attributes:
        name: its name.
        title: its title.
        leaves: of the branch.
        n_entries: in it.
        size_bytes: of its baskets, compressed.
        n_baskets: that were written into the file.
        data: the tree in which the tables of the baskets lie.
        at_starts: where the first entry of each basket is told, and the end of the last.
        at_sizes: where their sizes are told.
        at_seeks: where their places are told.
        holds: class of the objects in it; empty: the leaves tell what is.

    Source: ROOT's TBranch and TBranchElement.
    """

    name: str
    title: str
    leaves: tuple[Leaf, ...]
    n_entries: int
    size_bytes: int
    n_baskets: int
    data: bytes
    at_starts: int
    at_sizes: int
    at_seeks: int
    holds: str

    @property
    def starts(self) -> Table:
        """First entry of each basket, and the end of the last."""
        return np.frombuffer(self.data, ">i8", self.n_baskets + 1, self.at_starts).astype(np.int64)

    @property
    def sizes_bytes(self) -> Table:
        """Bytes of each basket, as stored."""
        return np.frombuffer(self.data, ">i4", self.n_baskets, self.at_sizes).astype(np.int64)

    @property
    def seeks(self) -> Table:
        """Place of each basket."""
        return np.frombuffer(self.data, ">i8", self.n_baskets, self.at_seeks).astype(np.int64)


def branch_at(tree: Streamed, at: int) -> tuple[Branch, int]:
    """Read a branch; return where it ends too."""
    kind, start, stop = tree.entered(at)
    if kind == "TBranch":
        return _plain_at(tree, start, stop, ""), stop
    version, start, end = tree.counted(start)
    if kind != "TBranchElement" or version != _ELEMENT_VERSION or end != stop:
        raise DoubtError("another branch")
    _, _, end = tree.counted(start)
    return _plain_at(tree, start, end, _class_at(tree, end, stop)), stop


def _class_at(tree: Streamed, at: int, stop: int) -> str:
    """Read the class that a branch holds as a whole; what has branches below, or was one of those, is not plain."""
    name, at = tree.text(at)
    above, at = tree.text(at)
    clones, at = tree.text(at)
    if at + _ELEMENT.size != stop or above or clones:
        raise DoubtError("a part of an object")
    if _ELEMENT.unpack_from(tree.data, at)[2:] not in _WHOLE:
        raise DoubtError("another object")
    return name


def _plain_at(tree: Streamed, start: int, stop: int, holds: str) -> Branch:
    count, version, *named = _HEAD.unpack_from(tree.data, start)
    if version not in _NUMBERS or count != COUNTED | (stop - start - 4):
        raise DoubtError("another branch")
    name, title, start = tree.texts(start + _HEAD.size, *named)
    numbers = _NUMBERS[version].unpack_from(tree.data, start)
    if _FIXED[version](numbers) != _TOLD[version] or numbers[1] not in _FILL_VERSIONS:
        raise DoubtError("another branch")
    n_written, n_places, n_entries, size_bytes = _FACTS[version](numbers)
    if _n_in(numbers[-16:-8]) or numbers[-16] != COUNTED | (OBJECT_ARRAY_BYTES - 4):
        raise DoubtError("branches below a branch")
    end = start + _NUMBERS[version].size
    leaves, end = _leaves_at(tree, end, n_leaves=_n_in(numbers[-8:]), n_bytes=numbers[-8] & ~COUNTED)
    tables, end = _tables_at(tree.data, _behind_baskets(tree.data, end), n_places, n_written)
    # What follows is the name of another file for the baskets: it has none.
    if end + 1 != stop or tree.data[end]:
        raise DoubtError("baskets in another file")
    if _ENTRY.unpack_from(tree.data, tables[0] + 8 * n_written)[0] != n_entries:
        raise DoubtError("baskets in the tree itself")
    return Branch(name, title, leaves, n_entries, size_bytes, n_written, tree.data, *tables, holds)


def _leaves_at(tree: Streamed, start: int, *, n_leaves: int, n_bytes: int) -> tuple[tuple[Leaf, ...], int]:
    """Read the leaves of a branch, behind the numbers in front of them; return where they end too."""
    leaf, end = leaf_at(tree, start)
    leaves = [leaf]
    for _ in range(n_leaves - 1):
        leaf, end = leaf_at(tree, end)
        leaves.append(leaf)
    if end != start - OBJECT_ARRAY_BYTES + n_bytes + 4 or n_leaves < 1:
        raise DoubtError("leaves of another length")
    return tuple(leaves), end


def _n_in(array: tuple[int, ...]) -> int:
    """Return how many objects are in a TObjArray, by the numbers in front of them."""
    if _LIST(array) != _LIST_TOLD or array[4] & IS_REFERENCED or array[0] & COUNTED != COUNTED:
        raise DoubtError("another list")
    return array[6]


def _behind_baskets(data: bytes, at: int) -> int:
    """Pass over the list of baskets in memory, of which none was there when the tree was written."""
    array = _BASKETS.unpack_from(data, at)
    start = at + OBJECT_ARRAY_BYTES
    stop = start + 4 * _n_in(array)
    if array[0] != COUNTED | (stop - at - 4) or data.count(0, start, stop) != stop - start:
        raise DoubtError("baskets in the tree itself")
    return stop


def _tables_at(data: bytes, at: int, n_places: int, n_written: int) -> tuple[tuple[int, int, int], int]:
    """Find the tables of baskets, in front of each of which stands a byte.

    Returns:
        Where first entries, sizes and places are told; and where the tables end.
    """
    at_sizes = at + 1
    at_starts = at_sizes + 4 * n_places + 1
    at_seeks = at_starts + 8 * n_places + 1
    if not 0 <= n_written < n_places or not data[at] == data[at_starts - 1] == data[at_seeks - 1] == 1:
        raise DoubtError("other tables of baskets")
    return (at_starts, at_sizes, at_seeks), at_seeks + 8 * n_places


def seeks_of(branches: Sequence[Branch]) -> Table:
    """Return the places of all baskets of some branches."""
    return _all((each.data[each.at_seeks : each.at_seeks + 8 * each.n_baskets] for each in branches), ">i8")


def sizes_of(branches: Sequence[Branch]) -> Table:
    """Return the bytes of all baskets of some branches."""
    return _all((each.data[each.at_sizes : each.at_sizes + 4 * each.n_baskets] for each in branches), ">i4")


def starts_of(branches: Sequence[Branch]) -> Table:
    """Return the first entries of all baskets of some branches."""
    return _all((each.data[each.at_starts : each.at_starts + 8 * each.n_baskets] for each in branches), ">i8")


def _all(tables: Iterable[bytes], stored: str) -> Table:
    return np.frombuffer(b"".join(tables), stored).astype(np.int64)
