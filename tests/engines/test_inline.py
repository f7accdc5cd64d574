"""Laws of the crew of one: exceptions are isolated in the user's own process, with fresh copies of the selector."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import cloudpickle
import pytest

import overproof as op
from overproof.analysis.selector import FunctionSelector
from overproof.engines.inline import InlineCrew
from overproof.engines.messages import Brief, Compute
from overproof.records.block import Block, Packet
from overproof.records.notices import BlockFailed


def picky(*bad: int, error: type[BaseException] = ValueError) -> Any:
    def process(cycles: Any) -> dict[str, Any]:
        for entry in bad:
            if cycles.first <= entry < cycles.stop:
                raise error(f"I do not like {entry}")
        return {"n": len(cycles), "sum": int(cycles.numbers.sum())}

    return process


KINDS = [
    (ValueError, "exception"),
    (SystemExit, "exit"),
    (MemoryError, "memory"),
    (KeyError, "exception"),
    (asyncio.CancelledError, "exception"),
]


@pytest.mark.parametrize(("error", "kind"), KINDS)
def test_a_bad_entry_costs_one_entry(error: type[BaseException], kind: str) -> None:
    """Exactly the entries that raise are excluded, and named; all others are in the result."""
    bad = (1234, 1235, 7999)
    with op.Session("inline", progress=False) as session:
        result = session.process(picky(*bad, error=error), cycles=8_000, block_entries=1_000, max_excluded=10)
    excluded = [(each.first, each.stop, each.kind) for each in result.excluded]
    assert excluded == [(entry, entry + 1, kind) for entry in bad]
    assert result["n"] == 8_000 - len(bad)
    assert result["sum"] == sum(range(8_000)) - sum(bad)
    assert (result.account.processed, result.account.excluded) == (7_997, 3)


def test_a_trial_has_a_selector_of_its_own() -> None:
    """What a selector has spoilt of itself is no matter for the next trial: only the entry itself is at fault."""

    class Sensitive(op.Selector):
        is_spoilt = False

        def process(self, cycles: Any) -> dict[str, Any]:
            if self.is_spoilt:
                raise RuntimeError("spoilt")
            if cycles.first <= 500 < cycles.stop:
                self.is_spoilt = True
                raise ValueError("spoils")
            return {"n": len(cycles)}

    with op.Session("inline", progress=False) as session:
        result = session.process(Sensitive(), cycles=4_000, block_entries=1_000)
    assert [(each.first, each.cause.split()[0]) for each in result.excluded] == [(500, "ValueError")]
    assert result["n"] == 3_999


def test_who_is_dismissed_is_replaced_in_a_new_epoch() -> None:
    """The process stays, so another worker and another isolator come in it; what the old ones said is told apart."""
    crew = InlineCrew()
    selector = cloudpickle.dumps(FunctionSelector(picky(42)))
    crew.begin(Brief(query=1, selector=selector, dataset=None, block_entries=100, seed=0, search_path=()))
    crew.call_isolator()
    for name in ("w0", "i0"):
        crew.dismiss(name)
    crew.call_isolator()
    joined: list[Any] = [letter.reply for letter in crew.poll(0.0)]
    assert [(reply.worker, reply.epoch) for reply in joined] == [("w0", 1), ("i0", 1), ("w0", 2), ("i0", 2)]
    bad = Block(file=0, index=0, first=0, stop=100)
    for name in ("w0", "i0"):
        crew.send(name, Compute(packet=Packet(number=1, blocks=(bad,))))
    replies = [letter.reply for letter in crew.poll(0.0) + crew.poll(0.0)]
    failed = [(reply.worker, reply.epoch) for reply in replies if isinstance(reply, BlockFailed)]
    assert sorted(failed) == [("i0", 2), ("w0", 2)]
    crew.close()


def test_isolation_leaves_the_users_process_as_it_was() -> None:
    """No process is started, and the search path is the user's."""
    path = list(sys.path)

    def process(cycles: Any) -> dict[str, Any]:
        if cycles.first <= 10 < cycles.stop:
            raise ValueError
        return {"n": len(cycles), "pids": {os.getpid()}}

    with op.Session("inline", progress=False) as session:
        result = session.process(process, cycles=1_000)
    assert result["n"] == 999
    assert result["pids"] == {os.getpid()}
    assert sys.path == path
