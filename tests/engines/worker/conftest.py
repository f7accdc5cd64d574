"""A worker without a process, with the test in the place of its crew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cloudpickle
import pytest

from overproof.analysis.selector import FunctionSelector
from overproof.engines.messages import Brief, Compute, Letter, Reply
from overproof.engines.worker.compute import Worker
from overproof.outputs.state import OutputState
from overproof.records.block import Block, Packet
from overproof.records.notices import DeltaOffered
from overproof.testing import ManualClock


class Bench:
    """One worker, its clock, and what it has said."""

    def __init__(self, **options: Any) -> None:
        self.clock = ManualClock()
        self.letters: list[Letter] = []
        self.worker = Worker("w0", self.letters.append, clock=self.clock, **options)
        self._n_packets = 0

    def begin(self, process: Callable[[Any], Any], *, forgets: bool = True, **changes: Any) -> None:
        """Begin a query over cycles, or over what `changes` say; forget what was said, unless it is to be looked at."""
        brief = Brief(
            query=1,
            selector=cloudpickle.dumps(FunctionSelector(process)),
            dataset=None,
            block_entries=1000,
            seed=0,
            search_path=(),
        )
        self.worker.handle(replace(brief, **changes))
        if forgets:
            self.letters.clear()

    def give(self, *blocks: Block, is_apart: bool = False) -> None:
        """Give a packet."""
        self._n_packets += 1
        self.worker.handle(Compute(packet=Packet(number=self._n_packets, blocks=blocks, is_apart=is_apart)))

    def work(self) -> None:
        """Compute all that is in hand."""
        while self.worker.has_work:
            self.worker.step()

    def said(self, kind: type[Any] | None = None) -> list[Any]:
        """Return what was said, of one kind or all."""
        replies: list[Reply] = [letter.reply for letter in self.letters]
        return [reply for reply in replies if kind is None or isinstance(reply, kind)]

    def offers(self) -> list[tuple[tuple[Block, ...], dict[str, Any]]]:
        """Return blocks and values of all deltas offered."""
        return [
            (letter.reply.delta.blocks, OutputState.from_bytes(letter.payload).value())
            for letter in self.letters
            if isinstance(letter.reply, DeltaOffered)
        ]


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def make_bench() -> type[Bench]:
    return Bench
