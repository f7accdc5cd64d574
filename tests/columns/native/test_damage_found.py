"""Whatever damage is found on top of uproot is found natively too, in the same phase, and told with its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import uproot
from found_damage import Comparison

from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec
from overproof.words.errors import ReadError

DATA = Path(__file__).parents[1] / "data"
WRITTEN = [
    ("trees.root", "clusters"),
    ("trees.root", "packed"),
    ("trees.root", "vectors"),
    ("trees.root", "embedded"),
    ("trees.root", "merged"),
    ("trees.root", "types"),
    ("features.root", "tree"),
    ("objects.root", "tree"),
    ("ntuples.root", "lz4"),
    ("ntuples.root", "zlib"),
    ("ntuples.root", "none"),
    ("ntuples.root", "zstd"),
]
WIDE = {("trees.root", "types"), ("trees.root", "vectors"), ("trees.root", "packed"), ("objects.root", "tree"),
        ("ntuples.root", "none"), ("ntuples.root", "zstd")}  # fmt: skip
SHARED = [
    ("uproot-HZZ.root", "events"),
    ("uproot-HZZ-zstd.root", "events"),
    ("uproot-HZZ-uncompressed.root", "events"),
    ("uproot-Zmumu-lzma.root", "events"),
    ("uproot-small-evnt-tree-fullsplit.root", "tree"),
    ("uproot-foriter.root", "foriter"),
    ("Run2012BC_DoubleMuParked_Muons_1000evts_rntuple_v1-0-0-0.root", "Events"),
    ("ntpl001_staff_rntuple_v1-0-0-0.root", "Staff"),
]


@pytest.mark.parametrize(
    ("file", "tree"), [("trees.root", "merged"), ("features.root", "tree"), ("ntuples.root", "lz4")]
)
def test_dozens_of_damages(tmp_path: Path, file: str, tree: str) -> None:
    """Of dozens of damaged copies none says natively less than on top of uproot, and nothing whole is refused."""
    comparison = Comparison(path=DATA / file, tree=tree, work=tmp_path)
    comparison.run(seed=4, number=15)
    assert comparison.worse == []
    assert min(comparison.outcomes["both"], comparison.outcomes["same"]) > 1


def test_damage_of_uprooted_ntuples_and_trees(ttree_path: Path, rntuple_path: Path, tmp_path: Path) -> None:
    """The same for files that uproot wrote: its pages have no checksums."""
    for path in (ttree_path, rntuple_path):
        comparison = Comparison(path=path, tree="t", work=tmp_path)
        comparison.run(seed=5, number=15)
        assert comparison.worse == []
        assert min(comparison.outcomes["both"], comparison.outcomes["same"]) > 1


@pytest.mark.nightly
@pytest.mark.parametrize(("file", "tree"), WRITTEN)
def test_many_damages(tmp_path: Path, file: str, tree: str) -> None:
    """The same for a thousand damages of each small file, and for a hundred of each that has many columns."""
    comparison = Comparison(path=DATA / file, tree=tree, work=tmp_path)
    comparison.run(seed=6, number=100 if (file, tree) in WIDE else 1_000)
    assert comparison.worse == []


@pytest.mark.nightly
@pytest.mark.parametrize(("file", "tree"), SHARED)
def test_damages_of_real_files(shared_file: Callable[[str], Path], tmp_path: Path, file: str, tree: str) -> None:
    """The same for real files."""
    comparison = Comparison(path=shared_file(file), tree=tree, work=tmp_path)
    comparison.run(seed=7, number=100)
    assert comparison.worse == []


def test_description_of_classes(tmp_path: Path) -> None:
    """A bit turned over in the description of the file's classes is an error of ours for whoever needs it."""
    intact = (DATA / "objects.root").read_bytes()
    with uproot.open(DATA / "objects.root") as file:
        seek, n_bytes = int(file.file.fSeekInfo), int(file.file.fNbytesInfo)
    for at in range(seek + 100, seek + n_bytes, n_bytes // 6):
        content = bytearray(intact)
        content[at] ^= 4
        (tmp_path / "damaged.root").write_bytes(content)
        with pytest.raises(ReadError):
            read_all(tmp_path / "damaged.root")


def read_all(path: Path) -> None:
    reader = open_reader(FileSpec(path=str(path), tree="tree"))
    try:
        reader.read(["whole", "list", "split.fCoordinates.fX", "n"], 0, 20)
    finally:
        reader.close()


def test_version_of_an_anchor(tmp_path: Path) -> None:
    """The version in front of an anchor, over which there is no checksum, is not passed over."""
    content = bytearray((DATA / "ntuples.root").read_bytes())
    at = content.index(b"\x42\x00\x02\x00\x01\x00\x00")
    content[at + 1] ^= 0x40
    (tmp_path / "damaged.root").write_bytes(content)
    with pytest.raises(ReadError) as caught:
        open_reader(FileSpec(path=str(tmp_path / "damaged.root"), tree="zstd"))
    assert caught.value.phase == "open"
