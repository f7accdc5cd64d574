"""A store of mapped files gives what was put into it, or nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overproof.store.mapped import MappedStore, is_private, look_through

KEY = "a column of a file"
LIMIT_BYTES = 100_000_000


def make(directory: Path, *, limit_bytes: int = LIMIT_BYTES, now: Callable[[], float] = lambda: 6e8) -> MappedStore:
    return MappedStore(directory, limit_bytes=limit_bytes, now=now)


def put(store: MappedStore, key: str, first: int, stop: int, *, cost_s: float = 1.0, n_bytes: int = 0) -> bool:
    """Keep the numbers from first to stop, and some more bytes."""
    numbers = np.arange(first, stop, dtype=np.int64)
    buffers = [numbers.view(np.uint8).data, memoryview(bytes(n_bytes))]
    return store.put(key, first, stop, note=b"numbers", buffers=buffers, cost_s=cost_s, label=key.encode())


def numbers(store: MappedStore, key: str, first: int, stop: int) -> list[int] | None:
    """Return the numbers of a run, as whoever reads records would."""
    records = store.find(key, first, stop)
    if not records:
        return None
    assert all(record.note == b"numbers" for record in records)
    found: list[int] = []
    at = first
    for record in records:
        values = record.buffers[0].view(np.int64)
        found += values[at - record.first : min(stop, record.stop) - record.first].tolist()
        at = record.stop
    return found


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def test_what_was_put_is_found_by_every_process(directory: Path) -> None:
    """A record is found by who put it and by a store that was opened before or after."""
    before, writer = make(directory), make(directory)
    assert before.find(KEY, 0, 10) == ()
    assert put(writer, KEY, 0, 10)
    for store in (writer, before, make(directory)):
        assert numbers(store, KEY, 0, 10) == list(range(10))
    assert put(writer, KEY, 10, 30)
    assert numbers(before, KEY, 10, 30) == list(range(10, 30))


def test_what_is_found_is_read_only_memory(directory: Path) -> None:
    """Nobody can write into what others look at; and buffers begin where any number may."""
    store = make(directory)
    put(store, KEY, 0, 10, n_bytes=3)
    (record,) = store.find(KEY, 0, 10)
    for buffer in record.buffers:
        assert not buffer.flags.writeable
        assert buffer.ctypes.data % 64 == 0
        with pytest.raises(ValueError, match="WRITEABLE"):
            buffer.flags.writeable = True


@settings(max_examples=30, deadline=None)
@given(
    runs=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 40)), max_size=12),
    asked=st.lists(st.tuples(st.integers(0, 90), st.integers(1, 60)), min_size=1, max_size=8),
)
def test_a_run_is_found_when_records_contain_it(
    runs: list[tuple[int, int]], asked: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What is found is right, whatever records there are; a run inside of one record is always found."""
    directory = tmp_path_factory.mktemp("runs") / "cache"
    writer, reader = make(directory), make(directory)
    for first, size in runs:
        assert put(writer, KEY, first, first + size)
    kept = {position for first, size in runs for position in range(first, first + size)}
    for first, size in asked:
        found = numbers(reader, KEY, first, first + size)
        assert found is None or found == list(range(first, first + size))
        if any(begin <= first and first + size <= begin + n for begin, n in runs):
            assert found is not None
        if not kept.issuperset(range(first, first + size)):
            assert found is None


def test_the_same_is_written_once(directory: Path) -> None:
    """Two processes that have read the same block keep it once."""
    first, second = make(directory), make(directory)
    assert put(first, KEY, 0, 10)
    assert put(second, KEY, 0, 10)
    (kept,) = look_through(directory, minute=0)
    assert kept.header is not None
    assert kept.header.n_records == 1


def test_keys_are_apart(directory: Path) -> None:
    """Nothing is found under another key, not even in a file that was put in its place."""
    store = make(directory)
    put(store, "a", 0, 10)
    put(store, "b", 5, 10)
    assert store.find("c", 0, 10) == ()
    a, b = sorted(directory.glob("*.mapped"), key=lambda path: path.stat().st_size)[::-1]
    os.replace(a, b)
    assert make(directory).find("b", 0, 10) == ()


def test_what_is_thrown_away_stays_readable_where_it_is_in_use(directory: Path) -> None:
    """Clearing frees the directory; arrays in use keep their content, and nobody finds them again."""
    store, other = make(directory), make(directory)
    put(store, KEY, 0, 1000)
    (record,) = other.find(KEY, 0, 1000)
    assert make(directory).clear() > 8000
    assert record.buffers[0].view(np.int64).tolist() == list(range(1000))
    assert other.find(KEY, 0, 1000) == ()
    assert list(directory.glob("*.mapped")) == []
    assert put(other, KEY, 0, 7)
    assert numbers(store, KEY, 0, 7) == list(range(7))
    assert store.find(KEY, 0, 1000) == ()


