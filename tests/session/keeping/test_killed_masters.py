"""The law of resuming: whatever a process dies of, the answer is the one of a process that did not."""

from __future__ import annotations

import os
import random
import select
import subprocess
import sys
from pathlib import Path

import pytest

from overproof.session.keeping import list_queries

VICTIM = Path(__file__).with_name("victim.py")
KILLED = -9


def run_victim(data: str, query_id: str, point: str, count: int) -> subprocess.CompletedProcess[str]:
    """Run or resume a query in a process that dies at a point."""
    return subprocess.run(
        [sys.executable, str(VICTIM), data, query_id, point, str(count)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def serial_answer(data: str) -> str:
    """Compute without any of it: one process, no folder, nothing killed."""
    code = (
        f"import sys; sys.path.insert(0, {str(VICTIM.parent)!r}); import victim; import overproof as op\n"
        "with op.Session('inline', progress=False) as session:\n"
        f"    result = session.process(victim.Everything(), {data!r}, block_entries=victim.BLOCK, journal=False)\n"
        "print(victim.dump_json(victim.document_of(result)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    return done.stdout.strip()


def still_there(home: Path, patience_s: float) -> list[int]:
    """Return the pids of processes that were started for queries in this home and have not ended in time."""
    left = []
    for place in Path("/proc").glob("[0-9]*"):
        pid = int(place.name)
        try:
            if pid == os.getpid() or str(home).encode() not in (place / "environ").read_bytes():
                continue
            handle = os.pidfd_open(pid)
        except OSError:  # it has ended, or is not ours
            continue
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        if not poll.poll(patience_s * 1000):
            left.append(pid)
        os.close(handle)
    return left


def run_on(data: str, points: list[tuple[str, int]]) -> str:
    """Run a query in processes that die one after the other, and let the last one live; return its answer."""
    query_id = "new"
    for point, count in points:
        died = run_victim(data, query_id, point, count)
        assert died.returncode == KILLED, (point, count, died.stdout, died.stderr)
        (query,) = list_queries()
        query_id = query.id
        assert query.state == "interrupted"
    done = run_victim(data, query_id, "never", 0)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == query_id
    return done.stdout.splitlines()[1]


@pytest.mark.chaos
def test_a_master_killed_again_and_again_changes_nothing(hard: str, home: Path) -> None:
    """Killed amid blocks, merges, records and checkpoints, and resumed each time: the serial answer, bit for bit."""
    answer = run_on(hard, [("block", 9), ("merge", 2), ("write", 2), ("fsync", 2), ("replace", 1)])
    assert answer == serial_answer(hard)
    assert '"processed": 2963' in answer
    assert still_there(home, patience_s=20) == []


@pytest.mark.chaos
@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(20))
def test_masters_killed_at_random(hard: str, home: Path, seed: int) -> None:
    """Whenever a process dies and whatever it does then: the serial answer, bit for bit, and no process left."""
    dice = random.Random(seed)
    most = {"block": 12, "merge": 12, "write": 8, "fsync": 8, "replace": 4}
    points = [(point := dice.choice(list(most)), dice.randint(1, most[point])) for _ in range(dice.randint(2, 6))]
    query_id, n_killed = "new", 0
    for point, count in points:
        died = run_victim(hard, query_id, point, count)
        if died.returncode == 0:
            break
        assert died.returncode == KILLED, died.stderr
        n_killed += 1
        # Killed before there was a folder, nothing is lost: it is asked again.
        query_id = next((query.id for query in list_queries()), "new")
    done = run_victim(hard, query_id, "never", 0)
    assert n_killed
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1] == serial_answer(hard)
    assert still_there(home, patience_s=20) == []
