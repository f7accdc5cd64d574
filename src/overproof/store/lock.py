"""A lock that ends with the process that holds it."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path


class Lock:
    """A lock on a file, held until it is released or this process ends, however it ends.

    Source: flock(2); unlike fcntl's locks, it also keeps out other threads of the same process.
    """

    def __init__(self, handle: int) -> None:
        self._handle = handle

    @property
    def handle(self) -> int:
        """Descriptor of the file, open for reading and writing; -1 when it was released."""
        return self._handle

    def __enter__(self) -> Lock:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Let others have it; more than once does no harm."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)


PATIENCE_S = 0.2
"""How long a lock is tried for: who only looks at one has it for some microseconds."""
RETRY_S = 0.005


def try_lock(path: Path, *, patience_s: float = PATIENCE_S) -> Lock | None:
    """Take the lock on a file, which is made if absent; None when somebody else holds it, or has just removed it.

    Args:
        path: the file.
        patience_s: how long to try.

    Raises:
        OSError: the file cannot be made, or the file system knows no locks.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        # Who has removed the folder in between has taken the file along.
        is_taken = _is_taken_within(handle, patience_s) and _is_same(path, handle)
    except OSError:
        os.close(handle)
        raise
    if not is_taken:
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


def _is_taken_within(handle: int, patience_s: float) -> bool:
    deadline_s = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline_s:
                return False
            time.sleep(RETRY_S)
        else:
            return True


def _is_same(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False
