"""How much room there is where mapped files lie."""

from __future__ import annotations

import functools
import os
from pathlib import Path

from overproof.store.cache_place import SHARED_MEMORY
from overproof.store.cgroups import CGROUP, PROC, memory_limits, text_of

MEMINFO = Path("/proc/meminfo")
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

DISK_RESERVE = 1 / 16
"""Share of a file system that is left to others."""
MEMORY_RESERVE = 1 / 8
"""Share of the memory, of the machine and of each cgroup, that is left free where files lie in memory."""


def room_bytes(directory: Path) -> int:
    """Return how many bytes may be added in a directory without taking them from others; never below 0.

    Raises:
        OSError: nobody can tell.
    """
    status = os.statvfs(directory)
    free_bytes = status.f_bavail * status.f_frsize - int(status.f_blocks * status.f_frsize * DISK_RESERVE)
    if directory.is_relative_to(SHARED_MEMORY) or _is_memory(os.stat(directory).st_dev):
        free_bytes = min(free_bytes, _free_memory_bytes(), _free_in_cgroups_bytes())
    return max(free_bytes, 0)


def boot_id() -> bytes:
    """Return 16 bytes that are others each time the machine is started; zeros where it does not tell."""
    try:
        return bytes.fromhex(BOOT_ID.read_text().strip().replace("-", ""))[:16].ljust(16, b"\0")
    except (OSError, ValueError):
        return bytes(16)


def _free_memory_bytes() -> int:
    try:
        lines = dict(line.split(":", 1) for line in MEMINFO.read_text().splitlines() if ":" in line)
        total, available = (int(lines[name].split()[0]) * 1024 for name in ("MemTotal", "MemAvailable"))
    except (OSError, KeyError, ValueError, IndexError):
        return 2**63
    return available - int(total * MEMORY_RESERVE)


def _free_in_cgroups_bytes() -> int:
    limits = memory_limits(proc=PROC, cgroup=CGROUP)
    return min((free - int(limit * MEMORY_RESERVE) for limit, free in limits), default=2**63)


@functools.lru_cache(maxsize=16)
def _is_memory(device: int) -> bool:
    """Tell whether what is written to a file system takes memory."""
    wanted = f"{os.major(device)}:{os.minor(device)}"
    for line in text_of(PROC / "self/mountinfo").splitlines():
        mount, _, kind = line.partition(" - ")
        if mount.split(" ", 3)[2:3] == [wanted]:
            return kind.split(" ", 1)[0] in ("tmpfs", "ramfs")
    return False
