"""Friends are read entry by entry, under the names that ROOT gives them; what does not fit is refused or left out."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot

from overproof.analysis.draw.names.lookup import find_branch
from overproof.columns import recall, recall_schema, remember, remember_schema
from overproof.columns.events import Events
from overproof.columns.formats import Reader
from overproof.columns.friends.opening import open_joined
from overproof.columns.opening import open_reader
from overproof.columns.reader import ReaderCache
from overproof.records.dataset import FileSpec, Friend, FriendPart
from overproof.words.errors import BranchError, DatasetError, ReadError

DATA = Path(__file__).parent / "data"
ANSWERS: dict[str, list[float] | None] = json.loads((DATA / "answers.json").read_text())


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OVERPROOF_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The trees made by ROOT, in a directory where they may be changed."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


@pytest.fixture(scope="module")
def main() -> Iterator[Reader]:
    """A tree of ROOT's that names two friends, one of which names a third."""
    reader = open_joined(FileSpec(path=str(DATA / "main.root"), tree="t"))
    yield reader
    reader.close()


def write(path: Path, tree: str = "f", **columns: Any) -> Path:
    with uproot.recreate(path) as file:
        file[tree] = columns
    return path


def beside(path: Path, *parts: FriendPart, tree: str = "t") -> FileSpec:
    return FileSpec(path=str(path), tree=tree, friends=(Friend(name="f", parts=parts),))


@pytest.mark.parametrize("asked", ANSWERS)
def test_names_mean_what_they_mean_in_root(main: Reader, asked: str) -> None:
    """The tree first, then the friend whose name or tree's name stands before, then all friends and theirs in order."""
    expected = ANSWERS[asked]
    found = find_branch(main.schema(), asked, text=asked, position=0)
    if expected is None:
        assert found is None
        with pytest.raises(BranchError):
            main.resolve(asked)
        return
    assert found is not None
    read = main.read([found.name], 0, 10)[found.name]
    assert read.to_list() == expected
    if not asked.startswith("t."):  # which is a manner of speaking of the draw language alone
        assert main.resolve(asked) == found.name
        assert main.read([asked], 3, 5)[asked].to_list() == expected[3:5]


def test_blocks_are_those_of_the_tree_alone(main: Reader) -> None:
    """Friends add branches, no blocks: the answer's grid does not depend on them; the version does."""
    alone = open_reader(FileSpec(path=str(DATA / "main.root"), tree="t"))
    grid, own = main.grid(4), alone.grid(4)
    assert grid.stops == own.stops
    assert grid.n_entries == main.n_entries == alone.n_entries
    assert [Path(path).name for path in grid.friends] == ["first.root", "second.root", "third.root"]
    assert grid.identity.startswith(f"{own.identity}+")
    assert grid.identity.count("+") == 3
    alone.close()


def test_a_friend_that_cannot_be_had_harms_nobody_else() -> None:
    """Gone, of another length, or with an index: the tree is read without it, and who asks is told why."""
    reader = open_joined(FileSpec(path=str(DATA / "crooked.root"), tree="t"))
    assert list(reader.names) == ["x", "n"]
    assert reader.read(["n"], 0, 2)["n"].to_list() == [50.0, 51.0]
    gone, short, indexed = reader.schema().absent
    assert gone.startswith("its friend 'gone' cannot be had: no such file: ")
    assert "friend 'short'" in short
    assert "has 7 entries and the tree t of" in short
    assert "has an index (TTree::BuildIndex), by which ROOT would look up its entries" in indexed
    with pytest.raises(BranchError, match="its friend 'gone' cannot be had"):
        reader.read(["gone.n"], 0, 1)
    reader.close()


def test_a_friend_that_comes_back_is_read(copied: Path) -> None:
    """An open tree whose friend was absent is opened anew when the friend's file is there."""
    spec = FileSpec(path=str(copied / "main.root"), tree="t")
    (copied / "first.root").rename(copied / "away.root")
    cache = ReaderCache()
    without = cache.get(spec)
    assert "u.x" not in without.names
    assert cache.get(spec) is without
    (copied / "away.root").rename(copied / "first.root")
    assert "u.x" in cache.get(spec).names
    cache.close()


