"""Crews on Dask: over a cluster that is there, or over jobs of a batch system."""

from __future__ import annotations

import contextlib
import math
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from distributed import Client

from overproof.engines.dask.batch import forget, make_cluster, private_directory
from overproof.engines.dask.jobs import Jobs
from overproof.engines.dask.options import checked_options, plainly
from overproof.engines.dask.ports import check_ports, free_port, some_port
from overproof.engines.dask.reaching import check_client, is_here, open_client, own_names, quieten
from overproof.engines.dask.starter import DaskStarter
from overproof.engines.dask.sweeping import Sweeper
from overproof.engines.outposts import OutpostCrew
from overproof.words.errors import EngineError, OptionError

COMMANDS: Final = {"slurm": ("sbatch", "squeue", "scancel"), "htcondor": ("condor_submit", "condor_q", "condor_rm")}


def hire_on_dask(where: str | Client, options: Mapping[str, Any]) -> OutpostCrew:
    """Hire a worker on every thread of a Dask cluster's workers, now and later.

    Args:
        where: the scheduler's address, or a client.
        options: `insecure`, `host`, `ports`.

    Raises:
        OptionError: an option makes no sense, or the scheduler is open.
        EngineError: nobody answers.
    """
    said = dict(options)
    insecure = _flag(said, "insecure")
    host, ports = _host(said), said.pop("ports", None)
    if said:
        raise OptionError(f"Dask knows no option {', '.join(sorted(said))}: there are insecure, host and ports")
    check_ports(ports, n_needed=1)
    if isinstance(where, str):
        quieten()
        client = open_client(where, insecure=insecure)
        close = client.close
    else:
        check_client(where, insecure=insecure)
        client, close = where, _do_nothing
    try:
        return _crew(client, DaskStarter(client, close=close), host=host, ports=ports)
    except BaseException:
        close()
        raise


def hire_on_batch(kind: str, n_workers: int, options: Mapping[str, Any]) -> OutpostCrew:
    """Hire workers in jobs of a batch system.

    Args:
        kind: `slurm` or `htcondor`.
        n_workers: to keep up; they come as the jobs begin.
        options: `host`, `ports`, and those of the cluster of dask-jobqueue.

    Raises:
        OptionError: an option makes no sense.
        EngineError: there is no such batch system here.
    """
    said = dict(options)
    host, ports = _host(said), said.pop("ports", None)
    said = checked_options(kind, said)
    check_ports(ports, n_needed=2)
    for command in COMMANDS[kind]:
        if shutil.which(command) is None:
            raise EngineError(f"{command} is not on this machine: {kind} can be used where its commands are installed")
    quieten()
    name = f"overproof-{secrets.token_hex(4)}"
    with contextlib.ExitStack() as undoing:
        directory = private_directory()
        undoing.callback(forget, directory)
        batch = _Batch(kind, name, said, n_workers=n_workers, host=host, ports=ports, directory=directory)
        undoing.callback(batch.close)
        starter = DaskStarter(
            batch.client, n_workers=n_workers, jobs=batch.jobs, is_own_cluster=True, close=batch.close
        )  # fmt: skip
        crew = _crew(batch.client, starter, host=host, ports=ports)
        undoing.pop_all()
    return crew


class _Batch:
    """A cluster of jobs, with all that goes with it."""

    def __init__(
        self,
        kind: str,
        name: str,
        options: dict[str, Any],
        *,
        n_workers: int,
        host: str | None,
        ports: str | int | None,
        directory: Path,
    ) -> None:
        self._directory = directory
        port = free_port(ports)
        if host is not None:
            port = port or some_port()  # it is said with the host
            said = {"contact_address": f"tls://{host}:{port}", **options.get("scheduler_options", {})}
            options = {**options, "scheduler_options": said}
        try:
            self._cluster = make_cluster(kind, name, options, port=port, directory=directory)
        except (ValueError, TypeError) as error:
            raise OptionError(f"{kind}: {plainly(error)}") from None  # the cause may tell keys
        except (RuntimeError, OSError) as error:
            raise EngineError(f"no scheduler can be started here: {plainly(error)}") from None
        self._sweeper = Sweeper(kind, name, directory=directory)
        try:
            self.client = Client(self._cluster, set_as_default=False)
            n_jobs = math.ceil(n_workers / options.get("cores", 1))
            self.jobs = Jobs(self._cluster, kind, n_jobs=n_jobs)
        except BaseException:
            self._cluster.close()
            self._sweeper.dismiss()
            raise

    def close(self) -> None:
        """Give all slots back."""
        self.jobs.close()
        with contextlib.suppress(Exception):  # of Dask's many kinds: what it leaves is swept
            self.client.close()
        with contextlib.suppress(Exception):
            self._cluster.close()
        self._sweeper.dismiss()
        forget(self._directory)


def _crew(client: Client, starter: DaskStarter, *, host: str | None, ports: str | int | None) -> OutpostCrew:
    address = client.scheduler.address
    names = own_names(address)
    return OutpostCrew(
        starter,
        hosts=(host, *names) if host else names,
        listen_on="127.0.0.1" if is_here(address) else "",
        port=free_port(ports),
    )


def _flag(options: dict[str, Any], name: str) -> bool:
    value = options.pop(name, False)
    if not isinstance(value, bool):
        raise OptionError(f"{name}={value!r}: give True or False")
    return value


def _host(options: dict[str, Any]) -> str | None:
    value = options.pop("host", None)
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise OptionError(f"host={value!r}: give the name or address by which slots reach this machine")
    return value


def _do_nothing() -> None:
    """Leave the user's client alone."""
