"""Readers give what uproot gives, in one shot and in pieces, and decompress nothing twice."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import awkward as ak
import pytest
import uproot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from overproof.columns.formats import Reader
from overproof.columns.formats.opening import open_by_uproot
from overproof.columns.formats.rntuple import RNTupleReader
from overproof.columns.formats.ttree import TTreeReader
from overproof.columns.formats.types import type_of_form
from overproof.columns.native.reader import NativeReader
from overproof.columns.opening import open_reader
from overproof.columns.reader import ReaderCache
from overproof.records.dataset import FileSpec
from overproof.records.schema import Branch
from overproof.words.errors import BranchError, DatasetError, ReadError

FILES = [
    ("PHYSLITE_example.root", "CollectionTree"),
    ("Run2012BC_DoubleMuParked_Muons_1000evts_rntuple_v1-0-0-0.root", "Events"),
    ("nano_dimuon.root", "Events"),
    ("nano_dimuon.root", "Runs"),
    ("nano_dy.root", "Events"),
    ("nano_dy_empty.root", "Events"),
    ("nano_dy_rntuple.root", "Events"),
    ("nano_tree.root", "Events"),
    ("nano_tt_v15.root", "Events"),
    ("ntpl001_staff_rntuple_v1-0-0-0.root", "Staff"),
    ("treemaker.root", "PreSelection"),
    ("treemaker_rntuple.root", "PreSelection"),
    ("uproot-HZZ-lz4.root", "events"),
    ("uproot-HZZ-lzma.root", "events"),
    ("uproot-HZZ-uncompressed.root", "events"),
    ("uproot-HZZ-zstd.root", "events"),
    ("uproot-HZZ.root", "events"),
    ("uproot-Zmumu-lzma.root", "events"),
    ("uproot-Zmumu-zstd.root", "events"),
    ("uproot-Zmumu.root", "events"),
    ("uproot-foriter.root", "foriter"),
    ("uproot-foriter2.root", "foriter2"),
    ("uproot-physlite-rntuple_v1-0-0-0.root", "EventData"),
    ("uproot-physlite-rntuple_v1-0-0-0.root", "DataHeader"),
    ("uproot-small-evnt-tree-fullsplit.root", "tree"),
    ("uproot-small-flat-tree.root", "tree"),
    ("uproot-vectorVectorDouble.root", "t"),
]
BY_ROOT = Path(__file__).with_name("data") / "root.root"
"""Written by ROOT 6.40: see `make.py` beside it."""

AT_MOST = 40
"""Branches compared in one file: the widest ones are sampled evenly, so that the test stays fast."""


OPEN = ReaderCache(limit=30, limit_branches=100_000)
"""Opening the widest files takes a second each: the tests that only look at real files share their readers."""


@pytest.fixture(scope="module", autouse=True)
def _close_shared_readers() -> Iterator[None]:
    yield
    OPEN.close()


def sample(branches: tuple[Branch, ...]) -> list[Branch]:
    """Choose evenly among the branches of every type."""
    by_type: dict[tuple[str, str, int, tuple[int, ...]], list[Branch]] = {}
    for branch in branches:
        by_type.setdefault((branch.kind, branch.dtype, branch.n_jagged, branch.fixed_shape), []).append(branch)
    share = max(AT_MOST // len(by_type), 1)
    return [each for group in by_type.values() for each in group[:: max(len(group) // share, 1)]]


READERS = (NativeReader, TTreeReader, RNTupleReader)
"""Those that count what they decode."""


def theirs(reader: Reader, name: str) -> Any:
    """Read a branch by uproot alone, in one shot."""
    opened = by_uproot(reader.path, reader.tree)
    if isinstance(opened, RNTupleReader):
        return opened._ntuple[name].array(array_cache=None)
    return opened._columns[name].branch.array()


@functools.lru_cache(maxsize=4)
def by_uproot(path: str, tree: str) -> TTreeReader | RNTupleReader:
    """Open a tree by uproot, whatever other way there is."""
    return open_by_uproot(FileSpec(path=path, tree=tree))


def same(one: Any, other: Any) -> bool:
    return bool(one.layout.form.type == other.layout.form.type and ak.array_equal(one, other, equal_nan=True))


@pytest.mark.parametrize(("file", "tree"), FILES)
def test_every_branch_is_what_uproot_reads(shared_file: Callable[[str], Path], file: str, tree: str) -> None:
    """Values and types of each branch equal uproot's own array, at once and in pieces of odd sizes; a branch that
    uproot cannot read either is an error of ours; the schema's type is the type of the array.
    """
    path = str(shared_file(file))
    reader = OPEN.get(FileSpec(path=path, tree=tree))
    third = reader.n_entries // 3
    cuts = [0, third, 2 * third + 1, reader.n_entries] if reader.n_entries > 3 else [0, reader.n_entries]
    n_compared = 0
    for branch in sample(reader.schema().branches):
        try:
            whole = reader.read([branch.name], 0, reader.n_entries)[branch.name]
        except (BranchError, ReadError):
            assert branch.kind == "object" or branch.within
            with pytest.raises(Exception, match=r".*"):
                theirs(reader, branch.within or branch.name)
            continue
        n_compared += 1
        expected = theirs(reader, branch.within or branch.name)
        for step in branch.name.removeprefix(f"{branch.within}.").split(".") if branch.within else ():
            expected = expected[step]
        assert same(whole, expected), branch
        pieces = [reader.read([branch.name], *each)[branch.name] for each in pairwise(cuts)]
        assert same(ak.concatenate(pieces), whole) or ak.to_list(ak.concatenate(pieces)) == ak.to_list(whole), branch
        found = type_of_form(whole.layout.form)
        if branch.kind != "object":
            assert (found.kind, found.dtype, found.n_jagged, found.fixed_shape) == (
                branch.kind,
                branch.dtype,
                branch.n_jagged,
                branch.fixed_shape,
            )
    assert n_compared >= min(len(reader.names), 5)


@pytest.mark.parametrize(
    ("file", "name", "type_"),
    [
        ("nano_dy.root", "Muon_pt", ("number", "float32", 1, ())),
        ("nano_dy.root", "run", ("number", "uint32", 0, ())),
        ("nano_dy.root", "HLT_IsoMu24", ("number", "bool", 0, ())),
        ("nano_dy_rntuple.root", "nMuon", ("number", "int64", 0, ())),
        ("uproot-vectorVectorDouble.root", "x", ("number", "float64", 2, ())),
        ("uproot-small-evnt-tree-fullsplit.root", "evt.ArrayF32", ("number", "float32", 0, (10,))),
        ("uproot-small-evnt-tree-fullsplit.root", "evt.StlVecU16", ("number", "uint16", 1, ())),
        ("uproot-small-evnt-tree-fullsplit.root", "evt.StdStr", ("string", "", 0, ())),
        ("uproot-small-evnt-tree-fullsplit.root", "evt.Beg", ("string", "", 0, ())),
        ("uproot-small-evnt-tree-fullsplit.root", "evt.StlVecStr", ("string", "", 1, ())),
        ("uproot-small-evnt-tree-fullsplit.root", "evt.P3.Px", ("number", "int32", 0, ())),
        ("uproot-Zmumu.root", "Type", ("string", "", 0, ())),
        ("treemaker.root", "Electrons.fCoordinates.fPt", ("number", "float64", 1, ())),
        ("treemaker_rntuple.root", "Electrons.fCoordinates.fPt", ("number", "float64", 1, ())),
        ("PHYSLITE_example.root", "xTrigDecisionAux.smk", ("number", "uint32", 0, ())),
        ("PHYSLITE_example.root", "AnalysisElectronsAuxDyn.pt", ("number", "float32", 1, ())),
    ],
)
def test_types_of_known_branches(
    shared_file: Callable[[str], Path], file: str, name: str, type_: tuple[str, str, int, tuple[int, ...]]
) -> None:
    """The schema tells kind, dtype and dimensions of branches that people know."""
    path = str(shared_file(file))
    (branch,) = [
        each for each in OPEN.get(FileSpec(path=path, tree=dict(FILES)[file])).schema().branches if each.name == name
    ]
    assert (branch.kind, branch.dtype, branch.n_jagged, branch.fixed_shape) == type_


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_sequence_of_ranges_gives_the_slices(reader: Reader, expected: Any, data: st.DataObject) -> None:
    """Ranges in any order, cut anywhere, of any branches, give the slices of the whole."""
    for _ in range(data.draw(st.integers(1, 5))):
        first = data.draw(st.integers(0, reader.n_entries))
        stop = data.draw(st.integers(first, reader.n_entries))
        names = data.draw(st.lists(st.sampled_from(sorted(reader.names)), min_size=1, unique=True))
        for name, column in reader.read(names, first, stop).items():
            assert len(column) == stop - first
            if name in expected.fields:
                assert ak.to_list(column) == ak.to_list(expected[name][first:stop])


def test_small_ranges_decompress_each_basket_once(reader: Reader, expected: Any) -> None:
    """A hundred ranges of ten entries over baskets or clusters of two hundred decompress as often as one range."""
    assert isinstance(reader, READERS)
    names = ["number", "x", "three", "jagged"]
    pieces = [reader.read(names, at, at + 10) for at in range(0, reader.n_entries, 10)]
    assert ak.to_list(ak.concatenate([each["x"] for each in pieces])) == ak.to_list(expected.x)
    n_decoded, n_bytes = reader.n_decoded, reader.read_bytes
    whole = open_reader(FileSpec(path=reader.path, tree="t"))
    assert isinstance(whole, READERS)
    whole.read(names, 0, whole.n_entries)
    assert (n_decoded, n_bytes) == (whole.n_decoded, whole.read_bytes)
    assert n_decoded == 5 * (4 if reader.schema().format == "TTree" else 5)


def test_aligned_ranges_read_nothing_more(reader: Reader) -> None:
    """A range that ends where a cluster ends does not touch the next one."""
    assert isinstance(reader, READERS)
    reader.read(["x"], 200, 400)
    assert reader.n_decoded == 1


def test_tiny_baskets(shared_file: Callable[[str], Path]) -> None:
    """A tree of eight tiny baskets gives its forty-six numbers in ranges of any length, each basket once."""
    for step in (1, 3, 6, 7, 46):
        reader = open_reader(FileSpec(path=str(shared_file("uproot-foriter.root"))))
        assert isinstance(reader, NativeReader)
        got: list[int] = []
        for at in range(0, 46, step):
            got += reader.read(["data"], at, min(at + step, 46))["data"].tolist()
        assert got == list(range(46))
        assert reader.n_decoded == by_uproot(reader.path, "foriter").n_clusters() == 8


def test_strings_in_tiny_baskets(shared_file: Callable[[str], Path]) -> None:
    """A tree of strings in tiny baskets gives them in order."""
    reader = open_reader(FileSpec(path=str(shared_file("uproot-foriter2.root"))))
    got = [name for at in range(31) for name in reader.read(["data"], at, at + 1)["data"].tolist()]
    assert got[:3] + got[-1:] == ["zero", "one", "two", "thirty"]


def test_grids_of_the_written_files(reader: Reader) -> None:
    """Five baskets or clusters of 200 are merged to blocks of at most block_entries, or cut when much longer."""
    assert reader.grid(200).stops == (200, 400, 600, 800, 1000)
    assert reader.grid(399).stops == (200, 400, 600, 800, 1000)
    assert reader.grid(400).stops == (400, 800, 1000)
    assert reader.grid(100).stops == (200, 400, 600, 800, 1000)
    assert reader.grid(90).stops[:4] == (90, 180, 270, 360)
    assert reader.grid(100_000).stops == (1000,)
    assert reader.grid(100_000).size_bytes == reader.size_bytes > 0


@pytest.mark.parametrize(
    ("file", "tree", "n_clusters"),
    [
        ("PHYSLITE_example.root", "CollectionTree", 1),
        ("nano_dy.root", "Events", 1),
        ("nano_dy_empty.root", "Events", 0),
        ("treemaker.root", "PreSelection", 1),
        ("uproot-HZZ.root", "events", 1),
        ("nano_tt_v15.root", "Events", 1),
    ],
)
def test_clusters_of_real_files(shared_file: Callable[[str], Path], file: str, tree: str, n_clusters: int) -> None:
    """Real files have as many clusters as ROOT's own iterator finds."""
    reader = OPEN.get(FileSpec(path=str(shared_file(file)), tree=tree))
    assert by_uproot(reader.path, tree).n_clusters() == n_clusters
    assert reader.grid(100_000).stops == ((reader.n_entries,) if n_clusters else ())


