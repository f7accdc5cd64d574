"""A basket that is not what its tree says costs its own entries in its own branch, and nothing else."""

from __future__ import annotations

import struct
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import uproot
from formats_layout import N_PIECES, PIECE, Patch, flipped, seek_of

from overproof.columns.formats import Reader
from overproof.columns.formats.checks.tables import overlapping
from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec
from overproof.words.errors import ReadError


def failures(reader: Reader, name: str) -> dict[int, ReadError]:
    """Read a branch basket by basket; return what failed by its number."""
    found = {}
    for number in range(N_PIECES):
        try:
            column = reader.read([name], number * PIECE, (number + 1) * PIECE)[name]
        except ReadError as error:
            found[number] = error
        else:
            assert len(column) == PIECE
    return found


def assert_only_basket_2_is_lost(reader: Reader, branch: str = "x") -> str:
    """Check that one basket is refused in phase decode, with its place; return what is said."""
    found = failures(reader, branch)
    assert list(found) == [2]
    assert found[2].phase == "decode"
    assert f"branch {branch}: the file is damaged at bytes " in found[2].reason
    assert "(basket 2)" in found[2].reason
    for other in {"x", "n", "jagged"} - {branch}:
        assert failures(reader, other) == {}
    return found[2].reason


@pytest.mark.parametrize("compression", ["none", "zlib", "lz4", "zstd"])
@pytest.mark.parametrize(
    ("at", "form", "change"),
    [
        (0, ">i", 1),  # bytes stored
        (6, ">i", 4),  # bytes of the object
        (14, ">h", 1),  # bytes of the key
        (14, ">h", -1),
        (21, ">B", 1),  # place
        (36, ">B", 4),  # class name
    ],
)
def test_damaged_key(trees: dict[str, Path], patch: Patch, compression: str, at: int, form: str, change: int) -> None:
    """Sizes, place and class in the key of a basket must be those in the tables of the tree."""
    path = trees[compression]
    seek, _ = seek_of(path, "x", 2)
    (value,) = struct.unpack_from(form, path.read_bytes(), seek + at)
    assert_only_basket_2_is_lost(patch(path, seek + at, struct.pack(form, value + change)))


@pytest.mark.parametrize("compression", ["none", "zlib", "lz4", "zstd"])
@pytest.mark.parametrize(("at", "change"), [(-9, 1), (-9, -1), (-5, 8), (-5, -8)])
def test_damaged_header_behind_the_key(
    trees: dict[str, Path], patch: Patch, compression: str, at: int, change: int
) -> None:
    """The number of entries, and where data end, must fit to the tables of the tree and to the bytes there are."""
    path = trees[compression]
    for branch in ("x", "jagged"):
        seek, key_bytes = seek_of(path, branch, 2)
        place = seek + key_bytes + at
        (value,) = struct.unpack_from(">i", path.read_bytes(), place)
        assert_only_basket_2_is_lost(patch(path, place, struct.pack(">i", value + change)), branch)


def test_basket_of_another_branch(trees: dict[str, Path], patch: Patch) -> None:
    """A basket that has the name of another branch of the tree is not taken; any other name is a renamed branch."""
    path = trees["none"]
    seek, _ = seek_of(path, "x", 2)
    at = path.read_bytes().index(b"\x01x", seek) + 1
    assert "it is a basket of branch n" in assert_only_basket_2_is_lost(patch(path, at, b"n"))
    assert failures(patch(path, at, b"y"), "x") == {}


@pytest.mark.parametrize("compression", ["zlib", "lzma", "lz4"])
def test_every_bit_of_compressed_data_counts(trees: dict[str, Path], patch: Patch, compression: str) -> None:
    """A bit turned over anywhere in blocks that have checksums is noticed."""
    path = trees[compression]
    seek, key_bytes = seek_of(path, "x", 2)
    n_bytes = int(uproot.open(path)["t"]["x"].member("fBasketBytes")[2])
    for at in range(seek + key_bytes, seek + n_bytes, 5):
        # The method and version in a block's header mean nothing.
        if at != seek + key_bytes + 2:
            assert_only_basket_2_is_lost(patch(path, at, flipped(path, at, at % 8)))


@pytest.mark.parametrize(("at", "value"), [(0, 60), (4, 1), (8, 10**6), (40, 0), (40, -8)])
def test_offsets_that_cannot_be(trees: dict[str, Path], patch: Patch, at: int, value: int) -> None:
    """The places of entries must be as many as entries, begin at the start, ascend, and stay inside of the data."""
    path = trees["none"]
    seek, key_bytes = seek_of(path, "jagged", 2)
    (last,) = struct.unpack_from(">i", path.read_bytes(), seek + key_bytes - 5)
    reader = patch(path, seek + last + at, struct.pack(">i", value))
    assert "the places of its entries do not follow each other" in assert_only_basket_2_is_lost(reader, "jagged")


