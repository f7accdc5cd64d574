"""The branches of a tree."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from overproof.columns.lean.doubt import DoubtError
from overproof.columns.lean.leaves import Leaf, leaf_at
from overproof.columns.lean.streamed import ARRAY_VERSION, Streamed

_BEFORE_FEATURES = struct.Struct(">iiiiq")
_AFTER_FEATURES = struct.Struct(">iIiqqqq")
_FIRST = struct.Struct(">q")
_WITH_FEATURES = 13
FEATURES_BYTES = 5
"""Checksum of a class without version, and one byte."""

_FILL_BYTES = 4

Table: TypeAlias = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Branch:
    """A TBranch.

    Attributes:
        name: its name.
        title: its title.
        leaves: of the branch.
        n_entries: in it.
        size_bytes: of its baskets, compressed.
        n_baskets: that were written into the file.
        starts: first entry of each basket and the end of the last, as stored.
        sizes_bytes: of each basket, as stored.
        seeks: place of each basket, as stored.

    Source: ROOT's TBranch.
    """

    name: str
    title: str
    leaves: tuple[Leaf, ...]
    n_entries: int
    size_bytes: int
    n_baskets: int
    starts: Table
    sizes_bytes: Table
    seeks: Table


def branch_at(tree: Streamed, at: int) -> tuple[Branch, int]:
    """Read a branch; return where it ends too."""
    kind, start, stop = tree.entered(at)
    version, start, end = tree.counted(start)
    if kind != "TBranch" or version not in (_WITH_FEATURES - 1, _WITH_FEATURES) or end != stop:
        raise DoubtError("another branch")
    name, title, start = tree.named(start)
    start = tree.skipped(start, _FILL_BYTES)
    _, _, _, n_written, _ = _BEFORE_FEATURES.unpack_from(tree.data, start)
    start += _BEFORE_FEATURES.size
    if version == _WITH_FEATURES:
        start = tree.skipped(start, FEATURES_BYTES)
    _, n_places, _, n_entries, _, _, size_bytes = _AFTER_FEATURES.unpack_from(tree.data, start)
    start = _without_branches(tree, start + _AFTER_FEATURES.size)
    leaves, start = _leaves_at(tree, start)
    start = _without_baskets(tree, start)
    tables, start = _tables_at(tree.data, start, n_places, n_written)
    # The name of another file for the baskets: it has none.
    if start + 1 != stop or tree.data[start]:
        raise DoubtError("baskets in another file")
    if tables[0][-1] != n_entries:
        raise DoubtError("baskets in the tree itself")
    return Branch(name, title, leaves, n_entries, size_bytes, len(tables[1]), *tables), stop


def _without_branches(tree: Streamed, at: int) -> int:
    n_branches, start, stop = tree.list_of(at, version=ARRAY_VERSION)
    if n_branches or start != stop:
        raise DoubtError("branches below a branch")
    return stop


def _leaves_at(tree: Streamed, at: int) -> tuple[tuple[Leaf, ...], int]:
    n_leaves, start, stop = tree.list_of(at, version=ARRAY_VERSION)
    leaves = []
    for _ in range(n_leaves):
        leaf, start = leaf_at(tree, start)
        leaves.append(leaf)
    if start != stop or not leaves:
        raise DoubtError("leaves of another length")
    return tuple(leaves), stop


def _without_baskets(tree: Streamed, at: int) -> int:
    """Pass over the list of baskets in memory, of which none was there when the tree was written."""
    n_baskets, start, stop = tree.list_of(at, version=ARRAY_VERSION)
    if stop - start != 4 * n_baskets or tree.data.count(0, start, stop) != stop - start:
        raise DoubtError("baskets in the tree itself")
    return stop


def _tables_at(data: bytes, at: int, n_places: int, n_written: int) -> tuple[tuple[Table, Table, Table], int]:
    """Read the tables of baskets, in front of each of which stands a byte.

    Returns:
        First entries and the end of the last, sizes, places; and where the tables end.
    """
    at_sizes = at + 1
    at_starts = at_sizes + 4 * n_places + 1
    at_seeks = at_starts + 8 * n_places + 1
    if not 0 <= n_written < n_places or {data[at], data[at_starts - 1], data[at_seeks - 1]} != {1}:
        raise DoubtError("other tables of baskets")
    starts = np.frombuffer(data, ">i8", n_written + 1, at_starts)
    sizes = np.frombuffer(data, ">i4", n_written, at_sizes)
    seeks = np.frombuffer(data, ">i8", n_written, at_seeks)
    if not seeks.all():
        raise DoubtError("a basket without a place")
    return (starts, sizes, seeks), at_seeks + 8 * n_places
