"""How much may be kept follows what the machine and every cgroup around this process have left."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from overproof.store.mapped import room

GB = 2**30


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the root of a system of files; the machine has 64 GB, most of it free, and so has its shared memory."""
    monkeypatch.setattr(room, "PROC", tmp_path / "proc")
    monkeypatch.setattr(room, "CGROUP", tmp_path / "cgroup")
    monkeypatch.setattr(room, "MEMINFO", tmp_path / "proc/meminfo")
    monkeypatch.setattr(room, "SHARED_MEMORY", tmp_path / "shm")
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result((1, 1, 64 * GB, 64 * GB, 64 * GB, 0, 0, 0, 0, 255)))
    write(tmp_path, "proc/meminfo", f"MemTotal: {64 * GB // 1024} kB\nMemAvailable: {60 * GB // 1024} kB\n")
    (tmp_path / "shm").mkdir()
    room._is_memory.cache_clear()
    yield tmp_path
    room._is_memory.cache_clear()


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


STAT = "anon 5\ninactive_file {gb}\nactive_file 0\ntotal_inactive_file {gb}\ntotal_active_file 0\n"


@pytest.mark.parametrize(
    ("line", "limit", "use", "directory"),
    [
        ("0::/job\n", "memory.max", "memory.current", "cgroup/job"),
        ("0::/job/step\n", "memory.max", "memory.current", "cgroup/job"),
        ("4:memory:/job\n", "memory.limit_in_bytes", "memory.usage_in_bytes", "cgroup/memory/job"),
    ],
    ids=["second version", "around ours", "first version"],
)
def test_the_limit_of_a_batch_job_counts(line: str, limit: str, use: str, directory: str, system: Path) -> None:
    """Of 8 GB, 5 are in use, 2 of these only by the page cache: 5 are free, less an eighth of the limit."""
    write(system, "proc/self/cgroup", line)
    assert room.room_bytes(system / "shm") == 52 * GB
    write(system, f"{directory}/{limit}", f"{8 * GB}\n")
    write(system, f"{directory}/{use}", f"{5 * GB}\n")
    write(system, f"{directory}/memory.stat", STAT.format(gb=2 * GB))
    assert room.room_bytes(system / "shm") == 4 * GB
    write(system, f"{directory}/{use}", f"{10 * GB}\n")
    assert room.room_bytes(system / "shm") == 0
    write(system, f"{directory}/memory.stat", "nonsense\ninactive_file\n")
    assert room.room_bytes(system / "shm") == 0


@pytest.mark.parametrize(("kind", "wanted"), [("tmpfs", 52 * GB), ("ext4", 60 * GB)])
def test_other_places_in_memory_are_memory(kind: str, wanted: int, system: Path) -> None:
    """What lies in another file system that is memory takes memory; what lies on a disk does not."""
    (system / "other").mkdir()
    device = (system / "other").stat().st_dev
    place = f"{os.major(device)}:{os.minor(device)}"
    write(system, "proc/self/mountinfo", f"20 1 0:19 / /sys rw - sysfs s rw\n30 1 {place} / /x rw - {kind} none rw\n")
    assert room.room_bytes(system / "other") == wanted