def test_memory_of_what_was_thrown_away_is_given_back(directory: Path) -> None:
    """Who sheds maps no file any more that others have thrown away."""
    store = make(directory)
    put(store, KEY, 0, 1000)
    assert numbers(store, KEY, 0, 1000) is not None
    path = next(directory.glob("*.mapped"))
    assert str(path) in Path("/proc/self/maps").read_text()
    make(directory).clear()
    store.shed()
    assert str(path) not in Path("/proc/self/maps").read_text()


def test_no_descriptor_is_kept(directory: Path) -> None:
    """Arrays of any number of files keep no descriptor open."""
    store = make(directory)
    before = len(os.listdir("/proc/self/fd"))
    records = []
    for number in range(50):
        put(store, str(number), 0, 10)
        records += store.find(str(number), 0, 10)
    assert len(os.listdir("/proc/self/fd")) == before
    assert len(records) == 50


def test_files_are_for_their_owner_only(directory: Path) -> None:
    """Directory and files can be entered and read by their owner only."""
    put(make(directory), KEY, 0, 10)
    assert directory.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o077 for path in directory.iterdir()} == {0}


def test_a_directory_that_is_open_to_others_is_not_used(directory: Path) -> None:
    """Somebody else might have written what lies there: nothing is found, nothing is put."""
    store = make(directory)
    put(store, KEY, 0, 10)
    directory.chmod(0o755)
    other = make(directory)
    assert not is_private(directory)
    assert other.find(KEY, 0, 10) == ()
    assert not put(other, KEY, 10, 20)


def test_a_directory_of_somebody_else_is_not_used(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What belongs to another user is neither read nor written."""
    put(make(directory), KEY, 0, 10)
    monkeypatch.setattr(os, "getuid", lambda: 123_456)
    store = make(directory)
    assert store.find(KEY, 0, 10) == ()
    assert not put(store, KEY, 10, 20)
    assert store.clear() == 0
    assert len(list(directory.glob("*.mapped"))) == 1


def test_a_link_is_not_followed(directory: Path, tmp_path: Path) -> None:
    """A link that somebody has put where the directory should be leads nowhere, even to a directory of ours."""
    own = tmp_path / "own"
    own.mkdir(mode=0o700)
    directory.symlink_to(own)
    assert not put(make(directory), KEY, 0, 10)
    assert list(own.iterdir()) == []


def test_a_place_that_cannot_be_made_forgets(tmp_path: Path) -> None:
    """A file where the directory should be makes the store forgetful, not an error."""
    (tmp_path / "file").write_bytes(b"")
    store = make(tmp_path / "file" / "cache")
    assert not put(store, KEY, 0, 10)
    assert store.find(KEY, 0, 10) == ()
    store.rest()
    assert store.clear() == 0


def test_what_an_earlier_boot_has_written_is_verified(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a start of the machine a record counts only if its checksum is right; else its file is thrown away."""
    store = make(directory)
    put(store, KEY, 0, 1000)
    put(store, KEY, 1000, 2000)
    path = next(directory.glob("*.mapped"))
    content = bytearray(path.read_bytes())
    at = content.index(np.arange(500, 600, dtype=np.int64).tobytes())
    content[at] ^= 1
    path.write_bytes(content)
    monkeypatch.setattr("overproof.store.mapped.store.boot_id", lambda: b"another boot    ")
    later = make(directory)
    assert numbers(later, KEY, 1000, 2000) == list(range(1000, 2000))
    assert later.find(KEY, 500, 1500) == ()
    assert not path.exists()


@pytest.mark.parametrize("at", [0, 20, 2048, 4097, 4110, 4130])
def test_damaged_heads_are_not_believed(at: int, directory: Path) -> None:
    """A flipped bit in the first page or in the head of a record makes it absent; who puts begins anew."""
    put(make(directory), KEY, 0, 1000)
    path = next(directory.glob("*.mapped"))
    content = bytearray(path.read_bytes())
    content[at] ^= 64
    path.write_bytes(content)
    store = make(directory)
    assert store.find(KEY, 0, 1000) == ()
    assert put(store, KEY, 0, 1000)
    assert numbers(make(directory), KEY, 0, 1000) == list(range(1000))


@pytest.mark.parametrize("n_bytes", [0, 1, 4095, 4096, 4100, 5000])
def test_a_file_that_was_cut_is_absent_and_replaced(n_bytes: int, directory: Path) -> None:
    """A cut file gives nothing and kills nobody; whoever puts something makes it anew."""
    put(make(directory), KEY, 0, 1000)
    path = next(directory.glob("*.mapped"))
    os.truncate(path, n_bytes)
    store = make(directory)
    assert store.find(KEY, 0, 1000) == ()
    assert put(store, KEY, 0, 1000)
    assert numbers(make(directory), KEY, 0, 1000) == list(range(1000))
