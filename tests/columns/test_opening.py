"""Every failure of opening is one clear line of one of two kinds."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Callable
from pathlib import Path

import fsspec
import numpy as np
import pytest
import uproot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from overproof.columns.formats.opening import open_by_uproot
from overproof.columns.formats.source import LocalSource
from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec
from overproof.words.errors import BranchError, DatasetError, ReadError


@pytest.fixture(scope="module")
def many_trees(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trees in subdirectories, two cycles of one name, and a histogram."""
    path = tmp_path_factory.mktemp("opening") / "many.root"
    with uproot.recreate(path) as file:
        file["Events"] = {"x": np.arange(3)}
        file["Events"] = {"x": np.arange(5)}
        file["deep/down/tree"] = {"y": np.arange(7)}
        file["histogram"] = np.histogram(np.arange(10))
    return path


def complaint(path: object, tree: str | None = None, kind: type[Exception] = DatasetError) -> str:
    with pytest.raises(kind) as caught:
        open_reader(FileSpec(path=str(path), tree=tree))
    assert "\n" not in str(caught.value)
    assert "Traceback" not in str(caught.value)
    return str(caught.value)


def test_missing_file_names_its_neighbour(many_trees: Path) -> None:
    """A file that is not there is a DatasetError that names the file most like it in the same directory."""
    said = complaint(many_trees.parent / "mny.root")
    assert said == f"no such file: {many_trees.parent}/mny.root; did you mean 'many.root'?"


def test_missing_directory_is_said(tmp_path: Path) -> None:
    """A file in a directory that is not there: the directory is what is wrong."""
    assert f"the directory {tmp_path}/no does not exist either" in complaint(tmp_path / "no" / "a.root")


def test_directory_is_not_a_file(tmp_path: Path) -> None:
    """A directory is a DatasetError that shows the glob to write."""
    assert complaint(tmp_path) == (
        f"{tmp_path} is a directory, not a ROOT file: name its files, such as '{tmp_path}/*.root'"
    )


def test_empty_path() -> None:
    """An empty path is a DatasetError."""
    assert complaint("") == "the path of a file is empty: name a ROOT file, such as data/events.root"


def test_not_a_root_file(tmp_path: Path) -> None:
    """A file that does not begin as ROOT files do is a DatasetError that shows how it begins."""
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n")
    assert complaint(path) == f"{path} is not a ROOT file: it begins with b'a,b\\n' instead of b'root'"


@pytest.mark.parametrize("make_source", [open_reader, lambda spec: LocalSource(spec.path)])
def test_a_pipe_is_refused_and_not_waited_for(make_source: Callable[[FileSpec], object], tmp_path: Path) -> None:
    """What may never answer is not opened, whoever opens it."""
    path = tmp_path / "pipe.root"
    os.mkfifo(path)
    said = f"{path} is a named pipe, not a file: name a ROOT file, such as data/events.root"
    with pytest.raises(DatasetError, match=re.escape(said)):
        make_source(FileSpec(path=str(path)))


def test_a_device_is_refused() -> None:
    """So is what never ends."""
    assert "/dev/zero is a terminal or another device, not a file" in complaint("/dev/zero")


