"""Laws of the file that a query goes on from."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from overproof.outputs.state import OutputState
from overproof.records.account import Account
from overproof.records.block import Block
from overproof.records.dataset import FileGrid
from overproof.records.outcome.failure import EventName, Failure
from overproof.records.outcome.gaps import Excluded, Missing, Split
from overproof.records.outcome.standing import Standing
from overproof.session.keeping.checkpoint import Head, read_checkpoint, read_head, write_checkpoint
from overproof.words.errors import QueryError
from overproof.words.states import QueryState

HEAD = Head(state=QueryState.STOPPED, at="2030-01-02T03:04:05+0000", account=Account(processed=3, total=9), problem="p")
FAILURE = Failure(kind="signal", cause="SIGSEGV", reason="died", traceback="", host="h")
STANDING = Standing(
    grids={0: FileGrid(tree="Events", n_entries=9, stops=(3, 6, 9), size_bytes=7, uuid="u", identity="i")},
    merged={0: (1 << 70) | 1},
    ranges={(0, 1): ((3, 4), (5, 6))},
    missing=(Missing(file=1, tree=None, first=0, stop=None, phase="open", reason="gone"),),
    excluded=(Excluded(file=0, tree="Events", first=4, stop=5, failure=FAILURE, event=EventName(run=1, event=2)),),
    splits=(Split(file=0, tree="Events", first=6, at=7, stop=9, failure=FAILURE),),
)


def outputs_of(value: object) -> OutputState:
    outputs = OutputState()
    outputs.add_block(Block(file=0, index=0, first=0, stop=3), {"value": value})
    return outputs


def written(path: Path, value: object = 1.5) -> Path:
    with path.open("wb") as file:
        write_checkpoint(file, HEAD, STANDING, outputs_of(value))
    return path


def test_a_checkpoint_comes_back(tmp_path: Path) -> None:
    """Head, standing and outputs are read as they were written."""
    path = written(tmp_path / "checkpoint")
    checkpoint = read_checkpoint(path)
    assert checkpoint is not None
    assert (checkpoint.head, checkpoint.standing) == (HEAD, STANDING)
    assert checkpoint.outputs.value() == {"value": 1.5}
    assert checkpoint.outputs.n_blocks == 1
    assert read_head(path) == HEAD


def test_objects_of_the_users_own_script_come_back(tmp_path: Path) -> None:
    """Outputs whose class cannot be found by its name are written by value, behind the same checksum."""

    class Local:
        def __init__(self, n: int) -> None:
            self.n = n

        def __add__(self, other: Local) -> Local:
            return Local(self.n + other.n)

    checkpoint = read_checkpoint(written(tmp_path / "checkpoint", Local(7)))
    assert checkpoint is not None
    assert checkpoint.outputs.value()["value"].n == 7


def test_no_checkpoint_is_none(tmp_path: Path) -> None:
    """A query that was killed before its first checkpoint has none."""
    assert read_checkpoint(tmp_path / "checkpoint") is None
    assert read_head(tmp_path / "checkpoint") is None


def test_no_damaged_checkpoint_is_read(tmp_path: Path) -> None:
    """A bit flipped anywhere, or an end cut off anywhere, is found before anything is made of the content."""
    path = written(tmp_path / "checkpoint")
    whole = path.read_bytes()
    for place in [*range(0, len(whole), 7), len(whole) - 1]:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        with pytest.raises(QueryError, match="run the query again"):
            read_checkpoint(path)
        path.write_bytes(whole[:place])
        with pytest.raises(QueryError, match="run the query again"):
            read_checkpoint(path)


def test_writing_needs_no_second_copy_of_the_outputs(tmp_path: Path) -> None:
    """The memory that a checkpoint takes does not grow with the outputs."""
    outputs = outputs_of(np.arange(200_000.0))
    size_bytes = outputs.size_bytes
    tracemalloc.start()
    with (tmp_path / "checkpoint").open("wb") as file:
        write_checkpoint(file, HEAD, STANDING, outputs)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / "checkpoint").stat().st_size > 1_000_000
    assert peak_bytes < max(size_bytes / 2, 4_000_000)
