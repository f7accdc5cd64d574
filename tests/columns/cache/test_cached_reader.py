"""A reader that looks into the cache gives what the reader behind it gives."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot

from overproof.columns.cache import version
from overproof.columns.cache.cache import ColumnCache
from overproof.columns.cache.reader import CachedReader
from overproof.columns.cache.report import report_on
from overproof.columns.opening import open_reader
from overproof.columns.reader import ReaderCache
from overproof.records.dataset import FileSpec, Friend, FriendPart
from overproof.store.cache_place import CachePlace
from overproof.store.mapped import look_through
from overproof.words.errors import BranchError

N = 5000


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files that were written just now count as written long ago."""
    monkeypatch.setattr(version, "FINE_S", 0.0)


@pytest.fixture
def place(tmp_path: Path) -> CachePlace:
    return CachePlace(directory=str(tmp_path / "cache"), limit_bytes=10**8)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with numbers, fixed arrays, lists and texts."""
    return write(tmp_path / "numbers.root", seed=1)


def write(path: Path, *, seed: int) -> Path:
    dice = np.random.default_rng(seed)
    counts = np.arange(N) % 4
    with uproot.recreate(path, compression=None) as file:
        file.mktree("t", {"x": "f8", "three": ("f4", (3,)), "jagged": "var * float32", "text": "string"})
        file["t"].extend(
            {
                "x": dice.normal(size=N),
                "three": dice.normal(size=(N, 3)).astype(np.float32),
                "jagged": ak.unflatten(dice.normal(size=int(counts.sum())).astype(np.float32), counts),
                "text": [str(number) for number in range(N)],
            }
        )
    return path


@pytest.fixture
def opened(place: CachePlace) -> Iterator[Callable[[Path], CachedReader]]:
    """Open a file as a new process would: with a reader and a cache of its own."""
    readers: list[CachedReader] = []

    def make(path: Path) -> CachedReader:
        cache = ColumnCache()
        cache.use(place)
        seen = version.glance_at(str(path))
        readers.append(CachedReader(open_reader(FileSpec(path=str(path), tree="t")), cache, seen=seen))
        return readers[-1]

    yield make
    for reader in readers:
        reader.close()


def plain(path: Path, name: str, first: int, stop: int) -> Any:
    with uproot.open(path) as file:
        return file["t"][name].array(entry_start=first, entry_stop=stop)


NATIVE = ("x", "three", "jagged")


@pytest.mark.parametrize("name", [*NATIVE, "text"])
def test_the_second_look_is_the_same(name: str, path: Path, opened: Callable[[Path], CachedReader]) -> None:
    """What comes out of memory is what uproot reads: types, values, for ranges kept and for parts of them."""
    for first, stop in ((0, 3000), (3000, N), (0, 3000), (500, 1000), (2000, 4000)):
        array = opened(path).read([name], first, stop)[name]
        wanted = plain(path, name, first, stop)
        assert str(array.type) == str(wanted.type)
        assert array.tolist() == wanted.tolist()


def test_what_is_kept_is_not_read(path: Path, opened: Callable[[Path], CachedReader]) -> None:
    """The second look at columns of numbers reads nothing from the file, and says so; that at texts does."""
    first, second = opened(path), opened(path)
    kept = first.read_native(NATIVE, 0, N)
    assert set(kept) == set(NATIVE)
    read_bytes = first.read_bytes
    assert read_bytes > 0
    again = second.read_native(NATIVE, 0, N)
    assert second.read_bytes == 0
    assert all(again[name].values.tobytes() == kept[name].values.tobytes() for name in NATIVE)
    assert all(not again[name].values.flags.writeable for name in NATIVE)
    second.read(["text"], 0, N)
    assert second.read_bytes > 0


def test_only_what_lacks_is_read(path: Path, opened: Callable[[Path], CachedReader]) -> None:
    """Of several columns those are read that are not kept."""
    opened(path).read(["x"], 0, N)
    reader = opened(path)
    arrays = reader.read(["jagged", "x"], 0, N)
    assert list(arrays) == ["jagged", "x"]
    bare = open_reader(FileSpec(path=str(path), tree="t"))
    bare.read(["jagged"], 0, N)
    assert reader.read_bytes == bare.read_bytes > 0
    bare.close()


def test_names_are_those_of_the_reader(path: Path, opened: Callable[[Path], CachedReader]) -> None:
    """A branch that is not there is told as without a cache; no entries are no matter for it."""
    reader = opened(path)
    with pytest.raises(BranchError, match="no branch 'y'"):
        reader.read(["y"], 0, N)
    with pytest.raises(BranchError, match="no branch 'y'"):
        reader.read_native(["y"], 0, N)
    reader.expect(["x", "y"], 0, N)
    assert reader.read(["x"], 0, 0)["x"].tolist() == []
    assert list(reader.names) == [branch.name for branch in reader.schema().branches]


def test_a_changed_file_is_never_served_stale(path: Path, opened: Callable[[Path], CachedReader]) -> None:
    """A file of the same size, with the time of the old one set back, at the same path is another version."""
    old = plain(path, "x", 0, N).tolist()
    assert opened(path).read(["x"], 0, N)["x"].tolist() == old
    status = path.stat()
    header = path.read_bytes()[:512]
    write(path, seed=2)
    with path.open("r+b") as file:
        file.write(header)  # with the UUID and the times of the old one
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_size == status.st_size
    new = plain(path, "x", 0, N).tolist()
    assert new != old
    assert opened(path).read(["x"], 0, N)["x"].tolist() == new


def test_a_copy_is_a_file_of_its_own(path: Path, tmp_path: Path, opened: Callable[[Path], CachedReader]) -> None:
    """Two files at two places are never taken for each other, however alike."""
    opened(path).read(["x"], 0, N)
    other = tmp_path / "other.root"
    content = bytearray(path.read_bytes())
    at = content.index(np.asarray(plain(path, "x", 0, 10)).astype(">f8").tobytes())
    content[at : at + 8] = np.array([42.0], ">f8").tobytes()
    other.write_bytes(content)
    status = path.stat()
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert opened(other).read(["x"], 0, 1)["x"].tolist() == [42.0]


def test_a_file_written_just_now_is_not_kept(path: Path) -> None:
    """While a file may be written once more within a tick of its clock, nobody can tell one version from the next."""
    last_ns = max(path.stat().st_mtime_ns, path.stat().st_ctime_ns)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(version, "FINE_S", 0.1)
        assert version.glance_at(str(path), now_ns=last_ns + 10**7) is None
        assert version.glance_at(str(path), now_ns=last_ns + 10**9) is not None


def test_what_has_no_version_is_not_kept(path: Path, tmp_path: Path) -> None:
    """Remote files, files without identity, and files in whose place another one came while they were opened."""
    assert version.glance_at("root://host//file.root") is None
    assert version.glance_at(str(path) + ".gone") is None
    seen = version.glance_at(str(path))
    assert seen is not None
    assert version.version_of(seen, "") is None
    assert version.version_of(seen, "some") is not None
    link = tmp_path / "link.root"
    link.symlink_to(path)
    assert version.glance_at(str(link)) == seen
    other = tmp_path / "other.root"
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(seen.written_ns, seen.written_ns))
    other.replace(path)
    assert version.version_of(seen, "some") is None


def test_friends_are_kept_each_for_itself(path: Path, tmp_path: Path, place: CachePlace) -> None:
    """What a tree and its friends have is kept under the file it comes from."""
    other = write(tmp_path / "other.root", seed=3)
    friend = Friend(name="f", parts=(FriendPart(path=str(other), tree="t"),))
    readers = ReaderCache()
    readers.columns.use(place)
    for _ in range(2):
        reader = readers.get(FileSpec(path=str(path), tree="t", friends=(friend,)))
        arrays = reader.read(["x", "f.x"], 0, N)
        assert arrays["x"].tolist() == plain(path, "x", 0, N).tolist()
        assert arrays["f.x"].tolist() == plain(other, "x", 0, N).tolist()
        readers.close()
    columns = report_on(place).columns
    assert {(column.path, column.column, column.ranges) for column in columns} == {
        (str(path), "x", 1),
        (str(other), "x", 1),
    }


def test_nothing_is_kept_when_it_is_off(path: Path, place: CachePlace) -> None:
    """Without a place nothing is looked for, and nothing is made on disk."""
    readers = ReaderCache()
    readers.get(FileSpec(path=str(path), tree="t")).read(["x"], 0, N)
    readers.columns.use(place)
    readers.columns.use(None)
    readers.get(FileSpec(path=str(path), tree="t")).read(["x"], 0, N)
    readers.close()
    assert not Path(place.directory).exists()


def test_small_ranges_are_not_kept(path: Path, place: CachePlace, opened: Callable[[Path], CachedReader]) -> None:
    """A few entries out of many cost more to keep than to read."""
    opened(path).read(["x"], 10, 20)
    assert report_on(place).columns == ()


def test_only_what_lacks_is_announced(
    path: Path, opened: Callable[[Path], CachedReader], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is fetched ahead that is in memory."""
    opened(path).read(["x"], 0, N)
    reader = opened(path)
    expected: list[list[str]] = []
    monkeypatch.setattr(reader._reader, "expect", lambda names, first, stop: expected.append(list(names)))
    reader.expect(["x", "three"], 0, N)
    reader.expect(["x"], 100, 200)
    assert expected == [["three"]]


