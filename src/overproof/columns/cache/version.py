"""Which version of a file columns belong to."""

from __future__ import annotations

import os
import time
from pathlib import Path

FINE_S, COARSE_S = 0.1, 2.5
"""A file that was written less than this ago may be written once more without a trace: by file systems that tell
parts of a second, and by those that do not."""


def version_of(path: str, identity: str, *, now_ns: int | None = None) -> str | None:
    """Name the version of a local file for as long as it lies where it lies; None where nobody can be sure of it.

    The time of the last change of the inode belongs to it: unlike that of the file, nobody can set it.

    Args:
        path: of the file.
        identity: the version that was opened.
        now_ns: since the epoch; None: now.
    """
    if not identity or "://" in path:
        return None
    place = os.path.realpath(Path(path).expanduser())
    try:
        status = os.stat(place)
    except OSError:
        return None
    now_ns = time.time_ns() if now_ns is None else now_ns
    last_ns = max(status.st_mtime_ns, status.st_ctime_ns)
    margin_s = COARSE_S if last_ns % 10**9 == 0 else FINE_S
    if abs(now_ns - last_ns) < margin_s * 10**9:
        return None
    return "\0".join((place, identity, str(status.st_ctime_ns)))
