"""Blocks come from the file alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overproof.columns.grid import BLOCK_LIMIT_BYTES, Storage, block_stops, common_boundaries, ttree_clusters

NOTHING = Storage(starts=np.zeros(0, np.int64), sizes_bytes=np.zeros(0, np.int64))

trees = st.integers(1, 1_000).flatmap(
    lambda n: st.tuples(st.just(n), st.lists(st.integers(0, n), max_size=40), st.integers(1, 300))
)
weights = st.lists(st.tuples(st.integers(0, 1_000), st.integers(0, BLOCK_LIMIT_BYTES)), max_size=30)


def storage(pieces: list[tuple[int, int]]) -> Storage:
    starts, sizes = zip(*pieces, strict=True) if pieces else ((), ())
    return Storage(starts=np.asarray(starts, np.int64), sizes_bytes=np.asarray(sizes, np.int64))


@settings(deadline=None)
@given(trees, weights)
def test_blocks_cover_the_tree_once(tree: tuple[int, list[int], int], pieces: list[tuple[int, int]]) -> None:
    """Stops ascend strictly and end with the last entry: every entry lies in exactly one block."""
    n_entries, clusters, block_entries = tree
    stops = block_stops(clusters, storage(pieces), n_entries=n_entries, block_entries=block_entries)
    assert list(stops) == sorted(set(stops))
    assert stops[0] > 0
    assert stops[-1] == n_entries


@settings(deadline=None)
@given(trees, weights)
def test_blocks_end_at_clusters_or_multiples(tree: tuple[int, list[int], int], pieces: list[tuple[int, int]]) -> None:
    """A block ends at a cluster boundary, or at a multiple of block_entries inside of a gap longer than twice that."""
    n_entries, clusters, block_entries = tree
    boundaries = sorted({0, n_entries, *clusters})
    for stop in block_stops(clusters, storage(pieces), n_entries=n_entries, block_entries=block_entries):
        if stop not in boundaries:
            before = max(each for each in boundaries if each < stop)
            after = min(each for each in boundaries if each > stop)
            assert stop % block_entries == 0
            assert after - before > 2 * block_entries


@settings(deadline=None)
@given(trees, weights)
def test_blocks_are_as_large_as_may_be(tree: tuple[int, list[int], int], pieces: list[tuple[int, int]]) -> None:
    """A block of several pieces keeps both limits, and no block could have taken in the next piece as well."""
    n_entries, clusters, block_entries = tree
    stops = block_stops(clusters, storage(pieces), n_entries=n_entries, block_entries=block_entries)
    # The finest pieces there are: every cluster and every cut on its own.
    cuts = {0, n_entries, *clusters}
    for low, high in zip(sorted(cuts), sorted(cuts)[1:], strict=False):
        if high - low > 2 * block_entries:
            cuts |= {each for each in range(0, high, block_entries) if each > low}
    fine = sorted(cuts)

    def size_bytes(first: int, stop: int) -> int:
        return sum(size for start, size in pieces if first <= start < stop)

    place = {boundary: number for number, boundary in enumerate(fine)}
    first = 0
    for stop in stops:
        if place[stop] - place[first] > 1:
            assert stop - first <= block_entries
            assert size_bytes(first, stop) <= BLOCK_LIMIT_BYTES
        if stop < n_entries:
            following = fine[place[stop] + 1]
            assert following - first > block_entries or size_bytes(first, following) > BLOCK_LIMIT_BYTES
        first = stop


@settings(deadline=None)
@given(trees, st.randoms())
def test_order_and_repetition_of_clusters_do_not_matter(tree: tuple[int, list[int], int], random: object) -> None:
    """The same boundaries in any order, some twice, give the same blocks."""
    n_entries, clusters, block_entries = tree
    shuffled = clusters + clusters[:3]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    stops = block_stops(clusters, NOTHING, n_entries=n_entries, block_entries=block_entries)
    assert block_stops(shuffled, NOTHING, n_entries=n_entries, block_entries=block_entries) == stops


def test_empty_tree_has_no_blocks() -> None:
    """A tree without entries has no stops, whatever its clusters say."""
    assert block_stops([0, 100], NOTHING, n_entries=0, block_entries=10) == ()


@pytest.mark.parametrize(
    ("clusters", "n_entries", "stops"),
    [
        ([], 200, (200,)),
        ([], 201, (100, 200, 201)),
        ([30, 60, 90, 120], 150, (90, 150)),
        # The cut at 100 leaves a piece of one entry, which still fits into the block before it.
        ([99], 350, (100, 200, 300, 350)),
        ([150, 300], 450, (150, 300, 450)),
    ],
)
def test_examples(clusters: list[int], n_entries: int, stops: tuple[int, ...]) -> None:
    """Blocks of 100: gaps to 200 stay whole, longer ones are cut at multiples, short clusters are merged."""
    assert block_stops(clusters, NOTHING, n_entries=n_entries, block_entries=100) == stops


def test_heavy_clusters_are_not_merged() -> None:
    """Two clusters of 40 MB stay two blocks; one of 100 MB stays one."""
    heavy = storage([(0, 40_000_000), (10, 40_000_000), (20, 100_000_000), (30, 1)])
    assert block_stops([10, 20, 30], heavy, n_entries=40, block_entries=100) == (10, 20, 30, 40)


def no_common() -> np.ndarray:
    raise AssertionError("the tree tells its clusters: nobody needs the baskets")


@pytest.mark.parametrize(
    ("n_entries", "auto_flush", "ends", "sizes", "starts"),
    [
        (1050, 100, [], [], [0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]),
        (1203, 500, [249, 399], [100, 30], [0, 100, 200, 250, 280, 310, 340, 370, 400, 900]),
        (500, 350, [], [], [0, 350]),
        (100, 500, [], [], [0]),
        (10, 1_000_000, [], [], [0]),
    ],
)
def test_clusters_are_those_of_root(
    n_entries: int, auto_flush: int, ends: list[int], sizes: list[int], starts: list[int]
) -> None:
    """Where the tree tells its clusters, the boundaries are the starts that ROOT 6.40's own iterator gives."""
    found = ttree_clusters(
        n_entries=n_entries, auto_flush=auto_flush, range_ends=ends, range_sizes=sizes, common=no_common
    )
    assert found.tolist() == [*starts, n_entries]


def test_clusters_without_a_size_are_common_boundaries() -> None:
    """A tree flushed by bytes has its clusters where all branches begin a basket; also a range of unknown size."""
    common = np.asarray([0, 40, 90, 100])
    assert ttree_clusters(
        n_entries=100, auto_flush=-30_000_000, range_ends=[], range_sizes=[], common=lambda: common
    ).tolist() == [0, 40, 90, 100]
    assert ttree_clusters(
        n_entries=100, auto_flush=25, range_ends=[49], range_sizes=[0], common=lambda: common
    ).tolist() == [0, 40, 50, 75, 100]


def test_branches_without_baskets_have_no_say() -> None:
    """Common boundaries are those of the branches that have baskets; without any there is only the start."""
    branches = [np.asarray([0]), np.asarray([0, 10, 20, 30]), np.asarray([]), np.asarray([0, 15, 20, 30])]
    assert common_boundaries(branches).tolist() == [0, 20, 30]
    assert common_boundaries([np.asarray([0])]).tolist() == [0]
