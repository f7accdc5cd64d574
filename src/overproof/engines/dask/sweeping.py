"""What removes the jobs of a session whose process was killed: nobody else would, before they had waited in vain."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path
from typing import Final

DONE: Final = "done"
SCRIPT: Final = (
    'while read -r said; do [ "$said" = done ] && exit 0; done; {sweep}; sleep 5; {sweep}; rm -rf {directory}'
)
"""Waits until its standard input is closed, and sweeps twice: a job may just be on its way."""


def sweeping_command(kind: str, name: str) -> str:
    """Return the shell's command that removes all jobs of a name.

    Args:
        kind: `slurm` or `htcondor`.
        name: of the jobs (Slurm), or what the names of their batches begin with (HTCondor).
    """
    if kind == "slurm":
        return f"scancel --name={shlex.quote(name)} --user=$(id -un) 2>/dev/null"
    constraint = f'regexp("^{name}-", JobBatchName)'
    return f"condor_rm -constraint {shlex.quote(constraint)} >/dev/null 2>&1"


class Sweeper:
    """A small process that outlives this one, should this one be killed.

    Args:
        kind, name: as of `sweeping_command`.
        directory: removed with the jobs.
    """

    def __init__(self, kind: str, name: str, *, directory: Path) -> None:
        script = SCRIPT.format(sweep=sweeping_command(kind, name), directory=shlex.quote(str(directory)))
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, text=True,
        )  # fmt: skip

    def dismiss(self) -> None:
        """End it: the jobs are gone."""
        self._process.communicate(f"{DONE}\n")