@pytest.mark.parametrize("name", ["evt.P3.Px", "evt/P3/P3.Px", "evt.P3.P3.Px", "P3.Px", "Px"])
def test_spellings_of_a_split_member(shared_file: Callable[[str], Path], name: str) -> None:
    """A member of a split object is had by dots, by slashes as in uproot, and by its own name where it is the only."""
    reader = open_reader(FileSpec(path=str(shared_file("uproot-small-evnt-tree-fullsplit.root"))))
    assert reader.resolve(name) == "evt.P3.Px"
    assert reader.read([name], 0, 3)[name].tolist() == [-1, 0, 1]


def test_spelling_of_a_fixed_array(shared_file: Callable[[str], Path]) -> None:
    """The dimensions that ROOT writes into names may be left out or not."""
    reader = open_reader(FileSpec(path=str(shared_file("uproot-small-evnt-tree-fullsplit.root"))))
    assert reader.resolve("ArrayI16[10]") == reader.resolve("evt.ArrayI16") == "evt.ArrayI16"


def test_whole_objects_are_records(shared_file: Callable[[str], Path]) -> None:
    """A split object by its own name is a record of what is inside, as uproot has it."""
    path = str(shared_file("treemaker.root"))
    reader = open_reader(FileSpec(path=path, tree="PreSelection"))
    original = uproot.open(path)["PreSelection/Electrons"].array()
    assert ak.to_list(reader.read(["Electrons"], 0, 10)["Electrons"]) == ak.to_list(original)


