"""Laws of putting ranges of bytes together into requests."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from overproof.columns.files.requests import Range, batches, cut, span_of, together

CONTENT = bytes(range(256)) * 8
RANGES = st.lists(
    st.tuples(st.integers(0, 1_900), st.integers(0, 140)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=30
)


@settings(max_examples=50)
@given(RANGES, st.integers(0, 60), st.integers(1, 600))
def test_every_range_is_in_one_group(ranges: list[Range], gap: int, limit: int) -> None:
    """Each range comes once; a group of several keeps to the limit, and no gap in it is larger than allowed."""
    groups = list(together(ranges, gap_bytes=gap, limit_bytes=limit))
    assert sorted(each for group in groups for each in group) == sorted(ranges)
    for group in groups:
        start, stop = span_of(group)
        assert len(group) == 1 or stop - start <= limit
        covered = start
        for low, high in group:
            assert low - covered <= gap
            covered = max(covered, high)


@settings(max_examples=50)
@given(RANGES, st.integers(0, 60), st.integers(1, 600))
def test_neighbours_are_not_left_apart(ranges: list[Range], gap: int, limit: int) -> None:
    """Two groups behind each other are too far apart, or too long, to be one."""
    groups = list(together(ranges, gap_bytes=gap, limit_bytes=limit))
    for one, two in pairwise(groups):
        (start, stop), (low, high) = span_of(one), two[0]
        assert low > stop + gap or max(high, stop) - start > limit


@settings(max_examples=50)
@given(RANGES, st.integers(0, 60), st.integers(0, 2_100))
def test_what_is_cut_is_what_was_asked_for(ranges: list[Range], gap: int, n_bytes: int) -> None:
    """The pieces of a request are the bytes of the file, as far as the file goes."""
    content = CONTENT[:n_bytes]
    for group in together(ranges, gap_bytes=gap, limit_bytes=600):
        start, stop = span_of(group)
        for (low, high), piece in cut(content[start:stop], group).items():
            assert bytes(piece) == content[low:high]


@settings(max_examples=50)
@given(RANGES, st.integers(1, 5), st.integers(1, 600))
def test_batches_keep_to_their_limits(ranges: list[Range], n_limit: int, limit: int) -> None:
    """No batch has more groups or bytes than allowed, but for a group that is too long alone; none is lost."""
    groups = list(together(ranges, gap_bytes=0, limit_bytes=300))
    found = list(batches(groups, n_limit=n_limit, limit_bytes=limit))
    assert [group for batch in found for group in batch] == groups
    for batch in found:
        n_bytes = sum(stop - start for start, stop in map(span_of, batch))
        assert 1 <= len(batch) <= n_limit
        assert n_bytes <= limit or len(batch) == 1
