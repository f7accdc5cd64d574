"""An RNTuple described without uproot is the one that uproot describes."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import awkward as ak
import numpy as np
import pytest
import uproot
from ntuples_of_root import DATA, opened

from overproof.columns.files import LocalFile
from overproof.columns.files.damage import DamageError
from overproof.columns.formats.opening import open_by_uproot
from overproof.columns.formats.rntuple import RNTupleReader
from overproof.columns.lean.doubt import NOT_UNDERSTOOD, DoubtError
from overproof.columns.lean.file import LeanFile
from overproof.columns.lean.rntuple import describe
from overproof.columns.lean.rntuple.columns import Ways
from overproof.columns.lean.rntuple.envelopes import parse_anchor
from overproof.columns.lean.rntuple.fields import Fields
from overproof.columns.lean.rntuple.records import LEAF, RECORD, ColumnRecord, FieldRecord
from overproof.columns.native.reader import NativeReader
from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec

SHARED = (
    ("Run2012BC_DoubleMuParked_Muons_1000evts_rntuple_v1-0-0-0.root", "Events"),
    ("nano_dy_rntuple.root", "Events"),
    ("ntpl001_staff_rntuple_v1-0-0-0.root", "Staff"),
    ("treemaker_rntuple.root", "PreSelection"),
    ("uproot-physlite-rntuple_v1-0-0-0.root", "EventData"),
    ("uproot-physlite-rntuple_v1-0-0-0.root", "DataHeaderForm"),
)


def check_same(path: Path, tree: str) -> None:
    """Compare all that a description tells with what uproot tells."""
    found, source = opened(path, tree)
    reader = open_by_uproot(FileSpec(path=str(path), tree=tree))
    try:
        assert isinstance(reader, RNTupleReader)
        assert found.schema() == reader.schema()
        assert all(found.grid(entries) == reader.grid(entries) for entries in (1, 7, 100_000))
        layout = found.layout
        assert (layout.size_bytes, layout.uuid) == (reader.size_bytes, reader.uuid)
        assert all(reader.resolve(name) == name for name in layout.wholes)
        assert all(reader.find(spelling) in (name, spelling) for spelling, name in set(layout.others)
                   if [each for each, _ in layout.others].count(spelling) == 1)  # fmt: skip
    finally:
        reader.close()
        source.close()


@pytest.mark.parametrize(("name", "tree"), SHARED)
def test_shared_files(shared_file: Callable[[str], Path], name: str, tree: str) -> None:
    """Schema, blocks, sizes and names of real files are those that uproot tells."""
    check_same(shared_file(name), tree)


@pytest.mark.parametrize("name", ["encodings.root", "ways.root"])
def test_files_of_root(name: str) -> None:
    """So are those of files with every kind of field and several clusters."""
    check_same(DATA / name, "t")


def test_several_groups_of_clusters(tmp_path: Path) -> None:
    """So are those of an RNTuple whose pages are listed in several places."""
    path = tmp_path / "groups.root"
    with uproot.recreate(path) as file:
        written = file.mkrntuple("t", ak.Array({"x": np.arange(30.0), "lists": [[1] * (i % 3) for i in range(30)]}))
        for piece in range(4):
            written.extend(ak.Array({"x": np.arange(5.0) + piece, "lists": [[piece]] * 5}))
    check_same(path, "t")
    assert opened(path)[0].layout.clusters.tolist() == [0, 30, 35, 40, 45, 50]


def test_no_entries(tmp_path: Path) -> None:
    """An RNTuple without entries has columns, and no pages."""
    path = tmp_path / "empty.root"
    with uproot.recreate(path) as file:
        file.mkrntuple("t", {"x": np.dtype("f8")})
    check_same(path, "t")
    layout = opened(path)[0].layout
    assert (layout.n_entries, len(layout.pages[0].seeks), list(layout.columns)) == (0, 0, ["x"])


def test_the_way_of_users() -> None:
    """Whoever opens an RNTuple gets a reader that knows it without uproot."""
    reader = open_reader(FileSpec(path=str(DATA / "encodings.root")))
    assert isinstance(reader, NativeReader)
    assert reader.read_native(["late", "text"], 99, 102)["late"].values.tolist() == [0.0, 64.0, 0.25]
    assert reader.read(["text"], 1, 3)["text"].tolist() == ["x", "xx"]
    reader.close()


def test_damage_is_not_understood(tmp_path: Path) -> None:
    """No bit turned over in anchor, header, footer or list of pages leaves a description, right or wrong."""
    content = (DATA / "encodings.root").read_bytes()
    with uproot.open({str(DATA / "encodings.root"): None}) as file:
        key, members = file.key("t"), file["t"].all_members
        link = file["t"].footer.cluster_group_records[0].page_list_link.locator
    places = [
        (key.fSeekKey + key.fKeylen, key.fSeekKey + key.fNbytes),
        *((members[f"fSeek{part}"], members[f"fSeek{part}"] + members[f"fNBytes{part}"])
          for part in ("Header", "Footer")),
        (link.offset, link.offset + link.num_bytes),
    ]  # fmt: skip
    dice, path = random.Random(4), tmp_path / "damaged.root"
    told = opened(DATA / "encodings.root")[0].layout
    for start, stop in places:
        for at in dice.sample(range(int(start), int(stop)), min(40, int(stop - start))):
            damaged = bytearray(content)
            damaged[at] ^= 1 << dice.randrange(8)
            path.write_bytes(damaged)
            try:
                layout = opened(path)[0].layout
            except NOT_UNDERSTOOD:
                continue
            # A few bits mean nothing, such as the version of a compression.
            assert (layout.names, layout.n_entries, layout.size_bytes) == (told.names, told.n_entries, told.size_bytes)
            for number, column in told.pages.items():
                assert np.array_equal(layout.pages[number].seeks, column.seeks)


def test_other_versions_are_left_to_uproot() -> None:
    """An anchor of another version, or of another length, is not guessed at."""
    source = LocalFile(str(DATA / "encodings.root"))
    file = LeanFile(source)
    anchor = file.object_of(file.find("t").key)
    assert parse_anchor(anchor)
    with pytest.raises(DoubtError):
        parse_anchor(anchor + b"\0")
    with pytest.raises(DamageError):
        parse_anchor(anchor[:-1] + bytes([anchor[-1] ^ 1]))
    with pytest.raises(DoubtError, match=r"version 2\.0"):
        describe([2, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1], source, path="", tree="t", uuid="")


def field(number: int, parent: int, name: str, role: int = LEAF) -> FieldRecord:
    """Make a field without columns of its own."""
    return FieldRecord(number, parent, role, name, "T", 0, number)


def test_two_fields_of_one_name_are_left_to_uproot() -> None:
    """Fields of base classes may have the names of others: what uproot calls them then is not guessed at."""
    fields = [field(0, 0, "a", RECORD), field(1, 0, ":_0", RECORD), field(2, 1, "x"), field(3, 0, "y")]
    columns = [ColumnRecord(number, 0x0C, 32, number + 2, 0, 0, None) for number in range(2)]
    assert Fields(fields, columns).leaves == ("a.x", "a.y")
    with pytest.raises(DoubtError, match=r"a\.x"):
        Fields([*fields, field(4, 0, "x")], columns)


@pytest.mark.parametrize(
    ("first", "other", "is_native"),
    [(0x13, 0x07, True), (0x13, 0x1A, False), (0x1A, 0x13, False), (0x1B, 0x0E, True), (0x0C, 0x0D, False)],
)
def test_numbers_and_ends_of_lists_are_no_ways_of_each_other(first: int, other: int, is_native: bool) -> None:
    """What is ends of lists in one cluster, and numbers in another, is left to uproot, as is what has no room."""
    columns = [ColumnRecord(way, encoding, 0, 0, way, 0, None) for way, encoding in enumerate((first, other))]
    assert Ways(columns).is_native(columns[0]) == is_native
