"""A lock that ends with the process that holds it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class Lock:
    """A lock on a file, held until it is released or this process ends, however it ends.

    Source: flock(2); unlike fcntl's locks, it also keeps out other threads of the same process.
    """

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def release(self) -> None:
        """Let others have it; more than once does no harm."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)


def try_lock(path: Path) -> Lock | None:
    """Take the lock on a file, which is made if absent; None when somebody else holds it, or has just removed it.

    Raises:
        OSError: the file cannot be made, or the file system knows no locks.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_there = _is_same(path, handle)
    except BlockingIOError:
        os.close(handle)
        return None
    except OSError:
        os.close(handle)
        raise
    if not is_there:  # its last holder has removed the folder
        os.close(handle)
        return None
    return Lock(handle)


def is_locked(path: Path) -> bool:
    """Tell whether somebody holds the lock on a file.

    Raises:
        OSError: nobody can tell.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        # Shared, so that two who look at the same time do not see each other.
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _is_same(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False
