"""Laws of telling how much memory there is, and whether the kernel ran out of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from overproof.engines.local.watch import machine, proc

GB = 2**30


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the root of a system of files; the machine has 64 GB."""
    monkeypatch.setattr(machine, "PROC", tmp_path / "proc")
    monkeypatch.setattr(machine, "CGROUP", tmp_path / "cgroup")
    monkeypatch.setattr(os, "sysconf", {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 64 * GB // 4096}.__getitem__)
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


@pytest.mark.parametrize(
    ("files", "size_bytes"),
    [
        ({}, 64 * GB),
        ({"proc/self/cgroup": "0::/user\n", "cgroup/user/memory.max": f"{8 * GB}\n"}, 8 * GB),
        ({"proc/self/cgroup": "0::/user\n", "cgroup/user/memory.max": "max\n"}, 64 * GB),
        (
            {
                "proc/self/cgroup": "0::/a/b\n",
                "cgroup/a/b/memory.max": "max\n",
                "cgroup/a/memory.max": f"{4 * GB}\n",
            },
            4 * GB,
        ),
        ({"proc/self/cgroup": "0::/../host/path\n", "cgroup/memory.max": f"{2 * GB}\n"}, 2 * GB),
        ({"proc/self/cgroup": "4:memory:/x\n", "cgroup/memory/x/memory.limit_in_bytes": f"{3 * GB}\n"}, 3 * GB),
        ({"proc/self/cgroup": "4:cpu:/x\n", "cgroup/memory/x/memory.limit_in_bytes": f"{3 * GB}\n"}, 64 * GB),
        (
            {"proc/self/cgroup": "4:cpuset,memory:/x\n", "cgroup/memory/memory.limit_in_bytes": f"{2**63 - 4096}\n"},
            64 * GB,
        ),
    ],
)
def test_memory_is_the_least_of_the_machine_and_the_cgroups_around(
    files: dict[str, str], size_bytes: int, system: Path
) -> None:
    """Both versions of cgroups, our own and those above it, seen from inside of a container or not."""
    for name, text in files.items():
        write(system, name, text)
    assert machine.machine_memory_bytes() == size_bytes


@pytest.mark.parametrize(
    ("cgroup", "name", "text"),
    [
        ("0::/user\n", "cgroup/user/memory.events", "low 0\noom 7\noom_kill {}\noom_group_kill 9\n"),
        ("4:memory:/x\n", "cgroup/memory/x/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill {}\n"),
        ("0::/\n", "proc/vmstat", "nr_free_pages 1\noom_kill {}\n"),
    ],
)
def test_an_end_for_want_of_memory_is_noted_for_a_while(cgroup: str, name: str, text: str, system: Path) -> None:
    """The counter of the cgroup, or else the machine's, is compared with the last time."""
    write(system, "proc/self/cgroup", cgroup)
    write(system, name, text.format(3))
    record = machine.OutOfMemoryRecord()
    record.look(10.0)
    assert not record.rose_within(3.0, now=10.0)
    write(system, name, text.format(4))
    record.look(11.0)
    assert record.rose_within(3.0, now=13.0)
    record.look(14.5)
    assert not record.rose_within(3.0, now=14.5)


def test_a_cgroup_tells_of_its_own_processes_only(system: Path) -> None:
    """What happens elsewhere on the machine is no record for us."""
    write(system, "proc/self/cgroup", "0::/user\n")
    write(system, "cgroup/user/memory.events", "oom_kill 0\n")
    write(system, "proc/vmstat", "oom_kill 1\n")
    record = machine.OutOfMemoryRecord()
    write(system, "proc/vmstat", "oom_kill 2\n")
    record.look(1.0)
    assert not record.rose_within(3.0, now=1.0)


def test_what_is_not_there_is_not_told() -> None:
    """A process that is gone has no memory, no time and no state; offering it to the kernel does nothing."""
    process = subprocess.Popen(["true"])
    process.wait()
    assert proc.private_memory_bytes(process.pid) is None
    assert proc.processor_time_s(process.pid) is None
    assert not proc.is_asleep(process.pid)
    machine.offer_to_oom_killer(process.pid, score=500)


BUSY = """
import sys
from pathlib import Path
data = bytearray(b"x") * 300_000_000
for _ in range(3_000_000):
    pass
print("done", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system has no /proc")
def test_the_kernel_tells_what_a_process_takes() -> None:
    """300 MB, some processor time and a score that was raised are seen from outside."""
    process = subprocess.Popen([sys.executable, "-c", BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    taken_bytes = proc.private_memory_bytes(process.pid)
    assert taken_bytes is not None
    assert 300_000_000 <= taken_bytes < 400_000_000
    assert (proc.processor_time_s(process.pid) or 0.0) > 0.02
    machine.offer_to_oom_killer(process.pid, score=500)
    assert int(Path(f"/proc/{process.pid}/oom_score_adj").read_text()) >= 500
    machine.offer_to_oom_killer(process.pid, score=100)
    assert int(Path(f"/proc/{process.pid}/oom_score_adj").read_text()) >= 500
    process.communicate()
