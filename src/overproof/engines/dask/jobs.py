"""The jobs of a cluster: kept up, and asked after while their workers do not come."""

from __future__ import annotations

import asyncio
import re
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from overproof.words.errors import EngineError
from overproof.words.frozen import dataclass

LOOK_S: Final = 1.0
ASK_S: Final = 5.0
"""How often the batch system is asked; those of large sites do not like to be asked more often."""
EARLY: Final = "jobs end before their workers come"
MAX_FAILURES: Final = 3
"""Jobs in a row that may end before their worker has come."""


NAMES: Final = {"slurm": "Slurm", "htcondor": "HTCondor"}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """How a job stands.

    Attributes:
        state: one word of the batch system's.
        reason: why it waits or is held; empty: nobody says.
        is_held: it will not run unless somebody does something.
    """

    state: str
    reason: str = ""
    is_held: bool = False


class Jobs:
    """Keeps a number of jobs in the queue or running.

    Args:
        cluster: of dask-jobqueue.
        kind: `slurm` or `htcondor`.
        n_jobs: to keep.
    """

    def __init__(self, cluster: Any, kind: str, *, n_jobs: int) -> None:
        self._cluster = cluster
        self._kind = kind
        self._n_jobs = n_jobs
        self._lock = threading.Lock()
        self._joined: set[str] = set()
        self._failures: list[str] = []
        self._states: dict[str, JobState] = {}
        self._problem = ""
        self._is_closed = False
        self._keeping = asyncio.run_coroutine_threadsafe(self._keep(), cluster.loop.asyncio_loop)

    @property
    def awaited(self) -> str:
        """Say what the batch system says of jobs that have not begun."""
        with self._lock:
            waiting = Counter(
                f"{each.state} ({each.reason})" if each.reason else each.state for each in self._states.values()
            )
        said = ", ".join(f"{n} {how}" for how, n in waiting.most_common(3))
        return f"waiting for jobs of {NAMES[self._kind]}" + (f": {said}" if said else "")

    def check(self) -> None:
        """See whether there is hope.

        Raises:
            EngineError: jobs end before their workers come, or cannot be submitted.
        """
        if self._keeping.done() and not self._is_closed:
            self._keeping.result()  # raises what is our own fault
        with self._lock:
            problem = self._problem
            if len(self._failures) >= MAX_FAILURES:
                problem = self._failures[-1]
            held = [f"{job} ({state.reason})" for job, state in self._states.items() if state.is_held]
            if held and len(held) == len(self._states):
                problem = f"all jobs are held: {held[0]}"
        if problem:
            raise EngineError(problem)

    def close(self) -> None:
        """Keep them no more."""
        self._is_closed = True
        self._keeping.cancel()

    # -- in Dask's thread

    async def _keep(self) -> None:
        asked_s = 0.0
        loop = asyncio.get_running_loop()
        while not self._is_closed:
            await self._fill_up()
            self._joined |= {str(each["name"]) for each in self._cluster.scheduler_info["workers"].values()}
            if loop.time() - asked_s > ASK_S:
                await self._ask()
                asked_s = loop.time()
            await asyncio.sleep(LOOK_S)

    async def _fill_up(self) -> None:
        """Submit what lacks."""
        cluster = self._cluster
        while len(cluster.worker_spec) < self._n_jobs:
            cluster.worker_spec.update(cluster.new_worker_spec())
        if not set(cluster.worker_spec) - set(cluster.workers) or len(self._failures) >= MAX_FAILURES:
            return
        try:
            await cluster._correct_state()
        except (RuntimeError, OSError, ValueError) as error:
            self._fail(f"jobs cannot be submitted: {_last_line(str(error))}")
            for name in [name for name, job in cluster.workers.items() if not job.job_id]:
                await cluster.workers.pop(name).close()

    def _fail(self, how: str) -> None:
        with self._lock:
            self._failures.append(how)

    async def _ask(self) -> None:
        """Ask how jobs stand; strike off those that are gone."""
        jobs = {str(job.job_id): (name, job) for name, job in self._cluster.workers.items() if job.job_id}
        states = await _ASK[self._kind](self._call, list(jobs)) if jobs else {}
        if states is None:
            return  # the batch system does not answer: it may again
        with self._lock:
            self._states = {} if self._joined else states
            if self._joined & {str(each["name"]) for each in self._cluster.scheduler_info["workers"].values()}:
                self._failures.clear()
        for job_id, (name, job) in jobs.items():
            if job_id in states:
                continue
            if not any(joined == str(name) or joined.startswith(f"{name}-") for joined in self._joined):
                self._fail(await _ASK_WHY[self._kind](self._call, job_id))
            self._cluster.workers.pop(name, None)
            await job.close()

    async def _call(self, *command: str) -> str | None:
        """Run a command of the batch system; None: it failed."""
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
            )
            said, _ = await asyncio.wait_for(process.communicate(), 20)
        except (OSError, TimeoutError):
            return None
        return said.decode(errors="replace") if process.returncode == 0 else None


