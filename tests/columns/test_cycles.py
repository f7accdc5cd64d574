"""Queries without data."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from overproof.columns import Cycles


@given(seed=st.integers(), first=st.integers(0, 10**9), cut=st.integers(0, 20), length=st.integers(1, 20))
def test_dice_of_a_cycle_do_not_depend_on_the_block(seed: int, first: int, cut: int, length: int) -> None:
    """Seed and dice of a cycle are a function of the query's seed and its number, however cycles are cut to blocks."""
    whole = {cycle.number: (cycle.seed, cycle.rng.random()) for cycle in Cycles(first, first + length, seed=seed)}
    middle = first + min(cut, length)
    parts = [*Cycles(first, middle, seed=seed), *Cycles(middle, first + length, seed=seed)]
    assert {cycle.number: (cycle.seed, cycle.rng.random()) for cycle in parts} == whole
    assert len({seed for seed, _ in whole.values()}) == length


def test_a_block_of_cycles_knows_its_place() -> None:
    """Length, ends and numbers."""
    cycles = Cycles(5, 8)
    assert (len(cycles), cycles.first, cycles.stop, cycles.numbers.tolist()) == (3, 5, 8, [5, 6, 7])


def test_dice_of_blocks_and_cycles_differ() -> None:
    """The dice of a block are reproducible, and not those of its first cycle, of another block or of another query."""
    drawn = Cycles(5, 8, seed=1).rng.random()
    assert Cycles(5, 8, seed=1).rng.random() == drawn
    others = [
        next(iter(Cycles(5, 8, seed=1))).rng.random(),
        Cycles(6, 8, seed=1).rng.random(),
        Cycles(5, 8, seed=2).rng.random(),
    ]
    assert len({drawn, *others}) == 4
