"""What waits: runs that join, files by their readers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from overproof.query.shelf import Shelf


@given(st.permutations(range(12)), st.integers(1, 12))
def test_runs_join_whatever_the_order(order: list[int], n_blocks: int) -> None:
    """Blocks put back one by one, in any order, are one run, and are taken ascending."""
    shelf = Shelf()
    for number in order:
        shelf.put(0, number, number + 1)
        shelf.check()
    assert shelf.take(0, n_blocks) == (0, n_blocks)
    assert shelf.n_waiting == 12 - n_blocks
    shelf.check()


def test_runs_apart_are_taken_one_by_one() -> None:
    """A packet never spans a gap."""
    shelf = Shelf()
    shelf.put(0, 6, 9)
    shelf.put(0, 1, 3)
    assert shelf.take(0, 10) == (1, 3)
    assert shelf.take(0, 10) == (6, 9)
    assert shelf.choose(0) is None


def test_fewest_readers_first() -> None:
    """A worker without a file goes where the fewest are; one with a file stays as long as it has waiting blocks."""
    shelf = Shelf()
    shelf.put(0, 0, 1)
    shelf.put(1, 1, 2)
    shelf.move(None, 0)
    assert shelf.choose(None) == 1
    assert shelf.choose(0) == 0
    shelf.move(None, 1)
    shelf.move(None, 1)
    assert shelf.choose(None) == 0
    shelf.take(0, 1)
    assert shelf.choose(0) == 1
    shelf.move(0, 1)
    shelf.check()
