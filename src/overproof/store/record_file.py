"""A file of records that only grows."""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

_MAGIC = b"overproof-records-1\n"
_FRAME = struct.Struct("<II")
"""Before each record: its length and its checksum (CRC-32)."""


class RecordFile:
    """Appends records of bytes to a file; a tail torn by a crash is cut when the file is opened.

    Args:
        path: the file; made if absent.

    Raises:
        OSError: it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        # Unbuffered: whoever appends decides when, and a full disk is found there and then.
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b", buffering=0)
        try:
            self._end = self._whole_length()
            self._file.truncate(self._end)
        except OSError:
            self._file.close()
            raise

    def append(self, records: Iterable[bytes]) -> None:
        """Write records behind the others; all of them or none.

        Raises:
            OSError: they cannot be written; the file is as before.
        """
        content = b"".join(_FRAME.pack(len(record), zlib.crc32(record)) + record for record in records)
        if not self._end:
            content = _MAGIC + content
        self._file.seek(self._end)
        view, n_written = memoryview(content), 0
        try:
            while n_written < len(content):
                n_written += self._file.write(view[n_written:]) or 0
        except OSError:
            self._file.truncate(self._end)
            raise
        self._end += n_written

    def sync(self) -> None:
        """Make what was appended safe from a loss of power.

        Raises:
            OSError: that is not possible.
        """
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file; records appended are kept by the operating system."""
        self._file.close()

    def _whole_length(self) -> int:
        """Return the length of the file up to its last whole record; 0 for one that is not ours."""
        self._file.seek(0)
        if self._file.read(len(_MAGIC)) != _MAGIC:
            return 0
        return len(_MAGIC) + sum(_FRAME.size + len(record) for record in _records(self._file))


def read_records(path: Path) -> Iterator[bytes]:
    """Give the records of a file, up to the first that is torn or damaged; none for a file that is absent.

    Raises:
        OSError: it cannot be read.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        if file.read(len(_MAGIC)) == _MAGIC:
            yield from _records(file)


def _records(file: BinaryIO | io.FileIO) -> Iterator[bytes]:
    while len(frame := file.read(_FRAME.size) or b"") == _FRAME.size:
        length, checksum = _FRAME.unpack(frame)
        record = file.read(length) or b""
        if len(record) != length or zlib.crc32(record) != checksum:
            return
        yield record
