"""A mapped file, locked for writing."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from overproof.store.lock import try_lock
from overproof.store.mapped.file.header import (
    COMMITTED,
    COMMITTED_AT,
    HEADER_BYTES,
    RING_AT,
    STATE,
    STATE_AT,
    Header,
    new_page,
    read_page,
)
from overproof.store.mapped.file.uses import SLOT, added, slot_of

PATIENCE_S = 0.02
"""How long to wait for who writes into the same file: to keep nothing is better than to wait."""
_ATTEMPTS = 3
_GONE = (1).to_bytes(8, "little")


class Writer:
    """Appends records to a file that is locked; a process that is killed in the middle leaves the file as it was.

    Args:
        handle: of the file.
        header: its first page.
        minute: now.
        is_new: the file was made just now.
    """

    def __init__(self, handle: int, header: Header, *, minute: int, is_new: bool = False) -> None:
        self.is_new = is_new
        self._handle = handle
        self.header = header
        self._minute = minute

    def ask(self, amount: int, *, first: int, stop: int) -> None:
        """Note that so many positions were asked for, all of them from `first` to `stop`.

        Raises:
            OSError: that is not possible.
        """
        if not amount:
            return
        at = RING_AT + slot_of(self._minute)
        _write(self._handle, added(os.pread(self._handle, SLOT.size, at), amount, minute=self._minute), at)
        old = self.header
        is_first = old.stop <= old.first
        first, stop = (first, stop) if is_first else (min(first, old.first), max(stop, old.stop))
        self.header = replace(old, first=first, stop=stop, asked=old.asked + amount)
        self._write_state()

    def append(self, pieces: Sequence[bytes | memoryview], *, cost_s: float) -> None:
        """Write a record behind the others.

        Raises:
            OSError: it cannot be written; the file is as before.
        """
        end = self.header.committed_bytes
        try:
            for piece in pieces:
                _write(self._handle, piece, end)
                end += len(piece)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._handle, self.header.committed_bytes)
            raise
        old = self.header
        self.header = replace(old, n_records=old.n_records + 1, cost_s=old.cost_s + cost_s, committed_bytes=end)
        self._write_state()
        # Last of all: from now on the record is there for everybody.
        _write(self._handle, COMMITTED.pack(end), COMMITTED_AT)

    def throw_away(self, path: Path) -> None:
        """Take the file away; who has it open sees that it is gone.

        Raises:
            OSError: that is not possible.
        """
        path.unlink()
        _write(self._handle, _GONE, STATE_AT)

    def _write_state(self) -> None:
        state = self.header
        content = STATE.pack(state.is_gone, state.n_records, state.cost_s, state.first, state.stop)
        _write(self._handle, content, STATE_AT)


@contextlib.contextmanager
def written(path: Path, *, digest: bytes, label: bytes, minute: int) -> Iterator[Writer | None]:
    """Lock a file for writing, which is made if absent, anew if it is damaged; None while somebody else writes.

    Raises:
        OSError: it cannot be made or written.
    """
    for _ in range(_ATTEMPTS):
        lock = try_lock(path, patience_s=PATIENCE_S)
        if lock is None:
            break
        with lock:
            is_new = not os.fstat(lock.handle).st_size
            header = _header(lock.handle, digest, label, minute=minute)
            if header is not None:
                yield Writer(lock.handle, header, minute=minute, is_new=is_new)
                return
            # Never written over: somebody may look into it.
            path.unlink()
    yield None


@contextlib.contextmanager
def existing(path: Path, *, minute: int) -> Iterator[Writer | None]:
    """Lock a file that is there; None for one that is damaged, or while somebody else writes.

    Raises:
        OSError: it cannot be opened.
    """
    lock = try_lock(path, patience_s=0)
    if lock is None:
        yield None
        return
    with lock:
        page = os.pread(lock.handle, HEADER_BYTES, 0)
        if not page:  # it was removed, and made by the lock just now
            path.unlink()
        header = read_page(page, minute=minute)
        yield None if header is None else Writer(lock.handle, header, minute=minute)


def throw_away(path: Path) -> bool:
    """Take away a file that nobody is writing; who has it open sees that it is gone. Tell whether it was taken away."""
    try:
        lock = try_lock(path, patience_s=0)
        if lock is None:
            return False
        with lock:
            path.unlink()
            _write(lock.handle, _GONE, STATE_AT)
    except OSError:
        return False
    return True


def _header(handle: int, digest: bytes, label: bytes, *, minute: int) -> Header | None:
    """Read the first page of a locked file, and write it where the file is new; None: it cannot be used."""
    page = os.pread(handle, HEADER_BYTES, 0)
    if not page:
        page = new_page(digest, label)
        _write(handle, page, 0)
    header = read_page(page, minute=minute)
    if header is None or header.is_gone or header.digest != digest:
        return None
    return header if header.committed_bytes <= os.fstat(handle).st_size else None


def _write(handle: int, content: bytes | memoryview, offset: int) -> None:
    view = memoryview(content)
    while view:
        n_written = os.pwrite(handle, view, offset)
        view, offset = view[n_written:], offset + n_written