def test_leaves_of_one_branch() -> None:
    """A branch with several leaves is listed leaf by leaf, and read as a record by its own name."""
    reader = open_reader(FileSpec(path=str(BY_ROOT), tree="leaves"))
    assert [(each.name, each.dtype) for each in reader.schema().branches] == [
        ("point.x", "float64"),
        ("point.y", "float64"),
    ]
    assert reader.read(["point.y", "x"], 1, 3)["point.y"].tolist() == [1.5, 2.5]
    assert reader.read(["x"], 1, 3)["x"].tolist() == [1.0, 2.0]
    assert ak.to_list(reader.read(["point"], 0, 1)["point"]) == [{"x": 0.0, "y": 0.5}]


def test_clusters_that_change_their_size() -> None:
    """A tree flushed every 100, 30, 500 entries has the clusters of ROOT's iterator: their starts are 0, 100, 200,
    250, 280, 310, 340, 370, 400, 900. Its baskets begin elsewhere, and are still decompressed once.
    """
    reader = open_reader(FileSpec(path=str(BY_ROOT), tree="clusters"))
    assert isinstance(reader, NativeReader)
    assert by_uproot(reader.path, "clusters").n_clusters() == 10
    stops = reader.grid(200).stops
    assert stops == (200, 400, 600, 800, 900, 1203)
    got = [x for each in zip((0, *stops), stops, strict=False) for x in reader.read(["x"], *each)["x"].tolist()]
    assert got == list(range(1203))
    assert reader.n_decoded == 15


