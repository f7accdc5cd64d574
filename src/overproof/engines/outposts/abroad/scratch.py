"""A directory of one outpost, on a disk of its machine.

It goes with the outpost. Where that was killed, the next one of the same user sweeps: whose lock is free is dead.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

PREFIX: Final = "overproof-outpost-"
LOCK: Final = "lock"


class Scratch:
    """A private directory, made now, with a lock that is held as long as this process lives.

    Attributes:
        path: of it; nobody else may look into it.
    """

    def __init__(self) -> None:
        _sweep(Path(tempfile.gettempdir()))
        self.path = tempfile.mkdtemp(prefix=PREFIX)
        self._lock = _locked(Path(self.path) / LOCK)

    def remove(self) -> None:
        """Remove it with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _locked(path: Path) -> int | None:
    """Take a lock and return its handle; None where somebody else has it, or there are no locks."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _sweep(parent: Path) -> None:
    """Remove what killed outposts of this user have left.

    One that is just being made has no lock file yet, and stays.
    """
    with contextlib.suppress(OSError):
        for entry in os.scandir(parent):
            lock = Path(entry.path) / LOCK
            if not entry.name.startswith(PREFIX) or not entry.is_dir(follow_symlinks=False) or not lock.exists():
                continue
            if entry.stat(follow_symlinks=False).st_uid != os.getuid():
                continue
            handle = _locked(lock)
            if handle is not None:
                shutil.rmtree(entry.path, ignore_errors=True)
                os.close(handle)
