"""Which version of a file columns belong to."""

from __future__ import annotations

import os
import time

from overproof.columns.formats.places import local_path
from overproof.words.frozen import dataclass

FINE_S, COARSE_S = 0.1, 2.5
"""A file that was written less than this ago may be written once more without a trace: by file systems that tell
parts of a second, and by those that do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What a file looked like at one moment.

    Attributes:
        place: its path, without links.
        device, inode: which file it is.
        size_bytes: its size.
        written_ns: when it was written to, as it says itself.
        changed_ns: when anything about it was changed last, which nobody can set.
    """

    place: str
    device: int
    inode: int
    size_bytes: int
    written_ns: int
    changed_ns: int


def glance_at(path: str, *, now_ns: int | None = None) -> Glance | None:
    """Look at a local file before it is opened; None where its next version could not be told from this one.

    Args:
        path: of the file.
        now_ns: since the epoch; None: now.
    """
    local = local_path(path)
    seen = None if local is None else _look(local)
    if seen is None:
        return None
    now_ns = time.time_ns() if now_ns is None else now_ns
    last_ns = max(seen.written_ns, seen.changed_ns)
    margin_s = COARSE_S if last_ns % 10**9 == 0 else FINE_S
    return None if abs(now_ns - last_ns) < margin_s * 10**9 else seen


def version_of(seen: Glance, identity: str) -> str | None:
    """Name the version of a file that was opened; None where something else may have come into its place before.

    Args:
        seen: what it looked like before it was opened.
        identity: what was opened.
    """
    if not identity or _look(seen.place) != seen:
        return None
    return "\0".join((seen.place, identity, str(seen.changed_ns)))


def _look(path: str) -> Glance | None:
    place = os.path.realpath(path)
    try:
        status = os.stat(place)
    except OSError:
        return None
    return Glance(
        place=place,
        device=status.st_dev,
        inode=status.st_ino,
        size_bytes=status.st_size,
        written_ns=status.st_mtime_ns,
        changed_ns=status.st_ctime_ns,
    )