def test_baskets_inside_of_the_tree() -> None:
    """Baskets that were never flushed are read from the tree itself, in whole and in pieces."""
    reader = open_reader(FileSpec(path=str(BY_ROOT), tree="recovered"))
    expected = [[float(number + at) for at in range(number % 4)] for number in range(100)]
    for step in (100, 33, 7):
        pieces = [reader.read(["x", "jagged"], at, min(at + step, 100)) for at in range(0, 100, step)]
        assert [x for each in pieces for x in each["x"].tolist()] == list(range(100))
        assert [x for each in pieces for x in each["jagged"].tolist()] == expected
    assert reader.grid(60).stops == (60, 100)


def test_unknown_branch_names_the_nearest(shared_file: Callable[[str], Path]) -> None:
    """An unknown branch is a BranchError with the nearest names."""
    reader = open_reader(FileSpec(path=str(shared_file("uproot-HZZ.root"))))
    with pytest.raises(BranchError, match=r"no branch 'muon_px' in tree 'events' of .*; did you mean 'Muon_Px'"):
        reader.read(["muon_px"], 0, 1)


def test_four_of_2656_branches_are_read(shared_file: Callable[[str], Path]) -> None:
    """Reading four branches of the widest NanoAOD reads the baskets of four branches."""
    reader = open_reader(FileSpec(path=str(shared_file("nano_tt_v15.root")), tree="Events"))
    assert isinstance(reader, NativeReader)
    n_decoded, n_bytes = reader.n_decoded, reader.read_bytes
    names = ["nMuon", "Muon_pt", "Muon_eta", "run"]
    reader.read(names, 0, 200)
    sizes = {branch.name: branch.size_bytes for branch in reader.schema().branches}
    assert reader.n_decoded - n_decoded == 4
    assert len(sizes) == 2656
    assert reader.read_bytes - n_bytes == sum(sizes[name] for name in names)


