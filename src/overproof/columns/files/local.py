"""A file on this machine."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable

from overproof.columns.files.damage import BytesError, FileChangedError
from overproof.columns.files.identity import check_regular, identity_of, stamp_of
from overproof.columns.files.retry import Retry, is_transient_here

Range = tuple[int, int]
"""First byte and last, exclusive."""


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

    Raises:
        OSError: it cannot be opened.
        DatasetError: it is a pipe or a device.
    """

    retry = Retry()

    def __init__(self, path: str) -> None:
        self.path = path
        self._handle = -1
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

    @property
    def is_closed(self) -> bool:
        """Tell whether the file was given back."""
        return self._handle < 0

    def announce(self, ranges: Iterable[Range]) -> None:
        """Tell the operating system what will be read soon, so that it reads while this process computes."""
        if hasattr(os, "posix_fadvise") and self._handle >= 0:
            for start, stop in ranges:
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
        if self._handle < 0:
            raise OSError(f"{self.path} is closed")
        # A damaged size asks for no more memory than the file has bytes.
        stop = max(start, min(stop, self.size_bytes))
        try:
            data = os.pread(self._handle, stop - start, start)
        except OSError as error:
            if error.errno == errno.ESTALE:
                self._reopen()
            raise
        if 0 < len(data) < stop - start:
            # A signal, or a limit of the system on one request, may cut a read short: go on until nothing comes.
            pieces = [data]
            while more := os.pread(self._handle, stop - start - sum(map(len, pieces)), start + sum(map(len, pieces))):
                pieces.append(more)
            data = b"".join(pieces)
        # Asked after reading: what was read before the file was written into is right.
        if not self._is_unchanged():
            raise FileChangedError("the file was written to while it was read: do not change files that are in use")
        return data

    def read_all(self, ranges: Iterable[Range]) -> dict[Range, bytes]:
        """Return many ranges of bytes; each is whole.

        Raises:
            BytesError: the file ends before, or has changed.
            OSError: the bytes do not come.
        """
        wanted = list(dict.fromkeys(ranges))
        if len(wanted) > 1:
            self.announce(wanted)
        found = {(start, stop): self.read(start, stop) for start, stop in wanted}
        for (start, stop), data in found.items():
            check_whole(start, stop, len(data))
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

        A file that was replaced while it is open stays readable, whole, as the version that it was.
        """
        if self._handle >= 0 and identity == self.identity != "" and self._is_unchanged():
            return True
        try:
            return stamp_of(os.stat(self.path)) == self._stamp
        except OSError:
            return False

    def close(self) -> None:
        """Give the file back."""
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
