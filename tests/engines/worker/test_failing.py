"""Laws of a worker whose user code fails: it lives on, tells what failed, and nothing of it spoils what comes after."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import cloudpickle
import pytest

from overproof.analysis.selector import Selector
from overproof.engines.messages import BeginFailed, Ended, EndQuery, HandOver, Probe, Settled
from overproof.records.block import Block
from overproof.records.notices import BlockFailed, DeltaOffered, RangeProbed
from overproof.words.errors import OptionError


def block(index: int) -> Block:
    return Block(file=0, index=index, first=100 * index, stop=100 * index + 100)


class Panic(BaseException):
    """What bindings to Rust raise; no `Exception`."""

    def __str__(self) -> str:
        raise ValueError


@pytest.mark.parametrize("error", [Panic, asyncio.CancelledError, GeneratorExit, KeyboardInterrupt])
def test_whatever_is_raised_is_an_exception_of_user_code(error: type[BaseException], bench: Any) -> None:
    """The worker lives on, tells which block it was, and goes on with the next one; a probe does the same."""

    def process(cycles: Any) -> dict[str, Any]:
        if cycles.first <= 42 < cycles.stop:
            raise error
        return {"n": len(cycles)}

    bench.begin(process)
    bench.give(block(0), block(1))
    bench.work()
    bench.worker.handle(HandOver())
    bench.worker.handle(Probe(probe=1, block=block(0), part=(42, 43)))
    (failed,), (probed,) = bench.said(BlockFailed), bench.said(RangeProbed)
    assert (failed.block, failed.failure.kind) == (block(0), "exception")
    assert failed.failure.reason.startswith(error.__name__)
    assert probed.failure.is_like(failed.failure)
    assert [blocks for blocks, _ in bench.offers()] == [(block(1),)]


@pytest.mark.parametrize("method", ["worker_begin", "worker_end"])
def test_whatever_is_raised_at_begin_and_end_is_told(method: str, bench: Any) -> None:
    """No exception leaves a worker, of whatever class it is."""

    class Panicking(Selector):
        def process(self, cycles: Any) -> dict[str, Any]:
            return {}

    def panic(self: Any) -> None:
        raise Panic

    setattr(Panicking, method, panic)
    bench.begin(dict, selector=cloudpickle.dumps(Panicking()), forgets=False)
    bench.worker.handle(EndQuery())
    problems = [reply.reason for reply in bench.said(BeginFailed)] + [reply.problem for reply in bench.said(Ended)]
    assert [problem.split(":")[0] for problem in problems if problem] == ["Panic"]


class Doubling(Selector):
    """Changes itself while it works, as a library with a cache would."""

    factor = 1

    def worker_begin(self) -> None:
        self.base = 10

    def process(self, cycles: Any) -> dict[str, Any]:
        self.factor *= 2
        if cycles.first == 100:
            raise ValueError
        self.factor //= 2
        return {"n": self.base * self.factor}


def test_after_a_failure_the_selector_is_made_anew(bench: Any) -> None:
    """What a failure has left half changed spoils no other block, and the new selector has begun."""
    bench.begin(dict, selector=cloudpickle.dumps(Doubling()))
    bench.give(block(0), block(1), block(2), is_apart=True)
    bench.work()
    bench.worker.handle(Settled(number=1))
    assert [reply.block for reply in bench.said(BlockFailed)] == [block(1)]
    assert [values for _, values in bench.offers()] == [{"n": 10}, {"n": 10}]


def test_a_selector_that_does_not_begin_again_ends_the_work_of_a_worker(bench: Any) -> None:
    """What is computed is handed over first; then the worker says so, and computes nothing that it still gets."""
    bench.begin(dict, selector=cloudpickle.dumps(Doubling()))
    bench.worker._brief = replace(bench.worker._brief, selector=b"this is no pickle")
    bench.give(block(0), block(1), block(2))
    bench.work()
    bench.give(block(3))
    bench.worker.handle(Probe(probe=1, block=block(3), part=(300, 301)))
    assert [type(reply) for reply in bench.said()] == [BlockFailed, DeltaOffered, BeginFailed]
    assert [blocks for blocks, _ in bench.offers()] == [(block(0),)]
    assert not bench.worker.has_work


def test_a_selector_that_asks_for_what_makes_no_sense_can_work_nowhere(bench: Any) -> None:
    """It is no failure of a block: nobody looks for the entry that is to blame."""

    def process(_cycles: Any) -> dict[str, Any]:
        raise OptionError("not from cycles")

    bench.begin(process)
    bench.give(block(0))
    bench.work()
    (reply,) = bench.said(BeginFailed)
    assert reply.is_hopeless
    assert reply.reason.startswith("OptionError: not from cycles")
    assert not bench.said(BlockFailed)


class Panicky:
    """An output that adds and does not travel."""

    def __add__(self, other: Any) -> Any:
        return self

    def __deepcopy__(self, memo: Any) -> Any:
        return self

    def __reduce__(self) -> Any:
        raise Panic


def test_a_panic_on_the_way_out_fails_the_blocks_of_the_delta(bench: Any) -> None:
    """Users' types run code when they are handed over; what that raises is told for each block in the delta."""
    bench.begin(lambda cycles: {})
    bench.worker._selector.process = lambda cycles: {"bad": Panicky()}  # it cannot travel in a pickle
    bench.give(block(0), block(1))
    bench.work()
    bench.worker.handle(HandOver())
    bench.worker.handle(Probe(probe=1, block=block(0), part=(0, 10)))
    assert [reply.block for reply in bench.said(BlockFailed)] == [block(0), block(1)]
    assert bench.said(RangeProbed)[0].failure is not None
    assert bench.offers() == []