def test_lists_and_their_lengths_are_compared(trees: dict[str, Path], patch: Patch) -> None:
    """Where lists and the branch of their lengths are read together, they must agree."""
    path = trees["none"]
    seek, key_bytes = seek_of(path, "njagged", 2)
    reader = patch(path, seek + key_bytes + 4 * 7, struct.pack(">i", 2))
    assert len(reader.read(["jagged"], 0, 200)["jagged"]) == 200
    with pytest.raises(ReadError, match="branch jagged: its lists have other lengths than branch njagged tells"):
        reader.read(["jagged", "njagged"], 100, 150)
    assert len(reader.read(["jagged", "njagged"], 0, 100)["jagged"]) == 100


def test_tree_longer_than_its_branches(trees: dict[str, Path], patch: Patch) -> None:
    """Entries of a tree that no branch has are an error before memory is taken for them."""
    path = trees["none"]
    content = path.read_bytes()
    with uproot.open(path) as file:
        key = file.key("t")
    at = content.index(struct.pack(">q", 200), key.fSeekKey)
    with pytest.raises(ReadError, match=r"it should have 1,[\d,]+ entries, and no branch has") as caught:
        patch(path, at, struct.pack(">q", 200 + 2**40))
    assert caught.value.phase == "open"


def test_table_of_entries_that_leads_elsewhere(trees: dict[str, Path], patch: Patch) -> None:
    """A table of baskets that does not ascend is an error of that branch alone."""
    path = trees["none"]
    content = path.read_bytes()
    with uproot.open(path) as file:
        key = file.key("t")
    at = content.index(struct.pack(">qqqqq", 0, 50, 100, 150, 200), key.fSeekKey)
    reader = patch(path, at + 8, struct.pack(">q", 120))
    wrong = {name: failures(reader, name) for name in ("x", "n", "jagged", "njagged")}
    assert sorted(len(each) for each in wrong.values()) == [0, 0, 0, N_PIECES]


def test_baskets_in_one_place() -> None:
    """Of baskets that overlap each one is doubtful, also where one reaches over several; neighbours are not."""
    seeks, sizes = np.array([100, 200, 300, 350, 400]), np.array([100, 100, 150, 10, 50])
    assert overlapping(seeks, sizes) == {300, 350, 400}
    assert overlapping(seeks[:2], sizes[:2]) == overlapping(seeks[:0], sizes[:0]) == frozenset()


def test_a_table_that_leads_to_another_basket(trees: dict[str, Path], patch: Patch) -> None:
    """Where the table of a branch names the place of another basket of it, neither of the two is taken."""
    path = trees["none"]
    content = path.read_bytes()
    with uproot.open(path) as file:
        key, branch = file.key("t"), file["t"]["x"]
        seeks = [int(each) for each in branch.member("fBasketSeek")[:N_PIECES]]
        sizes = {int(each) for each in branch.member("fBasketBytes")[:N_PIECES]}
    assert len(sizes) == 1
    at = content.index(struct.pack(">4q", *seeks), key.fSeekKey)
    found = failures(patch(path, at + 8, struct.pack(">q", seeks[3])), "x")
    assert list(found) == [1, 3]
    assert "another basket is said to lie in the same place" in found[1].reason


def test_loss_in_blocks(trees: dict[str, Path], patch: Patch) -> None:
    """Of the blocks of a tree only those that overlap the bad basket fail, and only with its branch in use."""
    path = trees["zlib"]
    seek, key_bytes = seek_of(path, "x", 2)
    reader = patch(path, seek + key_bytes + 20, flipped(path, seek + key_bytes + 20))
    blocks = list(pairwise((0, *reader.grid(30).stops)))
    lost = []
    for first, stop in blocks:
        assert len(reader.read(["n", "jagged"], first, stop)["n"]) == stop - first
        try:
            reader.read(["n", "x"], first, stop)
        except ReadError:
            lost.append((first, stop))
    assert lost == [(first, stop) for first, stop in blocks if first < 150 and stop > 100] != []


def test_type_is_told_twice(trees: dict[str, Path], patch: Patch) -> None:
    """A leaf that tells another type than the title of its branch is an error: both have eight bytes."""
    path = trees["none"]
    content = path.read_bytes()
    with uproot.open(path) as file:
        key = file.key("t")
    at = content.index(b"TLeafD", key.fSeekKey)
    reader = patch(path, at, b"TLeafL")
    with pytest.raises(ReadError, match="branch x: its title tells type D, its leaf another one"):
        reader.read(["x"], 0, 200)
    assert len(reader.read(["n"], 0, 200)["n"]) == 200


def test_types_that_uproot_writes(tmp_path: Path) -> None:
    """Every type of number, signed or not, flat or in lists, is read back."""
    types = {f"of_{name}": name for name in ("i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8", "bool")}
    with uproot.recreate(tmp_path / "types.root") as file:
        file.mktree("t", types)
        file["t"].extend({name: np.ones(5, dtype=type_) for name, type_ in types.items()})
    reader = open_reader(FileSpec(path=str(tmp_path / "types.root"), tree="t"))
    for name in types:
        assert reader.read([name], 0, 5)[name].tolist() == [1] * 5
