"""A worker reads the copy that it is told to read, and only if it is one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

from overproof.engines.messages import Compute, HandOver, LookInto, Probe
from overproof.records.block import Block, Packet
from overproof.records.dataset import Dataset, FileSpec
from overproof.records.notices import BlockUnreadable, DeltaOffered, FileFailed, FileOpened, RangeProbed

N = 1_000


def write(path: Path, first: int) -> None:
    with uproot.recreate(path) as file:
        file["Events"] = {"x": np.arange(first, first + N)}


def total(events: Any) -> dict[str, Any]:
    return {"sum": int(np.sum(events["x"]))}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Hold a file, a copy of it that was made later, and another file of the same length."""
    write(tmp_path / "here.root", 0)
    shutil.copyfile(tmp_path / "here.root", tmp_path / "copy.root")
    write(tmp_path / "other.root", 5)
    return tmp_path


@pytest.fixture
def reader(bench: Any, place: Path) -> Any:
    bench.begin(total, dataset=Dataset(name="d", files=(FileSpec(path=str(place / "here.root"), tree="Events"),)))
    return bench


def blocks(reader: Any, path: str = "") -> tuple[Block, str]:
    """Look into the file; return its one block, and its identity."""
    reader.worker.handle(LookInto(file=0, path=path))
    (opened,) = reader.said(FileOpened)
    return Block(file=0, index=0, first=0, stop=opened.grid.n_entries), opened.grid.identity


def read(reader: Any, block: Block, *, path: str, identity: str) -> list[Any]:
    reader.letters.clear()
    reader.worker.handle(Compute(packet=Packet(number=1, blocks=(block,), path=path), identity=identity))
    reader.work()
    reader.worker.handle(HandOver())
    return [value for _, value in reader.offers()] or [each.reason for each in reader.said(BlockUnreadable)]


def test_a_copy_is_read_where_the_file_itself_is_gone(reader: Any, place: Path) -> None:
    """Nothing but the copy is touched, though it was written at another time."""
    block, identity = blocks(reader)
    (place / "here.root").unlink()
    assert read(reader, block, path=str(place / "copy.root"), identity=identity) == [{"sum": N * (N - 1) // 2}]


def test_another_file_is_no_copy(reader: Any, place: Path) -> None:
    """One of the same length and another content is refused, and nothing is computed."""
    block, identity = blocks(reader)
    (reason,) = read(reader, block, path=str(place / "other.root"), identity=identity)
    assert "another version" in reason


def test_a_file_may_be_looked_into_at_a_copy_alone(reader: Any, place: Path) -> None:
    """The grid is that of the copy; the file at the place that the dataset names need not be there."""
    (place / "here.root").unlink()
    block, identity = blocks(reader, str(place / "copy.root"))
    assert block.stop == N
    assert read(reader, block, path=str(place / "copy.root"), identity=identity) == [{"sum": N * (N - 1) // 2}]


def test_a_copy_that_is_not_there_fails_by_itself(reader: Any, place: Path) -> None:
    """A file that does not open at one place is told so; it opens at another."""
    reader.worker.handle(LookInto(file=0, path=str(place / "nowhere.root")))
    (failed,) = reader.said(FileFailed)
    assert "nowhere.root" in failed.reason
    assert blocks(reader)[0].stop == N


def test_the_next_packet_may_be_of_another_copy(reader: Any, place: Path) -> None:
    """Each packet is read where it says, also when both are in hand at once."""
    block, identity = blocks(reader)
    reader.letters.clear()
    halves = [Block(file=0, index=i, first=500 * i, stop=500 * (i + 1)) for i in (0, 1)]
    for number, (half, path) in enumerate(zip(halves, (str(place / "copy.root"), ""), strict=True)):
        reader.worker.handle(Compute(packet=Packet(number=number, blocks=(half,), path=path), identity=identity))
    (place / "copy.root").rename(place / "moved.root")
    reader.work()
    (unreadable,) = reader.said(BlockUnreadable)
    assert unreadable.block == halves[0]
    reader.worker.handle(HandOver())
    assert [each.delta.blocks for each in reader.said(DeltaOffered)] == [(halves[1],)]
    assert block.stop == N


def fails(events: Any) -> dict[str, Any]:
    raise ValueError(f"the sum is {int(np.sum(events['x']))}")


def test_a_probe_reads_the_copy_too(bench: Any, place: Path) -> None:
    """What is tried alone is read where the block was: the selector gets to see the entries."""
    bench.begin(fails, dataset=Dataset(name="d", files=(FileSpec(path=str(place / "here.root"), tree="Events"),)))
    block, identity = blocks(bench)
    (place / "here.root").unlink()
    probe = Probe(probe=1, block=block, part=(0, 10), identity=identity, path=str(place / "copy.root"))
    bench.worker.handle(probe)
    (probed,) = bench.said(RangeProbed)
    assert probed.failure.reason.startswith("ValueError: the sum is 45")
