"""A file that changes while it is in use gives its old entries, its new ones, or an error: never a mixture."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import uproot

from overproof.columns.opening import open_reader
from overproof.columns.reader import ReaderCache
from overproof.engines.worker.source import BlockSource
from overproof.records.block import Block
from overproof.records.dataset import Dataset, FileSpec
from overproof.words.errors import DatasetError, ReadError

PIECE = 1_000


def write(path: Path, value: float, *, n_pieces: int = 4, is_ntuple: bool = False) -> None:
    """Write entries that all hold one value, in pieces of 1,000."""
    with uproot.recreate(path, compression=uproot.ZLIB(0)) as file:
        columns = {"x": np.full(PIECE, value)}
        tree = file.mkrntuple("t", columns) if is_ntuple else file.mktree("t", {"x": "float64"})
        for _ in range(n_pieces - is_ntuple):
            tree.extend(columns)


@pytest.fixture(params=["ttree", "rntuple"])
def spec(tmp_path: Path, request: pytest.FixtureRequest) -> FileSpec:
    write(tmp_path / "a.root", 1.0, is_ntuple=request.param == "rntuple")
    return FileSpec(path=str(tmp_path / "a.root"), tree="t")


@pytest.fixture
def cache() -> Iterator[ReaderCache]:
    cache = ReaderCache()
    yield cache
    cache.close()


def replace_by(spec: FileSpec, value: float, *, n_pieces: int = 4) -> None:
    """Put another file in place of one, as careful programs do."""
    other = Path(spec.path).with_suffix(".new")
    write(other, value, n_pieces=n_pieces)
    other.replace(spec.path)


def test_replaced_file_is_opened_anew(spec: FileSpec, cache: ReaderCache) -> None:
    """The reader of a file that was replaced or written anew is dropped; its bytes still count."""
    before = cache.get(spec)
    before.read(["x"], 0, PIECE)
    read_bytes = cache.read_bytes
    replace_by(spec, 2.0, n_pieces=9)
    after = cache.get(spec)
    assert (after.n_entries, after.read(["x"], 8 * PIECE, 9 * PIECE)["x"][0]) == (9 * PIECE, 2.0)
    assert after.identity != before.identity != ""
    assert cache.read_bytes > read_bytes > 0
    write(Path(spec.path), 3.0, n_pieces=2)
    assert cache.get(spec).read(["x"], 0, 1)["x"].tolist() == [3.0]
    assert cache.get(spec).n_entries == 2 * PIECE


def test_replaced_file_stays_readable_as_what_it_was(spec: FileSpec, cache: ReaderCache) -> None:
    """Who asks for the version that is still open gets it, whole, also when the path leads elsewhere or nowhere."""
    before = cache.get(spec)
    replace_by(spec, 2.0)
    assert cache.get(spec, identity=before.identity) is before
    Path(spec.path).unlink()
    assert cache.get(spec, identity=before.identity) is before
    assert set(before.read(["x"], 0, 4 * PIECE)["x"].tolist()) == {1.0}
    with pytest.raises(DatasetError, match="no such file"):
        cache.get(spec)


def test_what_is_done_to_the_name_of_a_file_fails_nobody(spec: FileSpec, cache: ReaderCache) -> None:
    """Another name, other permissions and the loss of the name move the time of the inode, and are no new content."""
    reader = cache.get(spec)
    identity, path = reader.identity, Path(spec.path)
    reader.read(["x"], 0, 10)
    path.with_suffix(".link").hardlink_to(path)
    path.chmod(0o600)
    assert reader.read(["x"], 10, 20)["x"].tolist() == [1.0] * 10
    assert cache.get(spec, identity=identity).identity == identity
    assert cache.get(spec, identity=identity).read(["x"], 20, 30)["x"].tolist() == [1.0] * 10
    path.unlink()
    assert cache.get(spec, identity=identity).read(["x"], 30, 40)["x"].tolist() == [1.0] * 10


def test_file_written_into_is_not_read_on(spec: FileSpec) -> None:
    """Bytes of an open file that was rewritten in place are an error in phase read, never entries."""
    reader = open_reader(spec)
    assert reader.read(["x"], 0, 10)["x"][0] == 1.0
    status = Path(spec.path).stat()
    write(Path(spec.path), 2.0)
    os.utime(spec.path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    with pytest.raises(ReadError, match="written to while it was read") as caught:
        reader.read(["x"], 2 * PIECE, 3 * PIECE)
    assert caught.value.phase == "read"


@pytest.mark.parametrize("left", [0, 3, 600, 20_000])
def test_file_that_shrinks_is_an_error(spec: FileSpec, left: int) -> None:
    """An open file that is cut behind the reader's back is an error of ours, whatever is left of it."""
    reader = open_reader(spec)
    os.truncate(spec.path, left)
    with pytest.raises(ReadError, match="written to while it was read"):
        reader.read(["x"], 0, 4 * PIECE)


