"""How many bytes all mapped files of a directory take, as far as their writers have told."""

from __future__ import annotations

import contextlib
import os
import struct
from collections.abc import Iterator
from pathlib import Path

from overproof.store.lock import try_lock

NAME = "ledger"
_CONTENT = struct.Struct("<8sQQ")
"""Magic, bytes in use, number of files."""
_MAGIC = b"ovpledg1"
PATIENCE_S = 0.02


class Ledger:
    """Counts of a directory while it is locked.

    Attributes:
        used_bytes: what all files take, those that are being written now too.
        n_files: how many there are.
        is_known: whether the counts were kept; else somebody is to count anew.
    """

    used_bytes: int
    n_files: int

    def __init__(self, content: bytes) -> None:
        magic, self.used_bytes, self.n_files = (
            _CONTENT.unpack(content) if len(content) == _CONTENT.size else (b"", 0, 0)
        )
        self.is_known = magic == _MAGIC

    def content(self) -> bytes:
        """Return the counts as they are kept."""
        return _CONTENT.pack(_MAGIC, max(self.used_bytes, 0), max(self.n_files, 0))


@contextlib.contextmanager
def ledger_of(directory: Path) -> Iterator[Ledger | None]:
    """Lock the counts of a directory, and keep what they are in the end; None while somebody else has them.

    Raises:
        OSError: they cannot be read or written.
    """
    lock = try_lock(directory / NAME, patience_s=PATIENCE_S)
    if lock is None:
        yield None
        return
    with lock:
        ledger = Ledger(os.pread(lock.handle, _CONTENT.size, 0))
        yield ledger
        os.pwrite(lock.handle, ledger.content(), 0)
