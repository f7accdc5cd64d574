"""Bytes that do not come are asked for again, a few times, ever more slowly; nothing else is."""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Callable
from pathlib import Path

import fsspec
import numpy as np
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from overproof.columns.files import remote
from overproof.columns.files.damage import BytesError
from overproof.columns.files.local import LocalFile
from overproof.columns.files.remote import RemoteFile
from overproof.columns.files.retry import Retry, RetryPolicy, is_transient_afar, is_transient_here
from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec
from overproof.words.errors import DatasetError, ReadError

POLICY = RetryPolicy(jitter=0.0)


class Time:
    """A clock that only waiting moves on; remembers the waits."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.waits: list[float] = []

    def sleep(self, wait_s: float) -> None:
        self.waits.append(wait_s)
        self.now_s += wait_s

    def retry(self, policy: RetryPolicy = POLICY) -> Retry:
        return Retry(policy=policy, sleep=self.sleep, now=lambda: self.now_s, dice=lambda: 0.5)


def failing(times: int, error: Exception) -> Callable[[], str]:
    """Return an action that fails some times and then works."""
    left = iter(range(times))

    def action() -> str:
        if next(left, None) is not None:
            raise error
        return "bytes"

    return action


def test_waits_double() -> None:
    """Four attempts wait 0.1, 0.2 and 0.4 seconds in between."""
    time = Time()
    assert time.retry()(failing(3, TimeoutError()), is_transient=is_transient_afar) == "bytes"
    assert time.waits == pytest.approx([0.1, 0.2, 0.4])


def test_the_last_attempt_tells_how_often() -> None:
    """When all attempts fail, the error says what failed, how often, and in what time."""
    time = Time()
    with pytest.raises(BytesError) as caught:
        time.retry()(failing(9, OSError(errno.EIO, "Input/output error")), is_transient=is_transient_here)
    assert str(caught.value) == "OSError: Input/output error (tried 4 times in 0.7 s)"


def test_time_is_bounded() -> None:
    """Nothing is tried again when the wait would end after the limit, however many attempts are left."""
    time = Time()
    policy = RetryPolicy(attempts=1_000, first_wait_s=4.0, jitter=0.0, limit_s=30.0)
    with pytest.raises(BytesError, match=r"tried 4 times in 28\.0 s"):
        time.retry(policy)(failing(2_000, TimeoutError()), is_transient=is_transient_afar)
    assert sum(time.waits) <= 30.0


@pytest.mark.parametrize("dice", [0.0, 0.3, 1.0])
def test_jitter_is_half_of_a_wait(dice: float) -> None:
    """Dice make a wait at most half longer or shorter."""
    wait_s = RetryPolicy().wait_s(1, elapsed_s=0.0, dice=dice)
    assert wait_s == pytest.approx(0.1 * (0.5 + dice))


def test_dice_are_not_the_users() -> None:
    """Trying again leaves the random state of user code as it was."""
    random.seed(7)
    np.random.seed(7)
    before = random.getstate(), np.random.get_state()[1].tolist()
    Retry(sleep=lambda _: None)(failing(3, TimeoutError()), is_transient=is_transient_afar)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(errno.ENOENT, "no"),
        PermissionError(errno.EACCES, "no"),
        IsADirectoryError(errno.EISDIR, "no"),
        BytesError("the file is cut short"),
        ValueError("not understood"),
        OSError(errno.ENOSPC, "full"),
    ],
)
def test_lasting_failures_are_not_tried_again(error: Exception) -> None:
    """What will not be over in a moment is raised as it is, at once."""
    for is_transient in (is_transient_here, is_transient_afar):
        time = Time()
        with pytest.raises(type(error)):
            time.retry()(failing(1, error), is_transient=is_transient)
        assert time.waits == []


def test_what_may_be_over_in_a_moment() -> None:
    """Servers that are busy, networks that are down, and handles that servers forgot may come back."""

    class BusyError(Exception):
        status = 503

    for number in (errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.ECONNRESET):
        assert is_transient_here(OSError(number, ""))
        assert is_transient_afar(OSError(number, ""))

    class ClientConnectionError(Exception):
        """As aiohttp has it."""

    class ServerDisconnectedError(ClientConnectionError):
        """As aiohttp has it."""

    assert is_transient_afar(BusyError())
    assert is_transient_afar(ServerDisconnectedError())
    assert is_transient_afar(OSError("[ERROR] Operation expired"))
    assert not is_transient_here(OSError("closed"))


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """A clock for all sources of bytes."""
    time = Time()
    monkeypatch.setattr(LocalFile, "retry", time.retry())
    monkeypatch.setattr(RemoteFile, "retry", time.retry())
    return time


def fail_reading(monkeypatch: pytest.MonkeyPatch, times: int, number: int) -> None:
    """Make the next reads of the operating system fail."""
    left, pread = iter(range(times)), os.pread

    def failing_pread(handle: int, n_bytes: int, at: int) -> bytes:
        if next(left, None) is not None:
            raise OSError(number, os.strerror(number))
        return pread(handle, n_bytes, at)

    monkeypatch.setattr(os, "pread", failing_pread)


@pytest.mark.parametrize("number", [errno.EIO, errno.ESTALE])
def test_local_reads_are_tried_again(
    trees: dict[str, Path], time: Time, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """A read that fails three times gives its bytes the fourth time, when opening and when reading."""
    spec = FileSpec(path=str(trees["zlib"]), tree="t")
    fail_reading(monkeypatch, 3, number)
    reader = open_reader(spec)
    assert len(time.waits) == 3
    fail_reading(monkeypatch, 2, number)
    assert reader.read(["x"], 0, 200)["x"].tolist() == list(range(200))
    assert len(time.waits) > 3
    reader.close()


def test_local_reads_that_never_work(trees: dict[str, Path], time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that gives nothing is a read error of ours that tells how often it was asked; the next read works."""
    reader = open_reader(FileSpec(path=str(trees["zlib"]), tree="t"))
    fail_reading(monkeypatch, 4, errno.EIO)
    with pytest.raises(ReadError, match=r"Input/output error \(tried 4 times in 0.7 s\)") as caught:
        reader.read(["x"], 0, 200)
    assert caught.value.phase == "read"
    assert reader.read(["x"], 0, 200)["x"].tolist() == list(range(200))


