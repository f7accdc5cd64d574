"""Where the blocks of a tree are cut: a function of the file, and of `block_entries`, alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from overproof.words.frozen import dataclass
from overproof.words.units import MB

BLOCK_LIMIT_BYTES = 64 * MB
"""Compressed bytes, over all branches, up to which clusters are merged into one block."""

Entries = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """What lies on disk for a tree, piece by piece (baskets of a TTree, clusters of an RNTuple).

    Attributes:
        starts: first entry of each piece, in any order.
        sizes_bytes: compressed bytes of each piece.
    """

    starts: Entries
    sizes_bytes: Entries

    def condensed(self) -> Storage:
        """Put pieces that begin at one entry together; the blocks are the same."""
        starts, of = np.unique(self.starts, return_inverse=True)
        sizes_bytes = np.zeros(len(starts), np.int64)
        np.add.at(sizes_bytes, of, self.sizes_bytes)
        return Storage(starts=starts.astype(np.int64), sizes_bytes=sizes_bytes)

    def before(self, boundaries: Entries) -> Entries:
        """Sum the bytes of the pieces that start before each boundary (ascending)."""
        order = np.argsort(self.starts, kind="stable")
        total = np.concatenate([[0], np.cumsum(self.sizes_bytes[order])])
        return np.asarray(total[np.searchsorted(self.starts[order], boundaries, side="left")])


def block_stops(clusters: Iterable[int], storage: Storage, *, n_entries: int, block_entries: int) -> tuple[int, ...]:
    """Merge clusters into blocks, and cut what is too long.

    A gap between two cluster boundaries that is longer than `2 * block_entries` is cut at the multiples of
    `block_entries`, counted from the start of the tree. Then pieces are merged greedily from the left, as long as a
    block has at most `block_entries` entries and at most `BLOCK_LIMIT_BYTES` compressed bytes; a single piece is
    never cut for its bytes.

    Args:
        clusters: cluster boundaries; order and repetition do not matter, nor does what lies outside of the tree.
        storage: where the compressed bytes are.
        n_entries: entries of the tree.
        block_entries: entries to which clusters are merged, at least 1.

    Returns:
        The last entry (exclusive) of each block, ascending; empty for an empty tree.
    """
    if block_entries < 1:
        raise ValueError(f"block_entries must be at least 1, not {block_entries}")
    if n_entries <= 0:
        return ()
    boundaries = _cut_gaps(_inner(clusters, n_entries), block_entries)
    bytes_before = storage.before(boundaries)
    stops: list[int] = []
    at = 0
    while at < len(boundaries) - 1:
        by_entries = np.searchsorted(boundaries, boundaries[at] + block_entries, side="right") - 1
        by_bytes = np.searchsorted(bytes_before, bytes_before[at] + BLOCK_LIMIT_BYTES, side="right") - 1
        at = max(at + 1, int(min(by_entries, by_bytes)))
        stops.append(int(boundaries[at]))
    return tuple(stops)


def _inner(clusters: Iterable[int], n_entries: int) -> Entries:
    """Return boundaries sorted, once each, from 0 to `n_entries`."""
    given = np.asarray(clusters if isinstance(clusters, np.ndarray) else list(clusters), dtype=np.int64)
    inside = given[(given > 0) & (given < n_entries)]
    return _distinct(np.concatenate([np.asarray([0, n_entries], dtype=np.int64), inside]))


def _cut_gaps(boundaries: Entries, block_entries: int) -> Entries:
    """Add the multiples of `block_entries` inside of gaps longer than twice that."""
    long = np.flatnonzero(np.diff(boundaries) > 2 * block_entries)
    if not len(long):
        return boundaries
    cuts = [
        np.arange((boundaries[at] // block_entries + 1) * block_entries, boundaries[at + 1], block_entries)
        for at in long
    ]
    return _distinct(np.concatenate([boundaries, *cuts]))


def ttree_clusters(
    *,
    n_entries: int,
    auto_flush: int,
    range_ends: Sequence[int],
    range_sizes: Sequence[int],
    common: Callable[[], Entries],
) -> Entries:
    """Return the cluster boundaries of a TTree.

    Where the tree does not tell the size of its clusters (no `fAutoFlush` in entries, a range of size 0), ROOT's
    iterator guesses one from the size of its cache; here the boundaries common to all branches are taken instead.

    Args:
        n_entries: entries of the tree.
        auto_flush: `fAutoFlush`; entries of a cluster after the last range, unless it is 0 or negative.
        range_ends: `fClusterRangeEnd`, the last entry (inclusive) of each range.
        range_sizes: `fClusterSize`, the entries of a cluster in each range.
        common: gives the basket boundaries common to all branches; called only when needed.

    Source: ROOT's TTree::TClusterIterator.
    """
    pieces: list[Entries] = []
    first = 0
    for end, size in [*zip(range_ends, range_sizes, strict=True), (n_entries - 1, auto_flush)]:
        stop = min(int(end) + 1, n_entries)
        if stop <= first:
            continue
        if size > 0:
            pieces.append(np.arange(first, stop, size, dtype=np.int64))
        else:
            shared = common()
            pieces.append(np.concatenate([[first], shared[(shared > first) & (shared < stop)]]).astype(np.int64))
        first = stop
    return np.concatenate([*pieces, np.asarray([n_entries], dtype=np.int64)])


def common_boundaries(boundaries: Iterable[npt.NDArray[np.integer]]) -> Entries:
    """Return the entries at which every branch begins a basket or ends.

    Args:
        boundaries: for each branch, the first entry of each basket and the end of the last; a branch without
            baskets has nothing to say and gives fewer than two numbers.
    """
    shared: Entries | None = None
    seen: set[bytes] = set()
    for offsets in boundaries:
        # The branches of one tree mostly have the same boundaries: each set of them is looked at once.
        if len(offsets) < 2 or (key := offsets.tobytes()) in seen:
            continue
        seen.add(key)
        own = _distinct(offsets.astype(np.int64))
        shared = own if shared is None else np.intersect1d(shared, own, assume_unique=True)
    return np.asarray([0], dtype=np.int64) if shared is None else shared


def _distinct(entries: Entries) -> Entries:
    """Return numbers sorted, once each; for the same numpy would load its masked arrays first."""
    ordered = np.sort(entries)
    is_new = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
    return ordered[is_new]
