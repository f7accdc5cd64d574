"""A merger without a process, with the test in the place of its crew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from overproof.engines.merger.merger import Merger
from overproof.engines.messages import AddDelta, Brief, Letter, Settled
from overproof.outputs.state import OutputState
from overproof.records.block import Block, Delta
from overproof.records.notices import DeltaOffered
from overproof.testing import ManualClock

BRIEF = Brief(query=1, selector=b"", dataset=None, block_entries=100, seed=0, search_path=())


def state_of(outputs: Mapping[int, Mapping[str, Any]]) -> OutputState:
    """Make the state of some blocks, by their index."""
    state = OutputState()
    for index, output in outputs.items():
        state.add_block(block(index), output)
    return state


def block(index: int) -> Block:
    return Block(file=0, index=index, first=100 * index, stop=100 * index + 100)


def delta_of(indexes: Sequence[int], *, worker: str = "w0", number: int = 1) -> Delta:
    return Delta(worker=worker, epoch=1, number=number, blocks=tuple(map(block, indexes)))


class Bench:
    """One merger, its clock, and what it has said."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.letters: list[Letter] = []
        self.merger = Merger("m0", self.letters.append, clock=self.clock)

    def give(self, outputs: Mapping[int, Mapping[str, Any]]) -> Any:
        """Give a delta of some blocks; return the answer."""
        self.merger.handle(AddDelta(delta=delta_of(list(outputs))), state_of(outputs).to_bytes())
        return self.said()[-1]

    def said(self) -> list[Any]:
        return [letter.reply for letter in self.letters]

    def offers(self) -> list[tuple[Delta, dict[str, Any]]]:
        """Return the labels and the values of all that was offered."""
        return [
            (letter.reply.delta, OutputState.from_bytes(letter.payload).value())
            for letter in self.letters
            if isinstance(letter.reply, DeltaOffered)
        ]

    def settle(self, number: int) -> None:
        self.merger.handle(Settled(number=number))


@pytest.fixture
def bench() -> Bench:
    """Give a merger that has its brief."""
    made = Bench()
    made.merger.handle(BRIEF)
    return made


@pytest.fixture
def make_bench() -> type[Bench]:
    return Bench
