"""What is understood without uproot is what uproot understands; everything else is left to it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import uproot
from trees_described import by_uproot, differences, lean, said, trees_of

from overproof.columns.native.reader import NativeReader
from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec

DATA = Path(__file__).parents[1] / "data"
VECTORS = Path(__file__).parent / "data" / "vectors.root"
FRIENDS = Path(__file__).parents[1] / "friends" / "data"

LEAN = [
    ("nano_dimuon.root", "Runs"),
    ("nano_dy.root", "Events"),
    ("uproot-HZZ-uncompressed.root", "events"),
    ("uproot-HZZ-zstd.root", "events"),
    ("uproot-HZZ.root", None),
    ("uproot-Zmumu.root", "events"),
    ("uproot-foriter.root", None),
    ("uproot-foriter2.root", None),
    ("uproot-physlite-rntuple_v1-0-0-0.root", "##Links"),
    ("uproot-physlite-rntuple_v1-0-0-0.root", "##Links;3"),
    ("uproot-small-flat-tree.root", None),
]
"""Real trees that are understood without uproot."""

WIDE = [
    ("nano_dimuon.root", "Events"),
    ("nano_dy_empty.root", "Events"),
    ("nano_tree.root", "Events"),
    ("nano_tt_v15.root", "Events"),
    ("uproot-HZZ-lz4.root", "events"),
    ("uproot-HZZ-lzma.root", "events"),
]
"""More of them, for which uproot takes seconds."""

OTHERS = [
    ("PHYSLITE_example.root", "CollectionTree"),
    ("treemaker.root", "PreSelection"),
    ("uproot-small-evnt-tree-fullsplit.root", "tree"),
]
"""Real trees with objects in them, which need uproot."""


@pytest.mark.parametrize(("file", "tree"), [*LEAN, *(pytest.param(*each, marks=pytest.mark.nightly) for each in WIDE)])
def test_real_trees_are_what_uproot_says(shared_file: Callable[[str], Path], file: str, tree: str | None) -> None:
    """Names, types, blocks, places of baskets and all else of a real tree are those that uproot tells."""
    spec = FileSpec(path=str(shared_file(file)), tree=tree)
    found, expected = lean(spec), by_uproot(spec)
    assert found is not None
    assert expected is not None
    assert not said(list(differences(found, expected)))


@pytest.mark.parametrize(("file", "tree"), OTHERS)
def test_trees_with_objects_are_left_to_uproot(shared_file: Callable[[str], Path], file: str, tree: str) -> None:
    """A tree with branches of other kinds is not described, and is opened all the same."""
    spec = FileSpec(path=str(shared_file(file)), tree=tree)
    assert lean(spec) is None
    reader = open_reader(spec)
    assert isinstance(reader, NativeReader)
    reader.close()


@pytest.mark.parametrize("path", sorted([*DATA.glob("*.root"), *FRIENDS.glob("*.root")]), ids=lambda path: path.name)
def test_trees_of_all_kinds_are_what_uproot_says_or_left_to_it(path: Path) -> None:
    """Of trees that ROOT wrote for these tests, whatever is described is what uproot tells."""
    for tree in trees_of(str(path)):
        spec = FileSpec(path=str(path), tree=tree)
        found, expected = lean(spec), by_uproot(spec)
        if found is not None and expected is not None:
            assert not said(list(differences(found, expected))), tree


@pytest.mark.parametrize(
    ("path", "tree"),
    [(VECTORS, "t"), (DATA / "trees.root", "vectors"), (DATA / "trees.root", "types"), (DATA / "root.root", "leaves")],
    ids=["texts", "vectors", "types", "leaves"],
)
def test_trees_of_vectors_are_what_uproot_says(path: Path, tree: str) -> None:
    """Vectors of numbers, texts, aliases and leaves of all types are understood without uproot."""
    spec = FileSpec(path=str(path), tree=tree)
    found, expected = lean(spec), by_uproot(spec)
    assert found is not None
    assert expected is not None
    assert not said(list(differences(found, expected)))
    if path == VECTORS:
        assert found.schema().aliases == (("twice", "n * 2"), ("longest", "Length$(x)"))
        assert list(found.layout.columns) == ["numbers", "n", "x"]


@pytest.mark.parametrize(
    ("path", "tree"),
    [(FRIENDS / "main.root", "t"), (FRIENDS / "indexed.root", "indexed"), (DATA / "objects.root", "tree")],
    ids=["friends", "index", "objects"],
)
def test_friends_and_indices_are_left_to_uproot(path: Path, tree: str) -> None:
    """What a tree names beside itself is not guessed."""
    assert lean(FileSpec(path=str(path), tree=tree)) is None


def test_trees_in_directories_are_found(tmp_path: Path) -> None:
    """Below directories, by cycle, and the usual one of several, as uproot does."""
    path = tmp_path / "deep.root"
    with uproot.recreate(path) as file:
        for name, n_entries in (("Events", 3), ("Events", 5), ("deep/down/tree", 7)):
            file.mktree(name, {"x": "i8"})
            file[name].extend({"x": np.arange(n_entries)})
        file["deep/histogram"] = np.histogram(np.arange(10))
    for tree in (None, "Events", "Events;1", "/deep//down/tree", "deep/down/tree;1"):
        spec = FileSpec(path=str(path), tree=tree)
        found, expected = lean(spec), by_uproot(spec)
        assert found is not None
        assert expected is not None
        assert not said(list(differences(found, expected)))
    for tree in ("deep", "deep/histogram", "deep/tree", "Events;3", "nothing"):
        assert lean(FileSpec(path=str(path), tree=tree)) is None


def test_nothing_heavy_is_imported(ttree_path: Path) -> None:
    """From opening a file to native columns, first understood and then remembered, neither uproot nor awkward is."""
    code = (
        "import os, sys\n"
        "from overproof.columns.opening import open_reader\n"
        "from overproof.records.dataset import FileSpec\n"
        f"os.utime({str(ttree_path)!r}, (1e9, 1e9))\n"
        "for _ in range(2):\n"
        f"    reader = open_reader(FileSpec(path={str(ttree_path)!r}, tree='t'))\n"
        "    assert reader.grid(100).n_entries == len(reader.read_native(['jagged'], 0, 1000)['jagged']) == 1000\n"
        "    assert len(reader.schema().branches) == 5\n"
        "    reader.close()\n"
        "print(*{'uproot', 'awkward', 'fsspec', 'numba', 'hist'} & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
