"""What every batch system must show: the same answer as here, whatever happens to its jobs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import uproot
from at_leisure import Noted, slow_sums, sums
from until import wait_until

import overproof as op

N_BLOCKS, BLOCK_ENTRIES = 48, 500
N_CYCLES = 200
N_NOTED = 300

SCRIPT = """
import sys
import overproof as op
sys.path.insert(0, {folder!r})
from at_leisure import slow_sums
session = op.Session({engine!r}, progress=False)
query = session.process(slow_sums, cycles=1_000_000, wait=False)
while not query.progress().account.processed:
    assert not query.wait(0.05), query.result()
print("processed", flush=True)
query.wait(600)
"""


def write_file(path: Path) -> None:
    """Write a file of that many blocks; sums of its numbers depend on their order."""
    rng = np.random.default_rng(7)
    with uproot.recreate(path) as file:
        file.mktree("Events", {"x": "float64", "weight": "float64"})
        for _ in range(N_BLOCKS):
            weight = rng.normal(size=BLOCK_ENTRIES) * 10.0 ** rng.integers(-20, 20, size=BLOCK_ENTRIES)
            file["Events"].extend({"x": rng.normal(50, 20, size=BLOCK_ENTRIES), "weight": weight})


def drawn(engine: str, path: Path) -> dict[str, Any]:
    """Draw on the command line; return the document."""
    command = [
        sys.executable, "-m", "overproof", "draw", f"{path}:Events", "x", "--cut", "weight", "--bins", "50,0,100",
        "--block-entries", str(BLOCK_ENTRIES), "--engine", engine, "--json", "-", "--quiet",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    assert document["account"]["processed"] == N_BLOCKS * BLOCK_ENTRIES
    return document


def check_that_a_query_outlives(engine: str, lose_one: Callable[[], None], *, n_times: int = 1) -> None:
    """Lose a job, again and again while something is done in between; compare with the serial answer."""
    with op.Session("inline", progress=False) as session:
        serial = dict(session.process(sums, cycles=n_times * N_CYCLES))
    with op.Session(engine, progress=False) as session:
        query = session.process(slow_sums, cycles=n_times * N_CYCLES, delta_interval_s=0.2, wait=False)
        n_processed = 0
        for _ in range(n_times):
            wait_for_more(query, than=n_processed)
            n_processed = query.progress().account.processed
            lose_one()
        result = query.result()
    assert dict(result) == serial
    assert result.account.processed == result.account.total == n_times * N_CYCLES
    assert not result.excluded


def check_that_nothing_is_computed_twice(engine: str, take_one_back: Callable[[], None], path: Path) -> None:
    """Take a slot back with notice while no delta was handed over yet: what is done there is brought in first."""
    path.touch()
    path.chmod(0o666)
    with op.Session(engine, progress=False) as session:
        query = session.process(Noted(path), cycles=N_NOTED, delta_interval_s=600.0, wait=False)

        def are_both_at_work() -> bool:
            assert not query.wait(0), "the query is over too soon"
            return query.progress().n_workers == 2 and len(path.read_text().splitlines()) > 20

        wait_until(are_both_at_work, "nothing is computed")
        computed = path.read_text().splitlines()
        take_one_back()
        result = query.result()
    noted = path.read_text().splitlines()
    # Later ones may be: a block that takes long at one worker in the end is given to another one too.
    assert [first for first in computed if noted.count(first) > 1] == [], result.statistics
    assert {int(first) for first in noted} == set(result["firsts"])


def kill_alone(pid: int) -> None:
    """Kill a process."""
    os.kill(pid, signal.SIGKILL)


def kill_with_all(pid: int) -> None:
    """Kill a process and whatever it has started here, all at once, as when a machine fails."""
    pids = [pid]
    for parent in pids:
        said = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True, check=False).stdout
        pids += [int(child) for child in said.split()]
    for each in pids:
        os.kill(each, signal.SIGSTOP)  # so that none can do anything about the end of another one
    for each in pids:
        os.kill(each, signal.SIGKILL)


def wait_for_more(query: Any, *, than: int) -> None:
    """Wait until more entries are brought in."""

    def is_so() -> bool:
        assert not query.wait(0), "the query is over too soon"
        return query.progress().account.processed > than

    wait_until(is_so, "nothing is brought in")


def check_that_nothing_is_left(
    engine: str, jobs: Callable[[], list[str]], *, within_s: float, kill: Callable[[int], None] = kill_alone
) -> None:
    """Kill the user's process in the middle of a query: its jobs go."""
    script = SCRIPT.format(engine=engine, folder=str(Path(__file__).parent))
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "processed\n"
        assert len(jobs()) == 2
        kill(process.pid)
        process.wait(20)
    wait_until(lambda: not jobs(), "jobs outlive their user", within_s=within_s)