def test_bytes_beyond_the_end_are_told_by_place(tmp_path: Path) -> None:
    """Where a tree can be opened and the file ends before its baskets do, the complaint says what is lacking and how
    to mend it; the baskets in front of that are read.
    """
    path = tmp_path / "cut.root"
    write(path, 1.0)
    branch = uproot.open(path)["t"]["x"]
    seek, size = (int(branch.member(f"fBasket{what}")[2]) for what in ("Seek", "Bytes"))
    os.truncate(path, seek + 100)
    reader = open_reader(FileSpec(path=str(path), tree="t"))
    with pytest.raises(ReadError) as caught:
        reader.read(["x"], 2 * PIECE, 3 * PIECE)
    assert str(caught.value) == (
        f"{path}: read: the file is cut short or damaged: bytes {seek:,} to {seek + size:,} should hold data, "
        f"and the file ends at byte {seek + 100:,}; copy it again"
    )
    assert reader.read(["x"], 0, 2 * PIECE)["x"].tolist() == [1.0] * 2 * PIECE


def test_a_hole_is_told_by_place(tmp_path: Path) -> None:
    """Where a copy has left a hole of zeros, the complaint names the branch and the bytes."""
    path = tmp_path / "hole.root"
    write(path, 1.0)
    branch = uproot.open(path)["t"]["x"]
    seek, size = (int(branch.member(f"fBasket{what}")[1]) for what in ("Seek", "Bytes"))
    content = bytearray(path.read_bytes())
    content[seek : seek + size] = bytes(size)
    path.write_bytes(content)
    reader = open_reader(FileSpec(path=str(path), tree="t"))
    with pytest.raises(ReadError) as caught:
        reader.read(["x"], 0, 4 * PIECE)
    assert str(caught.value) == (
        f"{path}: decode: branch x: the file is damaged at bytes {seek:,} to {seek + size:,} (basket 1): "
        "it holds nothing but zeros; copy it again"
    )


def test_a_cut_description_is_told_plainly(tmp_path: Path) -> None:
    """A file that ends before the description of its tree does is cut short, in our words and not in uproot's."""
    path = tmp_path / "cut.root"
    write(path, 1.0, is_ntuple=True)
    os.truncate(path, 5_000)
    with pytest.raises(ReadError, match=r"the file is cut short or damaged: bytes [\d,]+ to .*; copy it again$"):
        open_reader(FileSpec(path=str(path), tree="t"))


class Query:
    """A worker's source in the middle of a query over one file."""

    def __init__(self, spec: FileSpec) -> None:
        self.source = BlockSource()
        dataset = Dataset(name="d", files=(spec,))
        self.source.begin(dataset, block_entries=PIECE, seed=1, branches=None, optional={})

    def values(self, index: int) -> list[float]:
        """Compute the distinct values of a block."""
        block = Block(file=0, index=index, first=index * PIECE, stop=(index + 1) * PIECE)
        return sorted(set(self.source.events(block).x.tolist()))


def test_worker_refuses_another_version(spec: FileSpec) -> None:
    """Of two workers that opened different versions, only the one with the version of the query's grid computes."""
    first, second = Query(spec), Query(spec)
    identity = first.source.grid(0).identity
    replace_by(spec, 2.0)
    for query in (first, second):
        query.source.expect(0, identity)
    assert first.values(0) == first.values(3) == [1.0]
    for index in range(2):
        with pytest.raises(ReadError, match="the file has changed since the query began") as caught:
            second.values(index)
        assert caught.value.phase == "open"
    # The same worker serves a query that knows the new version.
    second.source.expect(0, second.source.grid(0).identity)
    assert second.values(0) == [2.0]


def test_worker_without_the_file_says_so(spec: FileSpec) -> None:
    """A file that vanished before a worker opened it is an error of ours."""
    query = Query(spec)
    query.source.expect(0, open_reader(spec).identity)
    Path(spec.path).unlink()
    with pytest.raises(DatasetError, match="no such file"):
        query.values(0)
