"""Ways to merge the same blocks, none of which may change the answer."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from overproof.outputs.state import OutputState
from overproof.records.block import Block

Outputs = Mapping[tuple[int, int], Mapping[str, Any] | None]


def block_at(file: int, index: int) -> Block:
    """Make a block of ten entries at a position."""
    return Block(file=file, index=index, first=10 * index, stop=10 * index + 10)


@pytest.fixture(scope="session")
def block() -> Callable[[int, int], Block]:
    """Give a function that makes a block at (file, index)."""
    return block_at


@pytest.fixture(scope="session")
def in_order() -> Callable[[Outputs], OutputState]:
    """Give a function that merges blocks one by one, in the order of their positions."""

    def merge(outputs: Outputs) -> OutputState:
        state = OutputState()
        for position in sorted(outputs):
            state.add_block(block_at(*position), outputs[position])
        return state

    return merge


@pytest.fixture(scope="session")
def at_random() -> Callable[..., OutputState]:
    """Give a function that spreads blocks over workers, merges pairs of states by chance and sends some by wire."""

    def merge(outputs: Outputs, seed: int, *, by_ranges: bool = False) -> OutputState:
        dice = random.Random(seed)
        order = sorted(outputs)
        dice.shuffle(order)
        states = [OutputState() for _ in range(dice.choice([1, 2, 3, 7]))]
        for position in order:
            state = dice.choice(states)
            add = state.add_ranges if by_ranges else state.add_block
            add(block_at(*position), outputs[position])  # type: ignore[arg-type]  # a list of outputs by ranges
        while len(states) > 1:
            one = states.pop(dice.randrange(len(states)))
            if dice.random() < 0.5:
                one = OutputState.from_bytes(one.to_bytes())
            dice.choice(states).merge(one)
        return states[0]

    return merge