def test_a_broken_cache_breaks_no_reader(path: Path, place: CachePlace, opened: Callable[[Path], CachedReader]) -> None:
    """Whatever lies where columns are kept, what is read is right."""
    wanted = plain(path, "x", 0, N).tolist()
    opened(path).read(["x"], 0, N)
    (kept,) = Path(place.directory).glob("*.mapped")
    content = kept.read_bytes()
    for at in (0, 100, 130, 2100, 4096, 4170, 4200):
        kept.write_bytes(content[:at] + b"\xff\xfe\xfd" + content[at + 3 :])
        assert opened(path).read(["x"], 0, N)["x"].tolist() == wanted
    kept.unlink(missing_ok=True)
    kept.mkdir()
    assert opened(path).read(["x"], 0, N)["x"].tolist() == wanted


def write_lists(path: Path) -> Path:
    """A file with a collection of two columns, and one more of the same name in front that has other lists."""
    counts, others = np.arange(N) % 4, np.arange(N) % 3
    with uproot.recreate(path) as file:
        file.mktree("t", {"Jet_pt": "var * float32", "Jet_eta": "var * float32", "Jet_other": "var * float32"})
        lists = {
            name: np.arange(counts.sum(), dtype=np.float32) + shift for shift, name in enumerate(("Jet_pt", "Jet_eta"))
        }
        file["t"].extend(
            {name: ak.unflatten(values, counts) for name, values in lists.items()}
            | {"Jet_other": ak.unflatten(np.arange(others.sum(), dtype=np.float32), others)}
        )
    return path


