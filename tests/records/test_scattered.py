"""Laws of scattered entries: pieces of a block, and entry lists as records."""

from __future__ import annotations

import pytest

from overproof.records.block import MAX_APART, Block
from overproof.records.outcome.entries import Entries, FileEntries, entries_of


def block(*ranges: tuple[int, int]) -> Block:
    return Block(file=0, index=0, first=0, stop=1_000, ranges=ranges or None)


def test_few_parts_are_computed_each_by_itself() -> None:
    """A whole block, and one with a few entries excluded, are computed as before."""
    assert block().pieces == (((0, 1_000),),)
    ranges = tuple((10 * i, 10 * i + 5) for i in range(MAX_APART))
    assert block(*ranges).pieces == tuple((part,) for part in ranges)


def test_many_parts_are_computed_in_one_go() -> None:
    """Scattered entries are one piece."""
    ranges = tuple((10 * i, 10 * i + 1) for i in range(MAX_APART + 1))
    assert block(*ranges).pieces == (ranges,)


def test_parts_that_touch_stay_apart() -> None:
    """Where a range was cut because it is too large whole, the halves are never put together again."""
    ranges = tuple((10 * i, 10 * i + 1) for i in range(MAX_APART + 1))
    after = tuple((first + 500, stop + 500) for first, stop in ranges)
    touching = (*ranges, (100, 200), (200, 300), *after)
    assert block(*touching).pieces == ((*ranges, (100, 200)), ((200, 300), *after))
    assert block((0, 5), (5, 9)).pieces == (((0, 5),), ((5, 9),))


def entries(*ranges: tuple[int, int], path: str = "/a") -> Entries:
    return Entries(name="good", files=(FileEntries(path=path, tree="t", ranges=ranges),))


def test_a_list_is_read_as_it_was_written() -> None:
    """Single entries are numbers, ranges are pairs."""
    listed = entries((1, 2), (5, 9))
    document = listed.document()
    assert document["entry_list"][0]["entries"] == [1, [5, 9]]
    assert document["n_entries"] == len(listed) == 5
    assert entries_of(document) == listed


def test_lists_add_up_to_what_is_in_either() -> None:
    """An entry of both is in the sum once; files of both are in it."""
    both = entries((1, 3), (8, 9)) + entries((2, 4), (4, 5)) + entries((7, 8), path="/b")
    assert [(file.path, file.ranges) for file in both.files] == [("/a", ((1, 5), (8, 9))), ("/b", ((7, 8),))]


@pytest.mark.parametrize("written", [[2, 1], [[3, 3]], [[1, 5], 4], ["a"], [-1], [[1, 2, 3]]])
def test_what_is_no_list_is_refused(written: list[object]) -> None:
    """Entries that do not ascend, empty ranges and anything else are errors."""
    document = {"name": "x", "entry_list": [{"file": "/a", "tree": "t", "entries": written}]}
    with pytest.raises((ValueError, TypeError)):
        entries_of(document)
