"""Laws of files on this machine: few requests, the right bytes, of one version of the file."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from overproof.columns.files import LocalFile
from overproof.columns.files.damage import BytesError, FileChangedError

CONTENT = b"root" + bytes(n % 251 for n in range(20_000))
RANGES = st.lists(
    st.tuples(st.integers(0, 19_000), st.integers(0, 1_000)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=20
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of 20,004 bytes."""
    path = tmp_path / "a.root"
    path.write_bytes(CONTENT)
    return path


class Calls:
    """What was asked of the operating system; each read takes `read_s` seconds of a clock that stands still else."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reads: list[tuple[int, int]] = []
        self.told: list[tuple[int, int]] = []
        self.read_s = 0.0
        self._now_s = 0.0
        self._pread = os.pread
        monkeypatch.setattr(os, "pread", self._read)
        monkeypatch.setattr(
            os, "posix_fadvise", lambda handle, at, n_bytes, advice: self.told.append((at, at + n_bytes))
        )
        monkeypatch.setattr(time, "perf_counter", lambda: self._now_s)

    def _read(self, handle: int, n_bytes: int, at: int) -> bytes:
        self._now_s += self.read_s
        self.reads.append((at, at + n_bytes))
        return self._pread(handle, n_bytes, at)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ranges=RANGES)
def test_ranges_are_the_bytes_of_the_file(path: Path, ranges: list[tuple[int, int]]) -> None:
    """Whatever ranges are asked for together, each is what lies there."""
    file = LocalFile(str(path))
    found = file.read_all(ranges)
    assert {place: bytes(data) for place, data in found.items()} == {(a, b): CONTENT[a:b] for a, b in ranges}
    file.close()


def test_neighbours_come_by_one_request(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranges that touch are read together, in whatever order they are named; a byte in between parts them."""
    file, calls = LocalFile(str(path)), Calls(monkeypatch)
    file.read_all([(300, 400), (100, 200), (200, 300), (401, 500), (150, 250)])
    assert calls.reads == [(100, 400), (401, 500)]


def test_one_request_is_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neighbours are not put together beyond a limit."""
    monkeypatch.setattr("overproof.columns.files.local.LIMIT_BYTES", 250)
    file, calls = LocalFile(str(path)), Calls(monkeypatch)
    file.read_all([(0, 100), (100, 200), (200, 300), (300, 900)])
    assert calls.reads == [(0, 200), (200, 300), (300, 900)]


def test_what_lies_behind_the_end(path: Path) -> None:
    """A range that the file does not have whole is refused, also beside a neighbour; `read_parts` gives what is."""
    file = LocalFile(str(path))
    assert bytes(file.read_parts([(19_900, 20_000), (20_000, 10**15)])[20_000, 10**15]) == CONTENT[20_000:]
    with pytest.raises(BytesError, match=r"bytes 20,000 to 20,100 should hold data, and the file ends at byte 20,004"):
        file.read_all([(19_900, 20_000), (20_000, 20_100)])
    with pytest.raises(BytesError, match="the file ends before"):
        file.read_all([(30_000, 30_100)])


def test_a_file_that_is_written_to_is_refused(path: Path) -> None:
    """Bytes of a file that has changed since it was opened are not given out, however many are asked for."""
    file = LocalFile(str(path))
    path.write_bytes(CONTENT[:-1] + b"x")
    os.utime(path, ns=(1, 1))
    for ranges in ([(0, 10)], [(0, 10), (10, 20), (50, 60)]):
        with pytest.raises(FileChangedError, match="the file was written to while it was read"):
            file.read_all(ranges)


def test_nothing_is_told_of_a_file_that_lies_in_memory(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When bytes come as fast as out of memory, what is announced afterwards is not even looked at."""
    file, calls = LocalFile(str(path)), Calls(monkeypatch)
    file.announce([(0, 10)])
    file.read_all([(0, 10_000)])
    file.announce(pytest.fail(str(place)) for place in [(0, 10)])  # type: ignore[func-returns-value]
    assert calls.told == [(0, 10)]


def test_the_system_is_told_of_a_file_that_is_waited_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a request that took long the next ones are announced, neighbours as one, each once; later, no more."""
    file, calls = LocalFile(str(path)), Calls(monkeypatch)
    calls.read_s = 0.01
    file.read_all([(0, 10)])
    calls.read_s = 0.0
    file.announce([(100, 200), (200, 300), (500, 600)])
    assert calls.told == [(100, 300), (500, 600)]
    file.announce([(200, 300), (500, 600), (610, 620)])
    assert calls.told[2:] == [(610, 620)]
    for start in range(1_000, 11_000, 100):
        file.announce([(start, start + 50)])
        file.read_all([(start, start + 50)])
    assert 10 < len(calls.told) < 100


def test_to_announce_never_fails(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Systems that will not be told, and closed files, are passed over."""
    file = LocalFile(str(path))

    def refuse(*args: object) -> None:
        raise OSError("not here")

    monkeypatch.setattr(os, "posix_fadvise", refuse)
    file.announce([(0, 10)])
    file.close()
    file.announce([(0, 10)])
