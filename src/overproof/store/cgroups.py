"""The groups of processes to which the kernel allots memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
CGROUP = Path("/sys/fs/cgroup")

_NAMES = (
    ("memory.max", "memory.current", ("inactive_file", "active_file")),
    ("memory.limit_in_bytes", "memory.usage_in_bytes", ("total_inactive_file", "total_active_file")),
)
"""Limit, use, and what of that the kernel gives back when it is needed, of both versions of cgroups."""


def cgroup_directories(*, proc: Path = PROC, cgroup: Path = CGROUP) -> Iterator[Path]:
    """Give the places where the memory of our cgroup, and of those around it, may be told, the innermost first.

    A container often sees only its own cgroup, as the root, whatever path `/proc` tells.
    """
    for line in text_of(proc / "self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        root = cgroup / "memory" if controllers else cgroup
        inner = root / path.lstrip("/")
        yield inner
        while inner != root:
            inner = inner.parent
            yield inner


def memory_limits(*, proc: Path = PROC, cgroup: Path = CGROUP) -> Iterator[tuple[int, int]]:
    """Give the limit of each of these cgroups that has one, and how much of it is free; bytes."""
    for directory in cgroup_directories(proc=proc, cgroup=cgroup):
        for limit_name, use_name, given_back in _NAMES:
            limit, use = text_of(directory / limit_name).strip(), text_of(directory / use_name).strip()
            if limit.isdigit():  # "max": no limit
                used_bytes = int(use) if use.isdigit() else 0
                yield int(limit), int(limit) - max(used_bytes - _sum_of(directory / "memory.stat", given_back), 0)


def _sum_of(statistics: Path, names: tuple[str, ...]) -> int:
    lines = (line.partition(" ") for line in text_of(statistics).splitlines())
    return sum(int(value) for name, _, value in lines if name in names and value.isdigit())


def text_of(path: Path) -> str:
    """Return what is in a file of the kernel; nothing where it is absent."""
    try:
        return path.read_text()
    except OSError:
        return ""
