"""Which version of a local file it is: what tells a file from the one that lay at the same path before."""

from __future__ import annotations

import hashlib
import os
from typing import TypeAlias

HEADER_BYTES = 512
"""Bytes at the start of a ROOT file that belong to its identity: its UUID, its end, the times of its directory."""

Stamp: TypeAlias = tuple[int, int, int, int]


def stamp_of(status: os.stat_result) -> Stamp:
    """Return what changes on this machine whenever a file is replaced or written into.

    The time of the last change of the inode is left out: it also moves when a file loses its name, and what is open
    stays whole then.
    """
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def identity_of(handle: int) -> str:
    """Name the version of an open file, the same on every machine that sees it; empty for what is not a ROOT file.

    Raises:
        OSError: it cannot be read.
    """
    status = os.fstat(handle)
    header = os.pread(handle, HEADER_BYTES, 0)
    if not header.startswith(b"root"):
        return ""
    digest = hashlib.blake2b(header, digest_size=16).hexdigest()
    return f"{status.st_size}-{status.st_mtime_ns}-{digest}"