def test_a_forgotten_handle_of_a_replaced_file(trees: dict[str, Path], tmp_path: Path, time: Time,
                                               monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """When a server forgets an open file and another one lies in its place, that one is not read on."""
    path = tmp_path / "a.root"
    path.write_bytes(trees["zlib"].read_bytes())
    reader = open_reader(FileSpec(path=str(path), tree="t"))
    (tmp_path / "b.root").write_bytes(trees["lz4"].read_bytes())
    (tmp_path / "b.root").replace(path)
    fail_reading(monkeypatch, 1, errno.ESTALE)
    with pytest.raises(ReadError, match="the file was replaced while it was read"):
        reader.read(["x"], 0, 200)
    assert time.waits == []


def test_remote_reads_are_tried_again(trees: dict[str, Path], time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same holds for what fsspec reaches; a file that is not there is said at once."""
    monkeypatch.setattr(remote, "N_WIDENED", 0)
    fsspec.filesystem("memory").pipe("/retry/a.root", trees["zlib"].read_bytes())
    reader = open_reader(FileSpec(path="memory://retry/a.root", tree="t"))
    left, cat = iter(range(2)), MemoryFileSystem.cat_file

    def failing_cat(*args: object, **options: object) -> bytes:
        if next(left, None) is not None:
            raise TimeoutError("no answer")
        content: bytes = cat(*args, **options)
        return content

    monkeypatch.setattr(MemoryFileSystem, "cat_file", failing_cat)
    assert reader.read(["x"], 0, 200)["x"].tolist() == list(range(200))
    assert len(time.waits) == 2
    left = iter(range(100))
    with pytest.raises(ReadError, match=r"tried 4 times") as caught:
        reader.read(["n"], 0, 200)
    assert caught.value.phase == "read"
    left = iter(())
    waits = len(time.waits)
    with pytest.raises(DatasetError, match="no such file"):
        open_reader(FileSpec(path="memory://retry/no.root", tree="t"))
    assert len(time.waits) == waits
