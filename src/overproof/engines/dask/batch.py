"""Jobs of batch systems with a Dask worker in each, their secrets kept to themselves."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import dask.config
from dask.utils import parse_bytes
from dask_jobqueue.htcondor import HTCondorCluster, HTCondorJob
from dask_jobqueue.slurm import SLURMCluster, SLURMJob
from distributed import Security
from distributed.core import Status

MEMORY_PER_CORE_BYTES: Final = 1_800_000_000
"""A little less than the 2 GB a core that nodes are bought with, some of which their own system takes."""
DEATH_TIMEOUT_S: Final = 60
SECRETS: Final = "overproof-dask.config"
INHERIT: Final = "DASK_INTERNAL_INHERIT_CONFIG"
"""The variable by which Dask hands its configuration to processes that it starts."""
_NAMES_OF_SECRETS: Final = re.compile(
    rf"{INHERIT}|.*(TOKEN|SECRET|SECRET_KEY|PASSWORD|PASSWD|PASSPHRASE|(API|ACCESS|PRIVATE)_?KEY(_ID)?)", re.IGNORECASE
)
LOG: Final = "OVERPROOF_JOB_LOG"
"""The variable that names the log of a job, which goes when the job ends as it should."""


class _Quiet:
    """A job that ends as clusters expect, and whose script nobody else can read."""

    job_script: Callable[[], str]

    @contextlib.contextmanager
    def job_file(self) -> Iterator[str]:
        """Write the script for the moment of its submission."""
        handle, path = tempfile.mkstemp(prefix="overproof-", suffix=".sh")  # mode 0600
        try:
            with os.fdopen(handle, "w") as file:
                file.write(self.job_script())
            yield path
        finally:
            os.unlink(path)


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """Leave out variables whose names say that they are secrets; those that lead to files with secrets stay."""
    return {name: value for name, value in environment.items() if not _NAMES_OF_SECRETS.fullmatch(name)}


class PrivateSlurmJob(_Quiet, SLURMJob):  # type: ignore[misc]  # it has no types
    """A job of Slurm."""

    async def _submit_job(self, script: str) -> str:
        """Submit it without secrets: Slurm copies the environment of whoever submits, and writes it down."""
        said = await self._call([*shlex.split(self.submit_command), script], env=without_secrets(os.environ))
        return str(said)

    async def close(self) -> None:
        """Cancel it."""
        await super().close()
        self.status = Status.closed


class PrivateHTCondorJob(_Quiet, HTCondorJob):  # type: ignore[misc]  # dask-jobqueue has no types
    """A job of HTCondor."""

    async def _submit_job(self, script: str) -> str:
        """Submit it; without secrets where the environment is asked for, which goes into a description for everybody.

        Elsewhere they stay: HTCondor itself may ask for a token.
        """
        is_copied = any(name.lower() == "getenv" for name in self.job_header_dict)
        environment = without_secrets(os.environ) if is_copied else dict(os.environ)
        return str(await self._call([*shlex.split(self.submit_command), script], env=environment))

    async def close(self) -> None:
        """Remove it."""
        await super().close()
        self.status = Status.closed


class _Unshared:
    """A cluster that leaves no file with secrets behind: they travel with each job."""

    def _get_worker_security(self, _: Security) -> None:
        """Write nothing to a directory that all hosts would have to share."""


class SlurmCluster(_Unshared, SLURMCluster):  # type: ignore[misc]  # dask-jobqueue has no types
    """Jobs of Slurm with a Dask worker in each."""

    job_cls = PrivateSlurmJob


class CondorCluster(_Unshared, HTCondorCluster):  # type: ignore[misc]  # dask-jobqueue has no types
    """Jobs of HTCondor with a Dask worker in each."""

    job_cls = PrivateHTCondorJob


CLUSTERS: Final[dict[str, Any]] = {"slurm": SlurmCluster, "htcondor": CondorCluster}


def make_cluster(kind: str, name: str, options: Mapping[str, Any], *, port: int, directory: Path) -> Any:
    """Start a scheduler here, and be ready to submit jobs to a batch system.

    Args:
        kind: `slurm` or `htcondor`.
        name: nobody else's; of its jobs.
        options: of the cluster of dask-jobqueue.
        port: of the scheduler; 0: any that is free.
        directory: private, and there as long as the cluster is; for what HTCondor transfers.
    """
    security = Security.temporary()
    cores = int(options.get("cores", 1))
    settings = {
        "cores": cores,
        "processes": 1,
        "memory": f"{MEMORY_PER_CORE_BYTES * cores}B",
        "nanny": False,  # the outpost and its watchman do all that a nanny does
        "death_timeout": DEATH_TIMEOUT_S,
        **options,
        "name": name,
        "job_name": name,
        "python": f"exec {options.get('python', sys.executable)}",  # so that signals reach it, and not a shell
        "security": security,
        "protocol": "tls://",
    }
    settings["scheduler_options"] = {
        "port": port, "dashboard_address": "127.0.0.1:0", "dashboard": False, **options.get("scheduler_options", {}),
    }  # fmt: skip
    settings["worker_extra_args"] = [*options.get("worker_extra_args", ()), "--dashboard-address", "127.0.0.1:0"]
    secrets = dask.config.serialize(_for_workers(security))
    _of_kind[kind](settings, secrets, directory)
    with dask.config.set({"distributed.scheduler.http.routes": []}):
        return CLUSTERS[kind](**settings)


def _for_slurm(settings: dict[str, Any], secrets: str, _: Path) -> None:
    """Put secrets into the script, which Slurm keeps for its owner; let jobs write where they run."""
    # Said exactly: it would be rounded up to whole gigabytes, of which nodes have less than they were bought with.
    settings.setdefault("job_mem", f"{parse_bytes(settings['memory']) // 2**20}M")
    prologue = [f"export {INHERIT}={secrets}"]
    if not settings.get("log_directory"):
        settings["job_extra_directives"] = [
            "--output=/dev/null", "--error=/dev/null", *settings.get("job_extra_directives", ())
        ]  # fmt: skip
        # By mktemp: for its owner alone, and under a name that nobody can take before.
        prologue.append(f'{LOG}=$(mktemp "${{TMPDIR:-/tmp}}/overproof-$SLURM_JOB_ID.XXXXXXXX") && export {LOG}')
        prologue.append(f'[ -z "${LOG}" ] || exec >"${LOG}" 2>&1')
    settings["job_script_prologue"] = [*prologue, *settings.get("job_script_prologue", ())]


def _for_htcondor(settings: dict[str, Any], secrets: str, directory: Path) -> None:
    """Let HTCondor transfer secrets as a file: what is in a job's description can be read by everybody."""
    place = directory / SECRETS
    place.touch(mode=0o600)
    place.write_text(secrets, encoding="ascii")
    said = dict(settings.get("job_extra_directives", {}))
    more = [said.pop("transfer_input_files")] if "transfer_input_files" in said else []
    settings["job_extra_directives"] = {
        "should_transfer_files": "YES",
        "when_to_transfer_output": "ON_EXIT",
        "transfer_executable": "False",
        "transfer_output_files": '""',
        "Error": str(directory / "$(ClusterId).err"),
        "transfer_input_files": ", ".join([str(place), *more]),
        **said,
    }
    settings.setdefault("disk", "1GB")
    # Backquotes, since $(...) is a macro to HTCondor.
    settings["job_script_prologue"] = [f"export {INHERIT}=`cat {SECRETS}`", *settings.get("job_script_prologue", ())]


_of_kind: Final = {"slurm": _for_slurm, "htcondor": _for_htcondor}


def _for_workers(security: Security) -> dict[str, Any]:
    """Return the configuration of Dask that workers need to be let in, and with which they let nobody else in."""
    said = security.get_tls_config_for_role("worker")
    mine = {"key": said["key"], "cert": said["cert"]}
    return {
        "distributed": {
            "comm": {
                "require-encryption": True,
                "tls": {"ca-file": said["ca_file"], "worker": mine, "client": mine},
            },
            "worker": {"http": {"routes": []}, "preload": [], "memory": {"spill": False}},
        }
    }


def private_directory() -> Path:
    """Make a directory that nobody else can enter."""
    return Path(tempfile.mkdtemp(prefix="overproof-jobs-"))


def forget(directory: Path) -> None:
    """Remove it."""
    shutil.rmtree(directory, ignore_errors=True)
