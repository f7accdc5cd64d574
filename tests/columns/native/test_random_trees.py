"""Trees that dice thought out and uproot wrote are read natively as they were thought out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot
from agreement import check_tree, differing
from bits import bits_of_awkward
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_trees import Tree, compression_of, shapes, trees, write_rntuple, write_ttree
from ways import native, native_bits

HOLD = {"deadline": None, "suppress_health_check": list(HealthCheck)}
FLAT_OR_JAGGED = trees(shapes(deepest=1), longest=3_000)
NESTED = trees(shapes(deepest=3), longest=300)


def check(path: Path, pieces: list[dict[str, Any]], *, seed: int) -> None:
    """Compare a tree with uproot, and both with what was written."""
    found = check_tree(path, "t", seed=seed, n_ranges=4)
    written = {name: bits_of_awkward(ak.concatenate([ak.Array(piece[name]) for piece in pieces])) for name in pieces[0]}
    assert differing({name: bits for name, bits in found.items() if name in written}, written) == ""


@settings(max_examples=6, **HOLD)
@given(tree=FLAT_OR_JAGGED)
def test_ttrees(tmp_path: Path, tree: Tree) -> None:
    """All types, shapes, lists, cuts and compressions of a TTree."""
    check(tmp_path / "t.root", write_ttree(tree, tmp_path / "t.root"), seed=tree.seed)


@settings(max_examples=6, **HOLD)
@given(tree=NESTED)
def test_rntuples(tmp_path: Path, tree: Tree) -> None:
    """All types, shapes, lists of any depth, cuts and compressions of an RNTuple."""
    check(tmp_path / "t.root", write_rntuple(tree, tmp_path / "t.root"), seed=tree.seed)


@pytest.mark.nightly
@settings(max_examples=600, **HOLD)
@given(tree=FLAT_OR_JAGGED)
def test_many_ttrees(tmp_path: Path, tree: Tree) -> None:
    """The same for hundreds of TTrees."""
    check(tmp_path / "t.root", write_ttree(tree, tmp_path / "t.root"), seed=tree.seed)


@pytest.mark.nightly
@settings(max_examples=400, **HOLD)
@given(tree=NESTED)
def test_many_rntuples(tmp_path: Path, tree: Tree) -> None:
    """The same for hundreds of RNTuples."""
    check(tmp_path / "t.root", write_rntuple(tree, tmp_path / "t.root"), seed=tree.seed)


@settings(max_examples=10, **HOLD)
@given(data=st.data())
def test_any_sequence_of_requests(ttree_path: Path, rntuple_path: Path, expected: Any, data: st.DataObject) -> None:
    """Whatever was asked for before, by one reader, the next answer is the slice: kept pieces are never mixed up."""
    path = data.draw(st.sampled_from([ttree_path, rntuple_path]))
    whole = {name: bits_of_awkward(expected[name]) for name in ("number", "x", "three", "jagged")}
    with native(path, "t") as reader:
        for _ in range(8):
            first = data.draw(st.integers(0, 1000))
            stop = data.draw(st.integers(first, min(first + 400, 1000)))
            names = data.draw(st.lists(st.sampled_from(sorted(whole)), unique=True, min_size=1))
            cut = {name: whole[name].cut(first, stop) for name in names}
            assert differing(native_bits(reader, names, first, stop), cut) == ""


@pytest.mark.parametrize("compression", ["zlib", "zstd"])
@pytest.mark.parametrize("format_", ["TTree", "RNTuple"])
def test_more_than_one_block(tmp_path: Path, compression: str, format_: str) -> None:
    """A basket or page longer than a compressed block can be is made of several."""
    n_numbers = 2_200_000  # of eight bytes: a block holds at most 2**24 - 1
    numbers = np.zeros(n_numbers, np.int64)
    numbers[::100_000] = np.arange(22)
    with uproot.recreate(tmp_path / "long.root", compression=compression_of(compression, 1)) as file:
        if format_ == "TTree":
            file.mktree("t", {"x": "i8"})
            file["t"].extend({"x": numbers})
        else:
            file.mkrntuple("t", {"x": numbers})
    with native(tmp_path / "long.root", "t") as reader:
        for first, stop in ((0, n_numbers), (2_050_000, 2_150_000)):
            column = reader.read_native(["x"], first, stop)["x"]
            assert np.array_equal(column.values, numbers[first:stop])
