"""A file on this machine."""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import time
from collections.abc import Iterable

from overproof.columns.files.accesses import ACCESSES
from overproof.columns.files.damage import BytesError, FileChangedError
from overproof.columns.files.identity import check_regular, identity_now, identity_of, stamp_of
from overproof.columns.files.requests import Bytes, Range, cut, span_of, together
from overproof.columns.files.retry import Retry, is_transient_here
from overproof.words.units import MB

__all__ = ["LocalFile", "Range", "check_whole"]

LIMIT_BYTES = 8 * MB
"""Neighbours are read by one request up to this size."""

PATIENCE_S = 200e-6
MEMORY_BYTES_PER_S = 1e9
"""What comes more slowly than this, and than the time above, does not come out of the memory of the system."""

TOLD_RANGES = 10_000
"""Ranges that are known to have been announced."""

N_ANNOUNCED_AFTER_WAITING = 64
"""Requests that are announced after one that took long: announced ones come fast, and tell nothing of the next."""


class LocalFile:
    """Reads a file with `pread`: no thread, no seek, no mapping.

    A mapped file would be a little cheaper, but kills the process by SIGBUS when the file is cut short meanwhile.

    Args:
        path: on this machine.

    Attributes:
        path: the same.
        identity: which version of the file was opened.
        size_bytes: of this version.
        retry: how bytes that do not come are asked for again.
        accesses: takes down what is read.

    Raises:
        OSError: it cannot be opened.
        DatasetError: it is a pipe or a device.
    """

    retry = Retry()
    accesses = ACCESSES

    def __init__(self, path: str) -> None:
        self.path = path
        self._handle = -1
        # Whether the file lies in memory already is not known before the first bytes of it are read.
        self._n_to_announce = 1
        self._told: dict[Range, None] = {}
        self.retry(self._open, is_transient=is_transient_here)

    def _open(self) -> None:
        check_regular(self.path)
        handle = os.open(self.path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        try:
            status = os.fstat(handle)
            # Before anything is understood of the file: what is understood later belongs to this version or fails.
            self.identity = identity_of(handle)
        except BaseException:
            os.close(handle)
            raise
        self._handle, self.size_bytes, self._stamp = handle, status.st_size, stamp_of(status)
        self._changed_ns = status.st_ctime_ns

    def again(self) -> LocalFile:
        """Return the very same version of the file, open once more, even where its path leads to another one now.

        Raises:
            OSError: this one is closed.
        """
        copy = object.__new__(type(self))
        copy.path, copy.identity, copy.size_bytes = self.path, self.identity, self.size_bytes
        copy._stamp, copy._changed_ns, copy._n_to_announce, copy._told = self._stamp, self._changed_ns, 1, {}
        copy._handle = os.dup(self._handle)
        return copy

    @property
    def is_closed(self) -> bool:
        """Tell whether the file was given back."""
        return self._handle < 0

    def announce(self, ranges: Iterable[Range]) -> None:
        """Tell the operating system what will be read soon, so that it reads while this process computes.

        Where the last requests were answered from its memory nothing is told, and `ranges` is not looked at: to tell
        takes a fifth of the time to read then.
        """
        if self._n_to_announce <= 0 or self._handle < 0 or not hasattr(os, "posix_fadvise"):
            return
        self._n_to_announce -= 1
        # What was told already is not told again: that costs as much as the first time.
        fresh = [each for each in ranges if each not in self._told]
        if len(self._told) > TOLD_RANGES:
            self._told.clear()
        self._told.update(dict.fromkeys(fresh))
        for group in together(fresh, gap_bytes=0, limit_bytes=LIMIT_BYTES):
            start, stop = span_of(group)
            with contextlib.suppress(OSError):
                os.posix_fadvise(self._handle, start, stop - start, os.POSIX_FADV_WILLNEED)

    def read(self, start: int, stop: int) -> bytes:
        """Return a range of bytes, fewer at the end of the file; asked for again while that may help.

        Raises:
            FileChangedError: the file was written into, or replaced, since it was opened.
            OSError: the bytes do not come.
        """
        return self.retry(lambda: self.read_once(start, stop), is_transient=is_transient_here)

    def read_once(self, start: int, stop: int) -> bytes:
        """Do what `read` does, with one try."""
        began_s = time.perf_counter()
        data = self._read(start, stop)
        self._check_unchanged()
        self._note(1, len(data), time.perf_counter() - began_s)
        return data

    def _note(self, n_reads: int, n_bytes: int, seconds: float) -> None:
        self.accesses.read(self.path, n_bytes=n_bytes, n_reads=n_reads, seconds=seconds)

    def _read(self, start: int, stop: int) -> bytes:
        if self._handle < 0:
            raise OSError(f"{self.path} is closed")
        # A damaged size asks for no more memory than the file has bytes.
        stop = max(start, min(stop, self.size_bytes))
        try:
            data = os.pread(self._handle, stop - start, start)
        except OSError as error:
            self.accesses.failed(self.path, error)
            if error.errno == errno.ESTALE:
                self._reopen()
            raise
        if 0 < len(data) < stop - start:
            # A signal, or a limit of the system on one request, may cut a read short: go on until nothing comes.
            pieces = [data]
            while more := os.pread(self._handle, stop - start - sum(map(len, pieces)), start + sum(map(len, pieces))):
                pieces.append(more)
            data = b"".join(pieces)
        return data

    def _check_unchanged(self) -> None:
        """Look at the file after reading: what was read before it was written into is right.

        Raises:
            FileChangedError: it was written into.
        """
        if not self._is_unchanged():
            raise FileChangedError("the file was written to while it was read: do not change files that are in use")

    def read_all(self, ranges: Iterable[Range]) -> dict[Range, Bytes]:
        """Return many ranges of bytes; each is whole.

        Raises:
            BytesError: the file ends before, or has changed.
            OSError: the bytes do not come.
        """
        found = self.read_parts(ranges)
        for (start, stop), data in found.items():
            check_whole(start, stop, len(data))
        return found

    def read_parts(self, ranges: Iterable[Range]) -> dict[Range, Bytes]:
        """Return many ranges of bytes, fewer at the end of the file; neighbours come by one request.

        Raises:
            FileChangedError: the file was written into, or replaced, since it was opened.
            OSError: the bytes do not come.
        """
        wanted = list(dict.fromkeys(ranges))
        if len(wanted) > 1:
            self.announce(wanted)
        began_s, n_bytes, n_reads = time.perf_counter(), 0, 0
        found: dict[Range, Bytes] = {}
        for group in together(wanted, gap_bytes=0, limit_bytes=LIMIT_BYTES):
            start, stop = span_of(group)
            data = self.retry(functools.partial(self._read, start, stop), is_transient=is_transient_here)
            n_bytes, n_reads = n_bytes + len(data), n_reads + 1
            if len(group) == 1:
                found[group[0]] = data
            else:
                found.update(cut(data, group))
        seconds = time.perf_counter() - began_s
        self._note(n_reads, n_bytes, seconds)
        if seconds > PATIENCE_S + n_bytes / MEMORY_BYTES_PER_S:
            self._n_to_announce = N_ANNOUNCED_AFTER_WAITING
        if wanted:
            self._check_unchanged()
        return found

    def _reopen(self) -> None:
        """Open the file anew whose server has forgotten what is open; another version of it is refused."""
        stamp, old = self._stamp, self._handle
        self._open()
        os.close(old)
        if self._stamp != stamp:
            raise FileChangedError("the file was replaced while it was read: do not change files that are in use")

    def _is_unchanged(self) -> bool:
        return stamp_of(os.fstat(self._handle)) == self._stamp

    def serves(self, identity: str) -> bool:
        """Tell whether this is still the version asked for; when none is, whether it is what the path leads to.

        A file that was replaced while it is open stays readable, whole, as the version that it was. One that may have
        been written into is opened anew: its inode tells so even where the time of writing was set back.
        """
        try:
            now = os.stat(self.path)
        except OSError:
            now = None
        if now is not None and now.st_dev == self._stamp[0] and now.st_ino == self._stamp[1]:
            return stamp_of(now) == self._stamp and now.st_ctime_ns == self._changed_ns
        if self._handle < 0 or not identity or identity != self.identity or not self._is_unchanged():
            return False
        # Nobody can tell what has come into its place from what is asked for: the newer one counts.
        return now is None or identity_now(self.path) != identity

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back; nothing is left open either where nobody does."""
        handle, self._handle = self._handle, -1
        if handle < 0:
            return
        try:
            os.close(handle)
        except OSError as error:
            # Somebody has closed all descriptors of the process, as happens at its end: there is nothing to give back.
            if error.errno != errno.EBADF:
                raise


def check_whole(start: int, stop: int, n_bytes: int) -> None:
    """Check that as many bytes came as were asked for.

    Raises:
        BytesError: they did not.
    """
    if n_bytes < stop - start:
        where = f"bytes {start:,} to {stop:,} should hold data"
        ends = f"the file ends at byte {start + n_bytes:,}" if n_bytes else "the file ends before"
        raise BytesError(f"the file is cut short or damaged: {where}, and {ends}; copy it again")
