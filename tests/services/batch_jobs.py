"""Jobs in the queues of real batch systems, as their own programs tell them."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

ANSWER_S = 30.0


def slurm_jobs(state: str = "all") -> list[str]:
    """List the numbers of all jobs in Slurm's queue, the oldest first: those that end still are not told."""
    lines = answer("squeue", "--noheader", "--sort=i", f"--states={state}", "--format=%i %t").splitlines()
    return [line.split()[0] for line in lines if line.split()[1] in {"PD", "R", "CF", "S"}]


def condor_jobs(constraint: str = "true") -> list[str]:
    """List the numbers of all jobs in HTCondor's queue that meet a constraint: those that are removed still too."""
    return answer("condor_q", "-constraint", constraint, "-autoformat:j", "JobStatus").split()[::2]


def processes(of: Path) -> list[int]:
    """List the processes of jobs of the service that lives in this folder: Dask workers, outposts and their own."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            is_ours = any(
                name in (place / "cmdline").read_bytes() for name in (b"cli.dask_worker", b"overproof.engines")
            )
            if is_ours and os.fsencode(of) in (place / "environ").read_bytes():
                found.append(int(place.name))
    return sorted(set(found) - {os.getpid()})


def answer(*command: str) -> str:
    """Run a program of a batch system; return what it says."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=ANSWER_S, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"
    return done.stdout


def cancel(jobs: Sequence[str]) -> None:
    """Cancel jobs of Slurm."""
    if jobs:
        answer("scancel", *jobs)


def remove(jobs: Sequence[str]) -> None:
    """Remove jobs of HTCondor; what is forced out of the queue would keep its slot for long."""
    if jobs:  # some may have gone by themselves
        subprocess.run(["condor_rm", *jobs], capture_output=True, timeout=ANSWER_S, check=False)
