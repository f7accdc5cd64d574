"""A TTree, as its object tells it."""

from __future__ import annotations

import struct

import numpy as np

from overproof.columns.lean.branches import Branch, branch_at
from overproof.columns.lean.doubt import DoubtError
from overproof.columns.lean.streamed import ARRAY_VERSION, FEATURES_CHECKSUM, Streamed
from overproof.words.frozen import dataclass

_FACTS = struct.Struct(">qqqqqdiiiiIqqqqqq")
_WITH_FEATURES = 20
_ATTRIBUTES = ((6, (1, 2)), (4, (1, 2)), (8, (2, 3)))
"""Bytes and versions of the attributes of lines, of filling and of markers."""

_FEATURES_BYTES = 5
_LIST_VERSION = 5
_NTUPLES = frozenset({"TNtuple", "TNtupleD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A TTree.

    Attributes:
        title: of the tree.
        n_entries: in it.
        auto_flush: `fAutoFlush`, entries of a cluster behind the last range.
        range_ends: last entry (inclusive) of each range of clusters.
        range_sizes: entries of a cluster in each range.
        branches: in the order of the file.
        aliases: names of expressions, each with its expression.

    Source: ROOT's TTree.
    """

    title: str
    n_entries: int
    auto_flush: int
    range_ends: tuple[int, ...]
    range_sizes: tuple[int, ...]
    branches: tuple[Branch, ...]
    aliases: tuple[tuple[str, str], ...]


def tree_of(streamed: Streamed, kind: str) -> Tree:
    """Understand a tree; every byte of it must be accounted for.

    Raises:
        DoubtError, and others of `NOT_UNDERSTOOD`: it has something that is not surely understood.
    """
    at, stop = 0, len(streamed.data)
    if kind in _NTUPLES:
        version, at, end = streamed.counted(at)
        # Behind the tree stands how many columns it has.
        if version != 2 or end != stop:
            raise DoubtError("another TNtuple")
        stop -= 4
    version, at, end = streamed.counted(at)
    if version not in (_WITH_FEATURES - 1, _WITH_FEATURES) or end != stop:
        raise DoubtError("another TTree")
    _, title, at = streamed.named(at)
    for n_bytes, told in _ATTRIBUTES:
        at = streamed.skipped(at, n_bytes, told)
    facts = _FACTS.unpack_from(streamed.data, at)
    ends, at = _range_at(streamed.data, at + _FACTS.size, facts[10])
    sizes, at = _range_at(streamed.data, at, facts[10])
    if version == _WITH_FEATURES:
        at = _pass_features(streamed, at)
    branches, at = _branches_at(streamed, at)
    at = _pass_leaves(streamed, at)
    aliases, at = _aliases_at(streamed, at)
    _check_rest(streamed, at, stop)
    return Tree(
        title=title,
        n_entries=facts[0],
        auto_flush=facts[15],
        range_ends=ends,
        range_sizes=sizes,
        branches=branches,
        aliases=aliases,
    )


def _pass_features(streamed: Streamed, at: int) -> int:
    stop = streamed.skipped(at, _FEATURES_BYTES, (0,))
    if int.from_bytes(streamed.data[stop - _FEATURES_BYTES : stop - 1], "big") != FEATURES_CHECKSUM:
        raise DoubtError("other features")
    return stop


def _range_at(data: bytes, at: int, n_ranges: int) -> tuple[tuple[int, ...], int]:
    """Read an array behind a byte that says whether it is there."""
    stop = at + 1 + 8 * n_ranges
    if data[at] != (1 if n_ranges else 0) or stop > len(data):
        raise DoubtError("ranges of clusters of another length")
    return tuple(np.frombuffer(data, ">i8", n_ranges, at + 1).tolist()), stop


def _branches_at(streamed: Streamed, at: int) -> tuple[tuple[Branch, ...], int]:
    n_branches, at, stop = streamed.list_of(at, version=ARRAY_VERSION)
    branches = []
    for _ in range(n_branches):
        branch, at = branch_at(streamed, at)
        branches.append(branch)
    if at != stop:
        raise DoubtError("branches of another length")
    return tuple(branches), stop


def _pass_leaves(streamed: Streamed, at: int) -> int:
    """Pass over pointers to the leaves of all branches, which have come before."""
    n_leaves, start, stop = streamed.list_of(at, version=ARRAY_VERSION)
    if stop - start != 4 * n_leaves:
        raise DoubtError("leaves of another length")
    if not streamed.objects.keys() >= set(np.frombuffer(streamed.data, ">i4", n_leaves, start).tolist()):
        raise DoubtError("leaves of no branch")
    return stop


def _aliases_at(streamed: Streamed, at: int) -> tuple[tuple[tuple[str, str], ...], int]:
    """Read the list of aliases, where there is one."""
    if streamed.is_nothing(at):
        return (), at + 4
    kind, start, stop = streamed.entered(at)
    if kind != "TList":
        raise DoubtError("other aliases")
    n_aliases, start, end = streamed.list_of(start, version=_LIST_VERSION)
    aliases = []
    for _ in range(n_aliases):
        kind, inner, after = streamed.entered(start)
        name, title, inner = streamed.named(inner)
        # Behind each object of a list stands an option, here an empty one.
        if kind != "TNamed" or inner != after or streamed.data[after]:
            raise DoubtError("other aliases")
        aliases.append((name, title))
        start = after + 1
    if start != stop or end != stop:
        raise DoubtError("aliases of another length")
    return tuple(aliases), stop


def _check_rest(streamed: Streamed, at: int, stop: int) -> None:
    """Check that a tree has neither index nor friends, nor objects of the user.

    These are two empty arrays and four pointers to nothing.
    """
    if stop - at != 24 or streamed.data[at:stop] != bytes(24):
        raise DoubtError("an index, friends, or objects of the user")
