"""Lead what a process prints into a file, for the time of a query."""

from __future__ import annotations

import contextlib
import ctypes
import io
import os
import sys
import threading
from typing import Any

from overproof.engines.worker.logs.index import Printed, append_to_index, log_path, read_index
from overproof.records.block import Block, Range
from overproof.words.ids import WorkerId
from overproof.words.units import MB

MAX_LOG_BYTES = 16 * MB
"""A selector that prints a line an event must not fill the disk."""

STDOUT, STDERR = 1, 2
FULL = f"\noverproof: this log is full ({MAX_LOG_BYTES // MB} MB); what came after is lost\n"


class PrintLog:
    """Takes what Python and C code of this process write to their standard streams.

    `check` may be called from any thread; the rest belongs to the thread that computes. Nothing here raises: a disk
    that is full must neither end a query nor make the selector fail that prints.

    Args:
        worker: names the file.
    """

    def __init__(self, worker: WorkerId) -> None:
        self._worker = worker
        self._directory = ""
        self._lock = threading.Lock()
        self._file: int | None = None
        self._started_at = 0
        self._own: tuple[int, int, Any, Any] | None = None
        self._flush_c = ctypes.CDLL(None).fflush

    def open(self, directory: str | None) -> None:
        """Lead the streams into the log of this worker in a directory; None: leave them."""
        self.close()
        if directory is None:
            return
        try:
            path = log_path(directory, self._worker)
            file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            return
        self._flush()
        self._directory = directory
        self._own = (_copy_of(STDOUT), _copy_of(STDERR), sys.stdout, sys.stderr)
        self._lead_to(file)
        sys.stdout, sys.stderr = _text(STDOUT), _text(STDERR)
        self._file = file
        self.check()

    def close(self) -> None:
        """Give the streams back."""
        if self._own is None:
            return
        self._flush()
        with self._lock:
            stdout, stderr, sys.stdout, sys.stderr = self._own
            os.dup2(stdout, STDOUT)
            os.dup2(stderr, STDERR)
            if self._file is not None and not os.fstat(self._file).st_size:
                log_path(self._directory, self._worker).unlink(missing_ok=True)
            for descriptor in (stdout, stderr, self._file):
                if descriptor is not None:
                    os.close(descriptor)
            self._own = self._file = None

    def start(self) -> None:
        """Note that a range of a block begins here."""
        self._started_at = self._size_bytes()

    def note(self, block: Block, part: Range) -> None:
        """Note that all since `start` was printed by this range; nothing is noted of one that was silent."""
        from_byte, to_byte = self._started_at, self._size_bytes()
        if to_byte > from_byte:
            self._started_at = to_byte
            printed = Printed(
                file=block.file, index=block.index, first=part[0], stop=part[1], from_byte=from_byte, to_byte=to_byte
            )
            append_to_index(self._directory, self._worker, printed)
            self.check()

    def check(self) -> None:
        """Cut a log that has grown too large, say so in it, and let go of what is printed from now on."""
        with self._lock:
            if self._file is None or os.fstat(self._file).st_size <= MAX_LOG_BYTES:
                return
            nowhere = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
            self._lead_to(nowhere)
            os.close(nowhere)
            full, self._file = self._file, None
            try:
                os.ftruncate(full, MAX_LOG_BYTES - len(FULL))
                os.write(full, FULL.encode())
            except OSError:
                return  # then the log just ends
            finally:
                os.close(full)

    def _size_bytes(self) -> int:
        """Tell how long the log is, with all that was printed by now; 0 when there is none, or it is full."""
        if self._file is None:
            return 0
        self._flush()
        with self._lock:
            return 0 if self._file is None else os.fstat(self._file).st_size

    def _flush(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (AttributeError, OSError, ValueError):
                continue  # user code may have put anything in its place
        self._flush_c(None)

    @staticmethod
    def _lead_to(descriptor: int) -> None:
        os.dup2(descriptor, STDOUT)
        os.dup2(descriptor, STDERR)


class _Lenient(io.RawIOBase):
    """Writes to a descriptor and takes no offence when the disk is full."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def write(self, data: Any, /) -> int:
        try:
            return os.write(self._descriptor, data)
        except OSError:
            return len(data)


def _text(descriptor: int) -> io.TextIOWrapper:
    """Make a text stream; what was printed line by line is there when the process crashes."""
    raw = io.BufferedWriter(_Lenient(descriptor))
    return io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", line_buffering=True)


def _copy_of(descriptor: int) -> int:
    copy = os.dup(descriptor)
    os.set_inheritable(copy, False)  # noqa: FBT003 - it takes no keyword
    return copy


def log_size_bytes(directory: str | None, worker: WorkerId) -> int:
    """Tell how long the log of a worker is; 0 when there is none."""
    try:
        return 0 if directory is None else log_path(directory, worker).stat().st_size
    except OSError:
        return 0


def attribute_rest(directory: str | None, worker: WorkerId, *, block: Block, part: Range, since: int) -> None:
    """Note for a process that has died that all it printed since then, and had not noted, is of this range."""
    to_byte = log_size_bytes(directory, worker)
    if directory is None or to_byte <= since:
        return
    from_byte = max([since, *(printed.to_byte for printed in read_index(directory, worker))])
    if to_byte > from_byte:
        printed = Printed(
            file=block.file, index=block.index, first=part[0], stop=part[1], from_byte=from_byte, to_byte=to_byte
        )
        append_to_index(directory, worker, printed)


def cut_log(directory: str | None, worker: WorkerId) -> None:
    """Cut the log of a process that does not come to do it itself."""
    if log_size_bytes(directory, worker) > 2 * MAX_LOG_BYTES:
        assert directory is not None
        with contextlib.suppress(OSError):
            os.truncate(log_path(directory, worker), MAX_LOG_BYTES)
