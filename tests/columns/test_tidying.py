"""Laws of what is put off: it is done when a query has ended."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import uproot

import overproof as op
from overproof.columns import remembered_trees
from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec


def test_a_file_of_one_block_is_remembered_when_its_query_has_ended(tmp_path: Path) -> None:
    """Law: who has read one block of a file, and was ended right after, has left behind how the file is made."""
    with uproot.recreate(tmp_path / "a.root") as file:
        file["t"] = {"x": np.arange(10.0)}
    path = str(tmp_path / "a.root")
    os.utime(path, (1e9, 1e9))  # a file that has just been written is not remembered: it may change once more
    with op.Session("local:1", progress=False) as session:
        assert session.process(lambda events: {"sum": float(np.sum(events.x))}, f"{path}:t")["sum"] == 45.0
    reader = open_reader(FileSpec(path=path, tree="t"))
    again = remembered_trees.recall_tree(FileSpec(path=path, tree="t"), reader.identity, again=_never)
    assert again is not None
    assert list(again.layout.columns) == ["x"]
    reader.close()


def _never() -> None:
    raise AssertionError("it was to be remembered")