def test_empty_file(tmp_path: Path) -> None:
    """A file of no bytes is damaged: ReadError in phase open."""
    path = tmp_path / "empty.root"
    path.touch()
    assert complaint(path, kind=ReadError) == (
        f"{path}: open: the file is empty (0 bytes): it was never written; copy it again"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_forbidden_file(many_trees: Path, tmp_path: Path) -> None:
    """A file that may not be read is a ReadError in phase open."""
    path = tmp_path / "forbidden.root"
    path.write_bytes(many_trees.read_bytes())
    path.chmod(0)
    assert "permission denied" in complaint(path, kind=ReadError)


@pytest.mark.parametrize("part", [0.02, 0.3, 0.8])
def test_truncated_file(shared_file: Callable[[str], Path], tmp_path: Path, part: float) -> None:
    """A file cut short is a ReadError in phase open that tells both sizes."""
    whole = shared_file("uproot-Zmumu.root").read_bytes()
    path = tmp_path / "cut.root"
    path.write_bytes(whole[: int(len(whole) * part)])
    said = complaint(path, "events", kind=ReadError)
    assert said.startswith(f"{path}: open: the file is cut short: it has ")
    assert said.endswith("; copy it again")


def test_only_tree_needs_no_name(shared_file: Callable[[str], Path]) -> None:
    """Where there is one tree, nobody has to name it."""
    reader = open_reader(FileSpec(path=str(shared_file("uproot-Zmumu.root"))))
    assert (reader.tree, reader.n_entries) == ("events", 2304)


def test_events_are_meant_where_there_are_several_trees(many_trees: Path, shared_file: Callable[[str], Path]) -> None:
    """Files of NanoAOD have trees of runs and luminosity blocks beside `Events`, which nobody has to name."""
    reader = open_reader(FileSpec(path=str(many_trees)))
    assert (reader.tree, reader.n_entries) == ("Events", 5)
    for name in ("nano_dy.root", "nano_tt_v15.root", "nano_dy_rntuple.root"):
        spec = FileSpec(path=str(shared_file(name)))
        assert [open_reader(spec).tree, open_by_uproot(spec).tree] == ["Events", "Events"]


def test_several_trees_are_listed(tmp_path: Path) -> None:
    """Where there are several and none is named, all are listed, ready to be pasted; cycles of one name are one."""
    path = tmp_path / "two.root"
    with uproot.recreate(path) as file:
        for name in ("events", "events", "deep/Events"):
            file.mktree(name, {"x": "int32"})
    assert complaint(path) == (f"{path} has 2 trees, and none is named: write one of {path}:events, {path}:deep/Events")


def test_unknown_tree_names_the_nearest(many_trees: Path) -> None:
    """An unknown tree is a DatasetError with the nearest name."""
    assert complaint(many_trees, "events") == f"no tree 'events' in {many_trees}; did you mean 'Events'?"
    assert "did you mean 'deep/down/tree'?" in complaint(many_trees, "deep/tree")
    assert "did you mean 'Events'?" in complaint(many_trees, "Events;7")
    assert "no tree 'Events/x'" in complaint(many_trees, "Events/x")


def test_histogram_is_not_a_tree(many_trees: Path) -> None:
    """Something else of the right name is a DatasetError that tells what it is."""
    assert "'histogram' in " in complaint(many_trees, "histogram")
    assert "is a TH1D, not a TTree or RNTuple" in complaint(many_trees, "histogram")


@pytest.mark.parametrize(
    ("asked", "tree", "n_entries"),
    [
        ("Events", "Events", 5),
        ("Events;1", "Events;1", 3),
        ("Events;2", "Events;2", 5),
        ("deep/down/tree", "deep/down/tree", 7),
        ("/deep//down/tree", "deep/down/tree", 7),
        ("deep/down/tree;1", "deep/down/tree;1", 7),
    ],
)
def test_trees_in_directories_and_cycles(many_trees: Path, asked: str, tree: str, n_entries: int) -> None:
    """A tree is found below directories; the highest cycle is taken unless another one is named."""
    reader = open_reader(FileSpec(path=str(many_trees), tree=asked))
    assert (reader.tree, reader.n_entries) == (tree, n_entries)


def test_highest_cycle_of_real_file(shared_file: Callable[[str], Path]) -> None:
    """Of five cycles of one tree the highest is opened."""
    path = str(shared_file("uproot-physlite-rntuple_v1-0-0-0.root"))
    assert open_reader(FileSpec(path=path, tree="##Links")).n_entries == 529


def test_file_url_is_a_local_path(many_trees: Path) -> None:
    """`file://` leads to this machine."""
    assert open_reader(FileSpec(path=f"file://{many_trees}", tree="Events")).n_entries == 5


def test_colons_in_names_are_no_trees(many_trees: Path, tmp_path: Path) -> None:
    """A file may have a colon in its name."""
    path = tmp_path / "run:1.root"
    path.write_bytes(many_trees.read_bytes())
    assert open_reader(FileSpec(path=str(path), tree="Events")).n_entries == 5


def test_unknown_protocol() -> None:
    """A URL that nothing here can read is a DatasetError that names what is missing."""
    assert "nothing here can read nonsense:// URLs" in complaint("nonsense://host/a.root")


def test_remote_files(many_trees: Path) -> None:
    """What fsspec reaches is read as local files are; absent is DatasetError, damaged is ReadError in phase open."""
    remote = fsspec.filesystem("memory")
    remote.pipe("/overproof/many.root", many_trees.read_bytes())
    remote.pipe("/overproof/garbage.root", b"nothing of ROOT" * 100)
    reader = open_reader(FileSpec(path="memory://overproof/many.root", tree="Events"))
    assert reader.read(["x"], 1, 4)["x"].tolist() == [1, 2, 3]
    assert complaint("memory://overproof/no.root").startswith("no such file: memory://overproof/no.root")
    assert complaint("memory://overproof/garbage.root", kind=ReadError).startswith(
        "memory://overproof/garbage.root: open: "
    )


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_bytes_raise_nothing_else(
    ttree_path: Path, rntuple_path: Path, tmp_path: Path, data: st.DataObject
) -> None:
    """Whatever bytes are overwritten, opening, describing and reading end well or in an error of ours."""
    whole = bytearray(data.draw(st.sampled_from([ttree_path, rntuple_path])).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + 1] = bytes([data.draw(st.integers(0, 255))])
    path = tmp_path / "damaged.root"
    path.write_bytes(whole)
    try:
        reader = open_reader(FileSpec(path=str(path), tree="t"))
        reader.schema()
        reader.grid(100)
        if reader.n_entries < 1_000_000:
            reader.read(reader.names, 0, reader.n_entries)
    except (DatasetError, BranchError, ReadError):
        pass


def test_phases_tell_where_bytes_failed(ttree_path: Path, tmp_path: Path) -> None:
    """A basket that lies beyond the end is phase read; one whose bytes are garbage is phase decode."""
    branch = uproot.open(ttree_path)["t"]["number"]
    seek = int(branch.member("fBasketSeek")[0])
    path = tmp_path / "garbage.root"
    content = bytearray(ttree_path.read_bytes())
    key_length = struct.unpack(">h", content[seek + 14 : seek + 16])[0]
    content[seek + key_length : seek + key_length + 40] = b"\xff" * 40
    path.write_bytes(content)
    reader = open_reader(FileSpec(path=str(path), tree="t"))
    with pytest.raises(ReadError) as caught:
        reader.read(["number"], 0, 10)
    assert (caught.value.phase, caught.value.file) == ("decode", str(path))
    assert "branch number" in caught.value.reason
    assert len(reader.read(["number"], 200, 300)["number"]) == 100
    # Cut the file behind the back of the open reader.
    os.truncate(path, seek)
    with pytest.raises(ReadError) as caught:
        reader.read(["number", "x"], 400, 500)
    assert caught.value.phase == "read"
