"""Laws of the start of a selector in the isolator: what goes wrong before any entry is seen is no fault of one."""

from __future__ import annotations

import ctypes
import os
import signal
from typing import Any

import cloudpickle
import pytest

from overproof.analysis.selector import Selector
from overproof.engines.messages import BeginFailed, Probe
from overproof.records.block import Block
from overproof.records.notices import DeltaOffered

BLOCK = Block(file=0, index=0, first=0, stop=100)


def count(cycles: Any) -> dict[str, int]:
    return {"n": len(cycles)}


def segfault() -> None:
    ctypes.string_at(0)


def leave() -> None:
    os._exit(3)


def doze() -> None:
    signal.pause()


def test_a_selector_that_does_not_start_says_so(crew: Any) -> None:
    """What fails before any entry is seen is no failure of a block."""
    crew.begin(count, selector=b"this is no pickle")
    crew.ask(BLOCK)
    assert isinstance(crew.hear(), BeginFailed)
    crew.begin(count)
    assert [type(reply) for reply in crew.compute(BLOCK)] == [DeltaOffered]


@pytest.mark.parametrize(("evil", "said"), [(segfault, "SIGSEGV"), (leave, "exit code 3"), (doze, "longer than 0.9 s")])
def test_what_happens_before_the_selector_has_begun_is_no_fault_of_an_entry(evil: Any, said: str, crew: Any) -> None:
    """A start that kills its process, or never ends, is told as such, and neither a block nor a range fails for it."""

    class Evil(Selector):
        def worker_begin(self) -> None:
            evil()

        def process(self, cycles: Any) -> dict[str, Any]:
            return {}

    crew.limit(block_timeout_s=0.9 if evil is doze else 60.0)
    crew.begin(count, selector=cloudpickle.dumps(Evil()))
    crew.ask(BLOCK)
    failed = crew.hear()
    assert isinstance(failed, BeginFailed)
    assert failed.worker == "i0"
    assert "worker_begin" in failed.reason
    assert said in failed.reason
    assert ("5 times" in failed.reason) == (evil is not doze)
    assert evil.__name__ in failed.traceback or evil is leave
    crew.send(Probe(probe=1, block=BLOCK, part=(0, 1)))
    assert isinstance(crew.hear(), BeginFailed)
    crew.begin(count)
    assert [type(reply) for reply in crew.compute(BLOCK)] == [DeltaOffered]