def test_cache_opens_once_and_is_bounded(ttree_path: Path, rntuple_path: Path) -> None:
    """The same tree is opened once; beyond the limit the one not used longest is closed; its bytes still count."""
    cache = ReaderCache(limit=1)
    one = cache.get(FileSpec(path=str(ttree_path), tree="t"))
    one.read(["x"], 0, 100)
    assert cache.get(FileSpec(path=str(ttree_path), tree="t")) is one
    read = cache.read_bytes
    other = cache.get(FileSpec(path=str(rntuple_path), tree="t"))
    assert cache.read_bytes == read > 0
    with pytest.raises(ReadError):
        one.read(["x"], 400, 500)
    assert len(other.read(["x"], 0, 100)["x"]) == 100
    cache.close()
    with pytest.raises(ReadError):
        other.read(["number"], 400, 500)


def test_cache_is_bounded_by_branches(ttree_path: Path, rntuple_path: Path) -> None:
    """Readers of more branches than the limit are not kept together; the one in use is, however wide."""
    cache = ReaderCache(limit_branches=1)
    one = cache.get(FileSpec(path=str(ttree_path), tree="t"))
    assert cache.get(FileSpec(path=str(ttree_path), tree="t")) is one
    cache.get(FileSpec(path=str(rntuple_path), tree="t"))
    assert cache.get(FileSpec(path=str(ttree_path), tree="t")) is not one
    cache.close()


def test_cache_does_not_remember_failures(tmp_path: Path, ttree_path: Path) -> None:
    """A file that could not be opened is tried again."""
    cache = ReaderCache()
    spec = FileSpec(path=str(tmp_path / "late.root"), tree="t")
    with pytest.raises(DatasetError):
        cache.get(spec)
    (tmp_path / "late.root").write_bytes(ttree_path.read_bytes())
    assert cache.get(spec).n_entries == 1000
    cache.close()
