"""What the kernel tells of a process; None where it tells nothing: the process is gone, or there is no /proc."""

from __future__ import annotations

import os
from pathlib import Path

PROC = Path("/proc")
KB = 1024
STATE, USER_TICKS, SYSTEM_TICKS = 0, 11, 12
"""Fields of `/proc/PID/stat`, counted after the name of the command."""


def private_memory_bytes(pid: int) -> int | None:
    """Return what would be free if the process ended: its anonymous pages (RssAnon), and what is swapped out (VmSwap).

    Pages of files and of shared memory are not in it: the kernel can take the former back, others have the latter too.
    """
    n_kb, n_found = 0, 0
    for line in _read(pid, "status").splitlines():
        if line.startswith((b"RssAnon:", b"VmSwap:")):
            n_kb += int(line.split()[1])
            n_found += 1
    return n_kb * KB if n_found else None


def processor_time_s(pid: int) -> float | None:
    """Return the processor time that all threads of a process have used."""
    fields = _stat(pid)
    if not fields:
        return None
    return (int(fields[USER_TICKS]) + int(fields[SYSTEM_TICKS])) / os.sysconf("SC_CLK_TCK")


def is_asleep(pid: int) -> bool:
    """Tell whether the main thread waits for something of its own accord; one that was stopped does not."""
    return _stat(pid)[:1] == [b"S"]


def _stat(pid: int) -> list[bytes]:
    return _read(pid, "stat").rpartition(b")")[2].split()


def _read(pid: int, name: str) -> bytes:
    try:
        return (PROC / str(pid) / name).read_bytes()
    except OSError:
        return b""
