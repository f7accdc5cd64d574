"""Where columns lie is remembered for each version of a file, and never of another one."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

from overproof.columns import opening, remembered_trees
from overproof.columns.native.reader import NativeReader
from overproof.columns.opening import open_reader
from overproof.columns.remembered import memory
from overproof.columns.remembered_trees import recall_tree, remember_tree
from overproof.records.dataset import FileSpec
from overproof.words.errors import ReadError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OVERPROOF_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def write(path: Path, numbers: Any, *, changed_s: float = 1e9) -> FileSpec:
    """Write a tree of one column, long ago."""
    with uproot.recreate(path) as file:
        file.mktree("t", {"x": "i8"})
        file["t"].extend({"x": np.asarray(numbers)})
    os.utime(path, (changed_s, changed_s))
    return FileSpec(path=str(path), tree="t")


@pytest.fixture
def spec(tmp_path: Path) -> FileSpec:
    return write(tmp_path / "a.root", range(10))


def read(spec: FileSpec) -> list[int]:
    """Open a tree, read its column twice, close it."""
    reader = open_reader(spec)
    try:
        assert isinstance(reader, NativeReader)
        columns = [reader.read_native(["x"], 0, reader.n_entries)["x"] for _ in range(2)]
        assert columns[0].values.tolist() == columns[1].values.tolist()
        return list(columns[0].values.tolist())
    finally:
        reader.close()


def forbid(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Let nobody understand a file in these ways any more."""
    for name in names:
        monkeypatch.setattr(opening, name, lambda *given, name=name, **options: pytest.fail(f"{name} was called"))


def test_a_second_opening_understands_nothing(spec: FileSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was opened and read once is opened as it is remembered, and gives the same."""
    assert read(spec) == list(range(10))
    forbid(monkeypatch, "described", "_by_uproot")
    assert read(spec) == list(range(10))
    assert read(FileSpec(path=os.path.relpath(spec.path), tree="t")) == list(range(10))


def test_looking_is_enough(spec: FileSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks at a file without reading of it leaves its description too, when closing it."""
    reader = open_reader(spec)
    grid = reader.grid(100)
    reader.close()
    forbid(monkeypatch, "described", "_by_uproot")
    reader = open_reader(spec)
    assert (reader.grid(100), reader.schema().branches[0].name) == (grid, "x")
    reader.close()


def test_another_version_is_opened_anew(spec: FileSpec) -> None:
    """Neither another length, nor another time, nor other contents alone are taken for what is remembered."""
    assert read(spec) == list(range(10))
    write(Path(spec.path), range(5))
    assert read(spec) == list(range(5))
    write(Path(spec.path), range(5, 10), changed_s=1.1e9)
    assert read(spec) == list(range(5, 10))


def test_a_file_just_written_is_not_remembered(tmp_path: Path, home: Path) -> None:
    """Its next version may have the same time: clocks of file systems are coarse."""
    fresh = write(tmp_path / "fresh.root", range(3), changed_s=remembered_trees.time.time())
    assert read(fresh) == [0, 1, 2]
    assert not list(home.rglob("*"))


def test_trees_of_one_file_are_told_apart(tmp_path: Path) -> None:
    """So are cycles of one name."""
    path = tmp_path / "two.root"
    with uproot.recreate(path) as file:
        for name, numbers in (("t", [1]), ("t", [2, 3]), ("u", [4])):
            file.mktree(name, {"x": "i8"})
            file[name].extend({"x": np.asarray(numbers)})
    os.utime(path, (1e9, 1e9))
    for _ in range(2):
        assert [read(FileSpec(path=str(path), tree=tree)) for tree in ("t", "t;1", "u")] == [[2, 3], [1], [4]]


def test_lost_parts_are_understood_anew(spec: FileSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a part was dropped to make room, the file is understood once more."""
    monkeypatch.setattr("overproof.columns.layouts.packing.parts.PART_BYTES", 1)
    assert read(spec) == list(range(10))
    get = remembered_trees._get
    monkeypatch.setattr(remembered_trees, "_get", lambda *given: get(*given) if given[-1] == 0 else None)
    reader = open_reader(spec)
    assert reader.grid(3).stops == (3, 6, 9, 10)
    assert [branch.name for branch in reader.schema().branches] == ["x"]
    reader.close()
    assert read(spec) == list(range(10))


def test_garbage_is_as_good_as_nothing(spec: FileSpec) -> None:
    """What was kept under the same key by something else is not taken for a description."""
    assert read(spec) == list(range(10))
    reader = open_reader(spec)
    key, kept = remembered_trees._key(spec, reader.identity, 0), memory()
    assert key is not None
    assert kept is not None
    for garbage in (b"", b"\0\0\0\1", b"\xff" * 100):
        kept.put(key, garbage)
        assert recall_tree(spec, reader.identity, again=pytest.fail) is None
        assert read(spec) == list(range(10))
    reader.close()


def test_a_damaged_description_harms_nobody(spec: FileSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be told of a damaged tree is not remembered, and nobody hears of it."""
    reader = open_reader(spec)
    assert isinstance(reader, NativeReader)

    def broken() -> Any:
        raise ReadError("it is damaged", file=spec.path, phase="open")

    remember_tree(spec, replace(reader._description, schema=broken))
    assert recall_tree(spec, reader.identity, again=pytest.fail) is None
    reader.close()


def test_a_file_cut_short_behind_its_back_is_said(spec: FileSpec) -> None:
    """What is remembered does not hide that the bytes are gone."""
    assert read(spec) == list(range(10))
    reader = open_reader(spec)
    os.truncate(spec.path, 300)
    with pytest.raises(ReadError) as caught:
        reader.read_native(["x"], 0, 10)
    assert caught.value.phase == "read"
    reader.close()
