"""Laws of reading in the isolator: a file that stalls or crashes who reads it is no fault of the selector."""

from __future__ import annotations

import ctypes
import os
import signal
from pathlib import Path
from typing import Any

import cloudpickle
import pytest

from overproof.analysis.selector import Selector
from overproof.records.block import Block
from overproof.records.dataset import FileSpec
from overproof.records.notices import BlockUnreadable

BLOCK = Block(file=0, index=0, first=0, stop=100)


def segfault() -> None:
    ctypes.string_at(0)


def doze() -> None:
    signal.pause()


@pytest.mark.parametrize(("evil", "reason"), [(segfault, "while it was read"), (doze, "not read within 0.9 s")])
def test_a_stall_or_crash_of_reading_is_an_unreadable_block(
    evil: Any, reason: str, crew: Any, make_dataset: Any, tmp_path: Path
) -> None:
    """It is tried twice, then the block is unreadable; a range of it does not fail, a named event neither."""
    tries = tmp_path / "tries"

    class Innocent(Selector):
        def worker_begin(self) -> None:
            from overproof.engines.worker.source import BlockSource

            def read(*_: Any) -> None:
                with tries.open("a") as file:
                    file.write(f"{os.getpid()}\n")
                evil()

            source: Any = BlockSource
            source._reader = read  # in place of a bad disk, which a test does not have

        def process(self, events: Any) -> dict[str, Any]:
            return {}

    dataset = make_dataset(FileSpec(path=str(tmp_path / "bad.root"), tree="Events"))
    crew.limit(block_timeout_s=0.9 if evil is doze else 60.0)
    crew.begin(None, selector=cloudpickle.dumps(Innocent()), dataset=dataset)
    (unreadable,) = crew.compute(BLOCK)
    assert isinstance(unreadable, BlockUnreadable)
    assert (unreadable.block, unreadable.phase) == (BLOCK, "read")
    assert reason in unreadable.reason
    assert crew.probe(BLOCK, (0, 50)).failure is None
    assert crew.probe(BLOCK, (7, 8)).failure is None
    assert len(set(tries.read_text().split())) == 6