JETS = ("Jet_pt", "Jet_eta", "Jet_other")


def test_lists_are_kept_once(tmp_path: Path, place: CachePlace, opened: Callable[[Path], CachedReader]) -> None:
    """Columns of one collection have the same memory for where lists begin; one with other lists has its own."""
    path = write_lists(tmp_path / "jets.root")
    opened(path).read(JETS, 0, N)
    reader = opened(path)
    arrays = reader.read_native(JETS, 0, N)
    assert reader.read_bytes == 0
    places = {name: column.offsets[0].ctypes.data for name, column in arrays.items()}
    assert places["Jet_pt"] == places["Jet_eta"] != places["Jet_other"]
    for name, column in arrays.items():
        assert column.to_awkward().tolist() == plain(path, name, 0, N).tolist()
    sizes = {column.column: column.size_bytes for column in report_on(place).columns}
    assert set(sizes) == {*JETS, "Jet (lists)"}
    assert sizes["Jet_pt"] < sizes["Jet_other"]


@pytest.mark.parametrize("lost", ["Jet (lists)", "Jet_pt", "Jet_other"])
def test_each_part_may_be_lost(
    lost: str, tmp_path: Path, place: CachePlace, opened: Callable[[Path], CachedReader]
) -> None:
    """Whatever goes, what is read is right, and all of it is kept again."""
    path = write_lists(tmp_path / "jets.root")
    opened(path).read(JETS, 0, N)
    for kept in look_through(Path(place.directory), minute=0):
        assert kept.header is not None
        if kept.header.label.decode().endswith(f"\n{lost}"):
            kept.path.unlink()
    for _ in range(2):
        reader = opened(path)
        for name, array in reader.read(JETS, 0, N).items():
            assert array.tolist() == plain(path, name, 0, N).tolist()
    assert reader.read_bytes == 0
