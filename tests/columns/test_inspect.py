"""What is in a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import uproot

from overproof.columns.inspect import inspect_file
from overproof.words.errors import DatasetError


@pytest.mark.parametrize(
    ("file", "compression", "level"),
    [
        ("uproot-HZZ.root", "zlib", 1),
        ("uproot-HZZ-zstd.root", "zstd", 5),
        ("uproot-HZZ-lzma.root", "lzma", 4),
        ("uproot-HZZ-lz4.root", "lz4", 4),
        ("uproot-HZZ-uncompressed.root", "none", 0),
        ("ntpl001_staff_rntuple_v1-0-0-0.root", "zstd", 5),
    ],
)
def test_compression_is_told(shared_file: Callable[[str], Path], file: str, compression: str, level: int) -> None:
    """The algorithm is the one in the bytes, whatever the settings in the file say."""
    (report,) = inspect_file(str(shared_file(file)))
    assert (report.compression, report.compression_level) == (compression, level)


def test_every_tree_is_told(shared_file: Callable[[str], Path]) -> None:
    """Each tree has its entries, clusters, branches with types, and the whole can be written as JSON."""
    path = str(shared_file("nano_dimuon.root"))
    reports = {report.schema.tree: report for report in inspect_file(path)}
    assert set(reports) == {"Events", "Runs"}
    assert (reports["Events"].grid.n_entries, reports["Runs"].grid.n_entries) == (40, 56)
    assert reports["Events"].n_clusters == 1
    types = {branch.name: branch for branch in reports["Events"].schema.branches}
    assert (types["Muon_pt"].typename, types["Muon_pt"].n_jagged, types["Muon_pt"].n_baskets) == ("float[]", 1, 1)
    assert json.loads(json.dumps([asdict(report) for report in reports.values()]))[0]["n_clusters"] == 1


def test_blocks_of_the_question(ttree_path: Path, rntuple_path: Path) -> None:
    """Five clusters of 200 make the blocks that `block_entries` asks for, in either format."""
    for path in (ttree_path, rntuple_path):
        (report,) = inspect_file(str(path), block_entries=400)
        assert (report.n_clusters, report.grid.stops) == (5, (400, 800, 1000))
        branches = report.schema.branches
        assert sum(branch.size_bytes for branch in branches) >= report.grid.size_bytes > 0
        assert {branch.n_baskets for branch in branches} <= {5, 10}


def test_file_without_trees(tmp_path: Path) -> None:
    """A file that holds only a histogram is a DatasetError."""
    with uproot.recreate(tmp_path / "h.root") as file:
        file["h"] = np.histogram(np.arange(10))
    with pytest.raises(DatasetError, match="has no TTree and no RNTuple in it"):
        inspect_file(str(tmp_path / "h.root"))


def test_friends_that_a_tree_names_are_told() -> None:
    """Name, tree and file of each, as the tree has them; nobody opens them."""
    (report,) = inspect_file(str(Path(__file__).parent / "friends" / "data" / "crooked.root"))
    assert report.friends == tuple((name, name, f"{name}.root") for name in ("gone", "short", "indexed"))
    assert [branch.name for branch in report.branches] == ["x", "n"]
