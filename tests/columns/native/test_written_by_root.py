"""Files that ROOT wrote hold, natively and by uproot, the numbers that it was given."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from agreement import check_tree, differing, random_ranges
from bits import Bits, bits_of
from known import (
    COUNTS,
    N_ENTRIES,
    Known,
    columns_of_leaves,
    columns_of_ntuples,
    columns_of_packed,
    columns_of_pieces,
    columns_of_types,
    columns_of_vectors,
    is_lossy,
)
from ways import native

DATA = Path(__file__).parents[1] / "data"
TREES = DATA / "trees.root"
"""Made by `make_trees.py` beside it."""

NTUPLES = DATA / "ntuples.root"
"""Made by `make_ntuples.py` beside it."""

CONTENTS: dict[str, Callable[[], list[Known]]] = {
    "types": columns_of_types,
    "vectors": columns_of_vectors,
    "leaves": columns_of_leaves,
    "packed": columns_of_packed,
    "merged": lambda: columns_of_packed()[:3],
    **dict.fromkeys(("renamed", "embedded", "all_embedded", "clusters", "unequal"), columns_of_pieces),
}


def told(column: Known) -> Bits:
    return bits_of(column.values, list(column.offsets))


@pytest.mark.parametrize("tree", list(CONTENTS))
def test_trees(tree: str) -> None:
    """Numbers of every type, in every shape and compression, are those that ROOT was given, however baskets lie."""
    columns = CONTENTS[tree]()
    found = check_tree(TREES, tree, seed=1)
    assert differing(found, {column.name: told(column) for column in columns}) == ""


def test_a_tree_without_entries() -> None:
    """Columns of no entries have their types."""
    found = check_tree(TREES, "empty", seed=0)
    assert {name: (bits.dtype, bits.shape) for name, bits in found.items()} == {
        column.name: (column.values.dtype.name, (0, *column.values.shape[1:])) for column in columns_of_pieces()
    }


def test_lists_without_places() -> None:
    """Lists of which ROOT stored no places are cut by the branch of their lengths."""
    found = check_tree(DATA / "features.root", "tree", seed=2)
    assert set(found) == {"n", "x", "pairs"}


@pytest.mark.parametrize("tree", ["leaves", "clusters", "recovered"])
def test_older_trees(tree: str) -> None:
    """Leaves, clusters that change their size, and baskets inside of the tree."""
    assert check_tree(DATA / "root.root", tree, seed=3)


def test_objects() -> None:
    """Numbers inside of split objects."""
    assert len(check_tree(DATA / "objects.root", "tree", seed=4)) > 10


@pytest.mark.parametrize("tree", ["zstd", "none", "lz4", "zlib", "lzma"])
def test_ntuples(tree: str) -> None:
    """Numbers in every encoding are those that ROOT was given, or that ROOT itself reads where bits are lost."""
    read_back = json.loads((DATA / "ntuples.json").read_text(encoding="ascii"))
    found = check_tree(NTUPLES, tree, seed=5)
    columns = [column for column in columns_of_ntuples() if column.name in found]
    assert len(columns) >= 9
    for column in columns:
        bits = found[column.name]
        if is_lossy(column):
            # uproot gives the narrower type that is stored, ROOT the one of the field: the numbers are the same.
            roots = np.frombuffer(bytes.fromhex(read_back[column.name]), column.values.dtype)
            widened = np.frombuffer(bits.values, bits.dtype).astype(column.values.dtype)
            # uproot computes quantized numbers in single precision, also those of fields of double.
            is_single = "float64" in column.name and "Quant" in column.name
            assert np.abs(widened - roots).max() <= (2.0**-22 if is_single else 0), column.name
        else:
            assert bits == told(column), column.name


def test_what_is_not_plain() -> None:
    """Texts, alternatives, missing values and arrays of lists are those that ROOT was given, over any clusters."""
    expected = {
        "either": [i + 0.5 if i % 2 else -i for i in range(N_ENTRIES)],
        "maybe": [float(i) if i % 3 else None for i in range(N_ENTRIES)],
        "text": [chr(ord("a") + i % 7) * (i % 5) for i in range(N_ENTRIES)],
        "two_lists": [[[float(i)] * n, [float(n)] * (i % 2)] for i, n in enumerate(COUNTS)],
    }
    with native(NTUPLES, "zstd") as reader:
        for first, stop in [(0, N_ENTRIES), (15, 30), *random_ranges(N_ENTRIES, seed=7, number=10), (45, N_ENTRIES)]:
            found = reader.read(list(expected), first, stop)
            assert {name: array.tolist() for name, array in found.items()} == {
                name: values[first:stop] for name, values in expected.items()
            }


def test_what_an_ntuple_can_be_made_of() -> None:
    """Arrays, lists of lists, members of records, sizes of lists and fields that came late are all native."""
    late = {"late", "late_list", "late_twin", "n_late_twin"}
    nested = {"three", "pairs", "nested", "deep", "inner.a", "inner.b", "inners.a", "inners.b", "pair.0", "pair.1"}
    ranges = [(19, 21), (39, 41), (0, 50), (41, 43)]
    found = check_tree(NTUPLES, "zstd", seed=6, n_ranges=20, ranges=ranges, names=sorted(late | nested))
    assert np.frombuffer(found["late"].values, found["late"].dtype)[:40].tolist() == [0.0] * 40
    assert found["late_list"].offsets[0][: 41 * 8] == bytes(41 * 8)
