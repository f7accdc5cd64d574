"""Laws of what a worker notes while a file has the turn, so that its stalls and crashes are not the selector's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

from overproof.analysis.selector import FunctionSelector
from overproof.engines.local.logbook import AtHand, Logbook
from overproof.engines.messages import LookInto
from overproof.records.block import Block
from overproof.records.dataset import Dataset, FileSpec
from overproof.records.notices import FileOpened


@pytest.fixture
def logbook() -> Iterator[Logbook]:
    book = Logbook()
    yield book
    book.close()


@pytest.fixture
def reads(logbook: Logbook, monkeypatch: pytest.MonkeyPatch) -> list[AtHand]:
    """Give what stood in the logbook at each read of bytes."""
    seen: list[AtHand] = []
    pread = os.pread

    def watched(handle: int, n_bytes: int, at: int) -> bytes:
        seen.append(logbook.read())
        return pread(handle, n_bytes, at)

    monkeypatch.setattr(os, "pread", watched)
    return seen


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    with uproot.recreate(tmp_path / "a.root") as file:
        file["t"] = {"x": np.arange(100), "y": np.arange(100)}
    return Dataset(name="one", files=(FileSpec(path=str(tmp_path / "a.root"), tree="t"),))


def test_a_look_into_a_file_is_in_the_logbook_for_as_long_as_it_takes(
    make_bench: Any, logbook: Logbook, reads: list[AtHand], dataset: Dataset
) -> None:
    """From the first byte to the last; after that nothing is in hand."""
    bench = make_bench(logbook=logbook)
    bench.begin(lambda events: {}, dataset=dataset)
    bench.worker.handle(LookInto(file=0))
    assert len(bench.said(FileOpened)) == 1
    assert {(each.opening, each.block) for each in reads} == {(0, None)}
    assert (logbook.read().opening, logbook.read().block) == (None, None)


def test_a_file_has_the_turn_while_it_is_opened_and_read_and_the_selector_before_and_after(
    make_bench: Any, logbook: Logbook, reads: list[AtHand], dataset: Dataset
) -> None:
    """Every read of bytes for a block is noted as one, and nothing that user code does."""
    own_turns: list[AtHand] = []

    def process(events: Any) -> dict[str, int]:
        own_turns.append(logbook.read())
        n = int(events.x[0])
        own_turns.append(logbook.read())
        return {"n": n + int(events.y[0])}

    bench = make_bench(logbook=logbook)
    bench.begin(lambda events: {}, dataset=dataset)
    bench.worker._selector = FunctionSelector(process)  # itself, and no copy that notes what nobody sees
    bench.give(Block(file=0, index=0, first=0, stop=50))
    bench.work()
    assert {(each.block, each.is_reading) for each in reads} == {((0, 0), True)}
    assert [(each.block, each.is_reading) for each in own_turns] == [((0, 0), False)] * 2
    assert not logbook.read().is_reading
