"""The memory of this machine, and what the kernel does when there is none left."""

from __future__ import annotations

import os
from pathlib import Path

from overproof.store.cgroups import CGROUP, PROC, cgroup_directories, memory_limits, text_of

WORKER_OOM_SCORE = 500
"""Points for who is to be ended before the user's own processes when memory runs out (1000: first of all)."""
CHILD_OOM_SCORE = 800
"""For the children in which an isolator tries what has failed: they go before the workers."""


def machine_memory_bytes() -> int:
    """Return the memory that this process and its children may use: the machine's, or its cgroup's when that is less.

    Where the system tells nothing of either, there is no limit to be watched: the largest number is returned.
    """
    limits = [limit for limit, _ in memory_limits(proc=PROC, cgroup=CGROUP)]
    known = [limit for limit in (_installed_bytes(), *limits) if limit]
    return min(known, default=2**63 - 1)


class OutOfMemoryRecord:
    """Watches the kernel's count of the processes that it ended because memory ran out.

    The count of our own cgroup, where it has one; else the machine's.
    """

    def __init__(self) -> None:
        self._count = _oom_kills()
        self._rose_s: float | None = None

    def look(self, now: float) -> None:
        """Compare with the count of last time; to be called about once a second, and when a process was killed."""
        count = _oom_kills()
        if count > self._count:
            self._rose_s = now
        self._count = count

    def rose_within(self, duration_s: float, *, now: float) -> bool:
        """Tell whether it was seen to rise in the last so many seconds."""
        return self._rose_s is not None and now - self._rose_s <= duration_s


def offer_to_oom_killer(pid: int, *, score: int) -> None:
    """Let the kernel end a process before others when memory runs out; its children inherit that."""
    try:
        path = PROC / str(pid) / "oom_score_adj"
        if int(path.read_text()) < score:
            path.write_text(str(score))
    except (OSError, ValueError):
        return  # it is gone, or this system has no such thing


def _installed_bytes() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return None


def _oom_kills() -> int:
    for directory in cgroup_directories(proc=PROC, cgroup=CGROUP):
        for name in ("memory.events", "memory.oom_control"):
            if (count := _counter(directory / name)) is not None:
                return count
    return _counter(PROC / "vmstat") or 0


def _counter(path: Path) -> int | None:
    for line in text_of(path).splitlines():
        name, _, value = line.partition(" ")
        if name == "oom_kill":
            return int(value)
    return None