Call = Callable[..., Any]


async def _ask_slurm(call: Call, job_ids: list[str]) -> dict[str, JobState] | None:
    said = await call("squeue", "--noheader", "--me", "--format=%i|%T|%r")
    if said is None:
        return None
    rows = (line.split("|", 2) for line in said.splitlines() if line.count("|") >= 2)
    return {
        job_id: JobState(state=state, reason=reason, is_held="Held" in reason)
        for job_id, state, reason in rows if job_id in job_ids
    }  # fmt: skip


async def _ask_slurm_why(call: Call, job_id: str) -> str:
    said = await call("scontrol", "show", "job", "--oneliner", job_id) or ""
    found = dict(re.findall(r"\b(JobState|ExitCode|BatchHost)=(\S+)", said))
    if not found:
        return f"{EARLY}: Slurm's {job_id} is gone"
    host = found.get("BatchHost", "its node")
    return (
        f"{EARLY}: Slurm's {job_id} is {found.get('JobState')}, exit code {found.get('ExitCode')}; "
        f"see overproof-{job_id}.* in the temporary directory of {host}"
    )


async def _ask_htcondor(call: Call, job_ids: list[str]) -> dict[str, JobState] | None:
    said = await call("condor_q", *job_ids, "-af:,", "ClusterId", "ProcId", "JobStatus", "HoldReason")
    if said is None:
        return None
    states = {}
    for line in said.splitlines():
        cluster, process, status, reason = (part.strip() for part in line.split(",", 3))
        if status in _CONDOR_STATES:
            states[f"{cluster}.{process}"] = JobState(
                state=_CONDOR_STATES[status], reason=reason if status == "5" else "", is_held=status == "5"
            )
    return states


async def _ask_htcondor_why(call: Call, job_id: str) -> str:
    said = await call("condor_history", job_id, "-limit", "1", "-af:,", "ExitCode", "LastRemoteHost", "RemoveReason")
    lines = (said or "").strip().splitlines()
    if not lines:
        return f"{EARLY}: HTCondor's {job_id} is gone"
    code, host, reason = (part.strip() for part in lines[0].split(",", 2))
    why = "" if reason == "undefined" else f" ({reason})"
    return f"{EARLY}: HTCondor's {job_id} ended on {host}, exit code {code}{why}"


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.strip().endswith(":")]
    return lines[-1] if lines else text


_CONDOR_STATES: Final = {"1": "idle", "2": "running", "5": "held", "6": "transferring", "7": "suspended"}
_ASK: Final[dict[str, Callable[[Call, list[str]], Any]]] = {"slurm": _ask_slurm, "htcondor": _ask_htcondor}
_ASK_WHY: Final[dict[str, Callable[[Call, str], Any]]] = {"slurm": _ask_slurm_why, "htcondor": _ask_htcondor_why}
