"""Directories that are for their owner only."""

from __future__ import annotations

import os
import stat
from pathlib import Path

WRITABLE_BY_OTHERS = 0o022
OPEN_TO_OTHERS = 0o077


def make_private(directory: Path) -> None:
    """Make a directory and those above it, as far as absent, for their owner only.

    `mkdir(parents=True)` would leave the ones above open to others.

    Raises:
        OSError: one of them cannot be made.
    """
    absent = [place for place in (directory, *directory.parents) if not place.exists()]
    for place in reversed(absent):
        place.mkdir(mode=0o700, exist_ok=True)


def is_ours(directory: Path, *, forbidden: int = WRITABLE_BY_OTHERS) -> bool:
    """Tell whether a directory belongs to this user and gives others none of some permissions.

    Raises:
        OSError: it cannot be looked at.
    """
    if not hasattr(os, "getuid"):
        return True
    status = directory.stat()
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & forbidden
