"""Ranges are sets of entries."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from overproof.session.outcome.ranges import common, count, union, without

RANGES = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: (min(pair), max(pair))), max_size=6
)


def entries(ranges: object) -> set[int]:
    return {entry for first, stop in ranges for entry in range(first, stop)}  # type: ignore[attr-defined]


def is_tidy(ranges: tuple[tuple[int, int], ...]) -> bool:
    """Ascending, apart, none empty."""
    edges = [edge for each in ranges for edge in each]
    return all(before < after for before, after in itertools.pairwise(edges))


@given(RANGES, RANGES)
def test_ranges_do_as_sets_do(one: list[tuple[int, int]], two: list[tuple[int, int]]) -> None:
    """Union, difference and intersection are those of the sets of entries, and come out tidy."""
    for found, wanted in (
        (union(one, two), entries(one) | entries(two)),
        (without(one, two), entries(one) - entries(two)),
        (common(one, two), entries(one) & entries(two)),
    ):
        assert entries(found) == wanted
        assert is_tidy(found)
        assert count(found) == len(wanted)
