"""Real services: started once for all tests of a process, and given to each test in a clean state."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from batch_jobs import cancel, condor_jobs, processes, remove, slurm_jobs
from namespaces import Hosts, started_hosts
from real_service import Service, free_ports, started
from until import wait_until

CONDOR = os.environ.get("HTC_CACHE", "/opt/cache/htcondor")


@pytest.fixture(scope="session")
def slurm_cluster() -> Iterator[Service]:
    """Start a Slurm of two nodes with two cores each: what runs in partition `low` gives way to partition `high`."""
    needs = ["slurmctld", "slurmd", "sbatch", "munged"]
    with started("slurm-cluster.sh", free_ports(1, 2), needs=needs, NODES="2") as service:
        yield service


@pytest.fixture
def slurm(slurm_cluster: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """Be a user of Slurm; jobs that are left in the end are cancelled."""
    for name, value in slurm_cluster.environment.items():
        monkeypatch.setenv(name, value)
    yield slurm_cluster
    cancel(slurm_jobs())
    wait_until(lambda: not slurm_jobs(), "jobs do not leave Slurm")
    wait_until(lambda: not processes(slurm_cluster.folder), "processes outlive their jobs")


@pytest.fixture(scope="session")
def condor_pool() -> Iterator[Service]:
    """Start an HTCondor pool of two machines with two cores each."""
    with started("htcondor-pool.sh", free_ports(), needs=[f"{CONDOR}/.ok"], NODES="2", HTC_CACHE=CONDOR) as service:
        yield service


@pytest.fixture
def condor(condor_pool: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """Be a user of HTCondor; jobs that are left in the end are removed."""
    for name, value in condor_pool.environment.items():
        monkeypatch.setenv(name, value)
    yield condor_pool
    remove(condor_jobs())
    wait_until(lambda: not condor_jobs(), "jobs do not leave HTCondor")
    wait_until(lambda: not processes(condor_pool.folder), "processes outlive their jobs")


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    """Start two hosts beside this machine."""
    with started_hosts(2) as running:
        yield running


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Give a folder that jobs may read and write, whoever they run as."""
    with tempfile.TemporaryDirectory(prefix="opd", dir="/tmp", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)
