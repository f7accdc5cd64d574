"""Laws of what a worker announces: the next pieces in hand, of the same file, and what the selector has touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

from overproof.columns.native.reader import NativeReader
from overproof.engines.worker.source import following
from overproof.records.block import Block
from overproof.records.dataset import Dataset, FileSpec


def block(index: int, *ranges: tuple[int, int], file: int = 0) -> Block:
    first = 100 * index
    return Block(file=file, index=index, first=first, stop=first + 100, ranges=ranges or None)


def pieces_of(block: Block) -> Any:
    return block.pieces


def test_the_next_pieces_in_hand_come_next() -> None:
    """At most three ranges, in the order in which they will be computed."""
    queued = [block(1), block(3), block(4), block(5)]
    assert following(block(0), queued, pieces_of=pieces_of) == ((100, 200), (300, 400), (400, 500))
    assert following(block(5), [], pieces_of=pieces_of) == ()


def test_another_file_is_not_announced() -> None:
    """What lies behind blocks of another file is not looked at."""
    queued = [block(1), block(0, file=1), block(2)]
    assert following(block(0), queued, pieces_of=pieces_of) == ((100, 200),)


def test_blocks_without_entries_are_passed_over() -> None:
    """A block of which nothing is computed announces nothing, and does not stand in the way."""
    empty = Block(file=0, index=1, first=100, stop=200, ranges=())
    assert following(block(0), [empty, block(2)], pieces_of=pieces_of) == ((200, 300),)


@pytest.fixture
def expected(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], int, int]]:
    """What readers are told will be read."""
    told: list[tuple[list[str], int, int]] = []

    def expect(reader: NativeReader, names: Any, first: int, stop: int) -> None:
        told.append((sorted(names), first, stop))

    monkeypatch.setattr(NativeReader, "expect", expect)
    return told


def test_a_worker_announces_what_was_touched(
    bench: Any, tmp_path: Path, expected: list[tuple[list[str], int, int]]
) -> None:
    """What a block reads is announced for the next blocks of its packet, and for those of the packet behind it."""
    with uproot.recreate(tmp_path / "a.root") as file:
        file.mktree("t", {"x": "f4", "y": "f4", "z": "f4"})
        for _ in range(5):
            file["t"].extend({name: np.zeros(100, np.float32) for name in "xyz"})

    def process(events: Any) -> dict[str, float]:
        return {"sum": float(np.sum(events.x) + np.sum(events.y))}

    files = (FileSpec(path=str(tmp_path / "a.root"), tree="t"),)
    bench.begin(process, dataset=Dataset(name="d", files=files))
    bench.give(block(0), block(1))
    bench.give(block(2))
    bench.work()
    assert expected == [
        (["x"], 100, 200),
        (["x"], 200, 300),
        (["y"], 100, 200),
        (["y"], 200, 300),
        (["x", "y"], 200, 300),
    ]
