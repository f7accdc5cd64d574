"""What is remembered of files is never wrong, and costs no heavy import."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import uproot

from overproof.columns import recall, recall_schema, remember, remember_schema
from overproof.columns.opening import open_reader
from overproof.records.dataset import FileGrid, FileSpec


def grid_of(spec: FileSpec) -> FileGrid:
    """Give the grid of a file as it is now."""
    reader = open_reader(spec)
    try:
        return reader.grid(100)
    finally:
        reader.close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OVERPROOF_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def spec(home: Path, tmp_path: Path) -> FileSpec:
    write(tmp_path / "a.root", 5)
    return FileSpec(path=str(tmp_path / "a.root"), tree="t")


def write(path: Path, n_entries: int) -> None:
    with uproot.recreate(path) as file:
        file["t"] = {"x": np.arange(n_entries)}


def test_what_was_remembered_is_recalled(spec: FileSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    """A grid comes back as it was, by any path to the file, for this tree and block size alone."""
    assert recall(spec, 100) is None
    grid = grid_of(spec)
    remember(spec, 100, grid)
    assert recall(spec, 100) == grid
    assert recall(spec, 101) is None
    assert recall(FileSpec(path=spec.path), 100) is None
    monkeypatch.chdir(Path(spec.path).parent)
    assert recall(FileSpec(path="a.root", tree="t"), 100) == grid


def test_of_a_pipe_nothing_is_remembered(home: Path, tmp_path: Path) -> None:
    """It is not opened: that would wait for ever."""
    os.mkfifo(tmp_path / "pipe.root")
    assert recall(FileSpec(path=str(tmp_path / "pipe.root"), tree="t"), 100) is None


def test_schema_is_recalled(spec: FileSpec) -> None:
    """A schema comes back as it was."""
    schema = open_reader(spec).schema()
    assert recall_schema(spec) is None
    remember_schema(spec, schema)
    assert recall_schema(spec) == schema


def test_changed_file_is_not_recalled(spec: FileSpec) -> None:
    """Another size, another time, or another file of the same size and time: nothing is recalled."""
    path = Path(spec.path)
    remember(spec, 100, grid_of(spec))
    before = path.stat()
    write(path, 5)
    assert path.stat().st_size == before.st_size
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert recall(spec, 100) is None  # another UUID
    remember(spec, 100, grid_of(spec))
    assert recall(spec, 100) is not None
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert recall(spec, 100) is None
    write(path, 6)
    assert recall(spec, 100) is None
    path.unlink()
    assert recall(spec, 100) is None


def test_what_is_remembered_belongs_to_the_version_that_was_read(spec: FileSpec) -> None:
    """What was learned from a file replaced since is kept for that file alone: the new one has nothing, and the old
    one has its own again, or nothing, when it comes back; nothing is kept of what has no identity.
    """
    path = Path(spec.path)
    old = open_reader(spec)
    path.rename(path.with_suffix(".old"))
    write(path, 9)
    remember(spec, 100, old.grid(100))
    remember_schema(spec, old.schema())
    assert recall(spec, 100) is None
    assert recall_schema(spec) is None
    remember(spec, 100, replace(grid_of(spec), identity=""))
    assert recall(spec, 100) is None
    remember(spec, 100, grid_of(spec))
    recalled = recall(spec, 100)
    assert recalled is not None
    assert recalled.n_entries == 9
    path.with_suffix(".old").replace(path)
    assert recall(spec, 100) in (None, old.grid(100))
    assert recall_schema(spec) in (None, old.schema())
    old.close()


def test_remote_and_foreign_files_are_not_remembered(home: Path, tmp_path: Path) -> None:
    """URLs, files that are no ROOT files, and nothing at all are passed over without a word."""
    (tmp_path / "no.root").write_text("not ROOT")
    for path in ("root://host//a.root", str(tmp_path / "no.root"), "", "nul\0byte"):
        remember(FileSpec(path=path), 100, FileGrid(tree="t", n_entries=5, stops=(2, 5), size_bytes=7, uuid="u"))
        assert recall(FileSpec(path=path), 100) is None
    assert not home.exists()


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"{}", b"{", b'{"stops": 3}', b'{"tree": "t", "n_entries": 9, "stops": [5]}']
)
def test_nonsense_in_the_memory_is_ignored(spec: FileSpec, payload: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole entries that mean nothing, or contradict themselves, are as good as absent."""
    from overproof.store import FileMemory

    remember(spec, 100, grid_of(spec))
    monkeypatch.setattr(FileMemory, "get", lambda self, key: payload)
    assert recall(spec, 100) is None
    assert recall_schema(spec) is None


def test_unwritable_home_is_survived(spec: FileSpec, home: Path) -> None:
    """Where nothing can be written nothing is remembered, and nothing fails."""
    home.write_text("in the way")
    remember(spec, 100, grid_of(spec))
    assert recall(spec, 100) is None


def test_recalling_imports_nothing_heavy(spec: FileSpec) -> None:
    """A process that only recalls grids has loaded neither uproot nor awkward."""
    remember(spec, 100, grid_of(spec))
    code = (
        "import sys; from overproof.columns.remembered import recall; from overproof.records.dataset import FileSpec\n"
        f"assert recall(FileSpec(path={spec.path!r}, tree='t'), 100).n_entries == 5\n"
        "assert not {'uproot', 'awkward', 'numba', 'fsspec'} & set(sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_a_good_copy_in_the_place_of_a_damaged_one_is_another_version(spec: FileSpec) -> None:
    """Copied as advised, with its times: size, header and time are those of the damaged file, the tree is not."""
    path = Path(spec.path)
    before, status = grid_of(spec), path.stat()
    remember(spec, 100, before)
    assert recall(spec, 100) == before
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert recall(spec, 100) is None
