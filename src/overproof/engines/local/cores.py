"""How many processors this process may really use."""

from __future__ import annotations

import os

CGROUP = "/sys/fs/cgroup"


def usable_cores() -> int:
    """Count the processors that affinity and cgroup limits leave; at least 1."""
    # macOS has no affinity
    n_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    limit = _cgroup_limit()
    return max(1, n_cores if limit is None else min(n_cores, limit))


def _cgroup_limit() -> int | None:
    """Read the CPU quota of cgroup 2, then of cgroup 1, rounded to whole cores; None without a quota."""
    try:
        quota, period = _read("cpu.max").split()
    except (OSError, ValueError):
        try:
            quota = _read("cpu/cpu.cfs_quota_us").strip()
            period = _read("cpu/cpu.cfs_period_us").strip()
        except OSError:
            return None
    try:
        return max(1, round(int(quota) / int(period))) if int(quota) > 0 else None
    except ValueError:  # "max": no quota
        return None


def _read(name: str) -> str:
    with open(os.path.join(CGROUP, name), encoding="ascii") as file:
        return file.read()
