"""Processes that are killed, stopped, or many at once, and disks that are full."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from overproof.store.mapped import MappedStore

KEY = "column"
N_WRITES = 8
"""More than one record makes: its pieces, the state, the committed length; the slot of the uses, the ledger."""


def make(directory: Path) -> MappedStore:
    return MappedStore(directory, limit_bytes=10**8)


def put(store: MappedStore, first: int, stop: int, key: str = KEY) -> bool:
    numbers = np.arange(first, stop, dtype=np.int64).view(np.uint8).data
    return store.put(key, first, stop, note=b"", buffers=[numbers, numbers], cost_s=1.0)


def numbers(store: MappedStore, first: int, stop: int, key: str = KEY) -> list[int] | None:
    found = [buffer.view(np.int64).tolist() for record in store.find(key, first, stop) for buffer in record.buffers]
    assert not found or found[0] == found[1]
    return found[0] if found else None


def in_child(action: Callable[[], object]) -> int:
    """Do something in a process of its own; return how it ended."""
    pid = os.fork()
    if not pid:
        try:
            action()
        finally:
            os._exit(0)
    return os.waitpid(pid, 0)[1]


@pytest.mark.parametrize("is_first", [True, False], ids=["first-record", "second-record"])
@pytest.mark.parametrize("n_writes", range(1, N_WRITES))
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_process_killed_while_it_writes_harms_nothing(
    n_writes: int, share: float, is_first: bool, tmp_path: Path
) -> None:
    """Whatever write is cut by kill -9, and wherever: what was there is there, the rest is whole or absent."""
    store = make(tmp_path / "cache")
    if not is_first:
        assert put(store, 0, 100)
    write = os.pwrite
    left = [n_writes]

    def deadly(handle: int, content: bytes, offset: int) -> int:
        left[0] -= 1
        if not left[0]:
            write(handle, memoryview(content)[: int(len(content) * share)], offset)
            os.kill(os.getpid(), signal.SIGKILL)
        return write(handle, content, offset)

    def victim() -> None:
        os.pwrite = deadly  # type: ignore[assignment]  # in this process only, which ends
        put(make(tmp_path / "cache"), 100, 300)

    ended = in_child(victim)
    assert ended in (0, signal.SIGKILL)
    for looker in (store, make(tmp_path / "cache")):
        if not is_first:
            assert numbers(looker, 0, 100) == list(range(100))
        assert numbers(looker, 100, 300) in (None, list(range(100, 300)))
    assert put(store, 100, 300)
    assert put(store, 300, 400)
    for looker in (store, make(tmp_path / "cache")):
        assert numbers(looker, 100, 300) == list(range(100, 300))
        assert numbers(looker, 300, 400) == list(range(300, 400))


def test_many_processes_write_into_the_same_files(tmp_path: Path) -> None:
    """Four processes write and read the same keys at once: each finds only what is right, and all of it in the end."""
    blocks = [(first, first + 50) for first in range(0, 2000, 50)]

    def work(seed: int) -> None:
        store = make(tmp_path / "cache")
        order = np.random.default_rng(seed).permutation(len(blocks))
        for index in order:
            first, stop = blocks[index]
            for key in ("a", "b"):
                found = numbers(store, first, stop, key)
                if found is None:
                    put(store, first, stop, key)
                elif found != list(range(first, stop)):
                    os._exit(7)
        os._exit(3)

    pids = []
    for seed in range(4):
        pid = os.fork()
        if not pid:
            try:
                work(seed)
            finally:
                os._exit(8)
        pids.append(pid)
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids] == [3] * 4
    store = make(tmp_path / "cache")
    for key in ("a", "b"):
        found = [numbers(store, first, stop, key) for first, stop in blocks]
        assert all(each in (None, list(range(*block))) for each, block in zip(found, blocks, strict=True))
        # A process that finds a file busy for long keeps nothing: some may lack, but never many.
        assert sum(each is None for each in found) < len(blocks) / 2


def test_a_full_disk_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a write fails in the middle, what was there stays, and nothing is tried again for a while."""
    clock = [1.7e9]
    store = MappedStore(tmp_path / "cache", limit_bytes=10**8, now=lambda: clock[0])
    assert put(store, 0, 100)
    size_bytes = next((tmp_path / "cache").glob("*.mapped")).stat().st_size
    write = os.pwrite

    def full(handle: int, content: bytes, offset: int) -> int:
        if len(content) > 500:
            write(handle, memoryview(content)[:300], offset)
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(handle, content, offset)

    monkeypatch.setattr(os, "pwrite", full)
    assert not put(store, 100, 300)
    monkeypatch.undo()
    assert next((tmp_path / "cache").glob("*.mapped")).stat().st_size == size_bytes
    assert numbers(store, 0, 100) == list(range(100))
    assert not put(store, 100, 300)
    clock[0] += 61
    assert put(store, 100, 300)
    assert numbers(store, 100, 300) == list(range(100, 300))


def test_little_room_on_the_disk_keeps_nothing_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where others need the room the budget does not count."""
    store = make(tmp_path / "cache")
    assert put(store, 0, 100)
    monkeypatch.setattr("overproof.store.mapped.store.room_bytes", lambda _: 0)
    other = make(tmp_path / "cache")
    assert not put(other, 100, 300)
    assert numbers(other, 0, 100) == list(range(100))


def test_who_is_stopped_while_it_writes_keeps_nobody_waiting(tmp_path: Path) -> None:
    """While a file is locked by somebody who does not go on, others find what is in it, and keep nothing."""
    store = make(tmp_path / "cache")
    assert put(store, 0, 100)
    path = next((tmp_path / "cache").glob("*.mapped"))
    with path.open("rb") as stopped:
        fcntl.flock(stopped, fcntl.LOCK_EX)
        assert not put(store, 100, 300)
        assert numbers(store, 0, 100) == list(range(100))
        assert numbers(make(tmp_path / "cache"), 0, 100) == list(range(100))
        store.rest()
        assert store.clear() == 0
    assert put(store, 100, 300)