def test_a_friend_is_looked_for_here_and_beside_the_tree(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From where we are, as in ROOT, or where the tree lies; where there are two files, nobody guesses."""
    spec = FileSpec(path=str(copied / "main.root"), tree="t")
    away = copied / "away"
    away.mkdir()
    monkeypatch.chdir(away)
    for place in (copied, away):  # away from the tree at the second time
        reader = open_joined(spec)
        assert reader.grid(4).friends[0] == str(place / "first.root")
        assert reader.read(["u.y"], 0, 2)["u.y"].to_list() == [200.0, 201.0]
        reader.close()
        (copied / "first.root").rename(away / "first.root") if place is copied else None
    shutil.copy(away / "first.root", copied / "first.root")
    reader = open_joined(spec)
    (said,) = reader.schema().absent
    assert said == (
        f"its friend 'u' cannot be had: it may be {away}/first.root, from where you are, as in ROOT, or "
        f"{copied}/first.root, beside the tree: say which by friends={{'u': ...}} (--friend u=...)"
    )
    reader.close()
    monkeypatch.chdir(copied)
    reader = open_joined(FileSpec(path="main.root", tree="t"))
    assert not reader.schema().absent
    reader.close()


def test_friends_that_name_one_another_end() -> None:
    """Two trees that are friends of each other: each is opened once."""
    reader = open_joined(FileSpec(path=str(DATA / "ring.root"), tree="ring"))
    assert list(reader.names) == ["r", "ring2.s"]
    assert reader.read(["s", "r"], 0, 2)["s"].to_list() == [20.0, 21.0]
    reader.close()


def test_parts_are_laid_end_to_end(tmp_path: Path) -> None:
    """A friend out of two files, cut anywhere: every range of entries gets just what stands beside it."""
    path = write(tmp_path / "a.root", "t", n=np.arange(10))
    one = write(tmp_path / "b.root", v=ak.Array([[100 + n] * (n % 3) for n in range(8)]))
    two = write(tmp_path / "c.root", v=ak.Array([[108 + n] * (n % 2) for n in range(9)]))
    parts = [FriendPart(path=str(one), tree="f", first=4, n_entries=4), FriendPart(path=str(two), n_entries=6)]
    expected = [[100 + n] * (n % 3) for n in range(4, 8)] + [[108 + n] * (n % 2) for n in range(6)]
    reader = open_joined(beside(path, *parts))
    for first in range(11):
        for stop in range(first, 11):
            assert reader.read(["f.v"], first, stop)["f.v"].to_list() == expected[first:stop]
    reader.close()


def test_parts_of_several_types_have_one(tmp_path: Path) -> None:
    """A friend whose files differ in type is of a type that holds them all, whatever part is read."""
    path = write(tmp_path / "a.root", "t", n=np.arange(6))
    lists = ak.Array([[1], [], [2, 3]])
    one = write(tmp_path / "b.root", v=np.arange(3, dtype=np.int32), w=ak.values_astype(lists, np.float32))
    two = write(tmp_path / "c.root", v=np.arange(3, dtype=np.float32) / 7, w=ak.values_astype(lists, np.int16))
    parts = [FriendPart(path=str(each), first=0, n_entries=3) for each in (one, two)]
    reader = open_joined(beside(path, *parts))
    types = {branch.name: branch.dtype for branch in reader.schema().branches}
    assert (types["f.v"], types["f.w"]) == ("float64", "float32")
    values = [0.0, 1.0, 2.0, *(np.arange(3, dtype=np.float32) / 7).tolist()]
    for first, stop in ((0, 6), (0, 2), (4, 6), (2, 4)):
        array = Events(reader, first, stop).array
        assert array["f.v"].to_list() == values[first:stop]
        assert str(array["f.v"].type.content) == "float64"
        assert array["f.w"].to_list() == [[1.0], [], [2.0, 3.0], [1.0], [], [2.0, 3.0]][first:stop]
    reader.close()


def test_formats_may_be_mixed(ttree_path: Path, rntuple_path: Path, expected: Any) -> None:
    """A TTree beside an RNTuple and the other way round."""
    for own, other in ((ttree_path, rntuple_path), (rntuple_path, ttree_path)):
        reader = open_joined(beside(own, FriendPart(path=str(other), tree="t")))
        read = reader.read(["number", "f.number", "f.jagged", "f.three"], 150, 420)
        assert read["number"].to_list() == read["f.number"].to_list() == list(range(150, 420))
        assert read["f.jagged"].to_list() == expected.jagged[150:420].to_list()
        assert read["f.three"].to_list() == expected.three[150:420].to_list()
        reader.close()


def test_a_friend_of_another_length_is_refused(tmp_path: Path) -> None:
    """Nothing is read beside an entry that has nothing beside it."""
    path = write(tmp_path / "a.root", "t", n=np.arange(10))
    short = write(tmp_path / "b.root", v=np.arange(7))
    with pytest.raises(DatasetError) as caught:
        open_joined(beside(path, FriendPart(path=str(short))))
    assert str(caught.value) == (
        f"friend 'f' ({short}) has 7 entries and the tree t of {path} 10: friends are read entry by entry, so give "
        "trees of the same length"
    )
    with pytest.raises(DatasetError, match=r"has 7 entries in tree f, fewer than when the query began"):
        open_joined(beside(path, FriendPart(path=str(short), first=2, n_entries=10)))


def test_a_friend_with_an_index_is_refused() -> None:
    """ROOT would read it by its index: to read it entry by entry would be another answer."""
    part = FriendPart(path=str(DATA / "indexed.root"), tree="indexed")
    with pytest.raises(DatasetError, match=r"has an index \(TTree::BuildIndex\)"):
        open_joined(beside(DATA / "main.root", part))


def test_what_is_damaged_in_a_friend_is_said_of_the_friend(tmp_path: Path) -> None:
    """The error names the friend and its file; columns of the tree itself are still read."""
    path = write(tmp_path / "a.root", "t", n=np.arange(2_000))
    other = tmp_path / "b.root"
    with uproot.recreate(other) as file:
        file.mktree("f", {"v": "int64", "w": "int64"})
        file["f"].extend({"v": np.arange(2_000), "w": np.arange(2_000)})
    content = bytearray(other.read_bytes())
    with uproot.open(other) as file:
        seek = int(file["f"]["v"].member("fBasketSeek")[0])
    content[seek + 80 : seek + 400] = bytes(320)
    other.write_bytes(content)
    reader = open_joined(beside(path, FriendPart(path=str(other))))
    with pytest.raises(ReadError) as caught:
        reader.read(["n", "f.v"], 0, 2_000)
    assert caught.value.file == str(other)
    assert caught.value.reason.startswith(f"friend 'f' in {other}: branch v: ")
    assert reader.read(["n", "f.w"], 1_999, 2_000)["f.w"].to_list() == [1_999]
    reader.close()


def test_own_branches_hide_those_of_friends(tmp_path: Path) -> None:
    """A branch of the tree that is called like one of a friend, dot and all, is the one that is meant."""
    path = tmp_path / "a.root"
    with uproot.recreate(path) as file:
        file["t"] = {"f": ak.zip({"x": np.arange(4)}), "x": np.arange(4) + 10}
    own = open_reader(FileSpec(path=str(path), tree="t"))
    friend = write(tmp_path / "b.root", x=np.arange(4) + 20, z=np.arange(4) + 30)
    reader = open_joined(beside(path, FriendPart(path=str(friend))))
    read = reader.read([*own.names, "f.z"], 0, 4)
    assert {name: read[name].to_list() for name in own.names} == {
        name: array.to_list() for name, array in own.read(list(own.names), 0, 4).items()
    }
    assert read["f.z"].to_list() == [30, 31, 32, 33]
    assert len({branch.name for branch in reader.schema().branches}) == len(reader.schema().branches)
    own.close()
    reader.close()


def test_schemas_are_remembered_with_their_friends(home: Path, copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the same friends a schema is recalled as it was; with other ones, or when one has changed, it is not."""
    spec = FileSpec(path=str(copied / "main.root"), tree="t")
    reader = open_joined(spec)
    schema, grid = reader.schema(), reader.grid(4)
    remember_schema(spec, schema)
    remember(spec, 4, grid)
    assert recall_schema(spec) == schema
    assert recall(spec, 4) == grid
    part = FriendPart(path=str(copied / "ring.root"), tree="ring")
    more = FileSpec(path=spec.path, tree="t", friends=(Friend(name="f", parts=(part,)),))
    assert recall_schema(more) is None
    joined = open_joined(more)
    assert recall(more, 4) == joined.grid(4)  # blocks are the file's own matter: nobody need open it to tell them
    remember(more, 4, joined.grid(4))
    assert recall(spec, 4) == grid
    monkeypatch.chdir(copied)  # where the same names may mean other files
    assert recall_schema(spec) is None
    assert recall(spec, 4) is None
    monkeypatch.undo()
    monkeypatch.setenv("OVERPROOF_HOME", str(home))
    assert recall(spec, 4) == grid
    os.utime(copied / "third.root", ns=(0, 0))
    assert recall_schema(spec) is None
    assert recall(spec, 4) is None
    joined.close()
    reader.close()


def test_closing_gives_every_file_back(main: Reader) -> None:
    """No file of a friend stays open behind a closed tree."""
    before = set(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else None
    if before is None:
        pytest.skip("this system does not tell which files are open")
    reader = open_joined(FileSpec(path=str(DATA / "main.root"), tree="t"))
    assert set(os.listdir("/proc/self/fd")) > before
    reader.close()
    with pytest.raises(DatasetError):
        open_joined(beside(DATA / "main.root", FriendPart(path=str(DATA / "short.root"))))
    assert set(os.listdir("/proc/self/fd")) <= before
