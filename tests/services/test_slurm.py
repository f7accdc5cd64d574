"""A real Slurm: the same answer as here, whatever happens to its jobs, and no job left behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from batch_jobs import answer, cancel, slurm_jobs
from batch_queries import (
    check_that_a_query_outlives,
    check_that_nothing_is_computed_twice,
    check_that_nothing_is_left,
    drawn,
    kill_with_all,
    write_file,
)
from real_service import Service

import overproof as op

pytest.importorskip("dask_jobqueue", reason="dask-jobqueue is not installed")


def test_a_histogram_drawn_on_slurm_is_the_one_drawn_here(slurm: Service, open_folder: Path) -> None:
    """The same line with another engine: the same document, bit for bit."""
    write_file(open_folder / "events.root")
    assert drawn("slurm:2", open_folder / "events.root") == drawn("local:2", open_folder / "events.root")


@pytest.mark.chaos
@pytest.mark.nightly
def test_a_job_that_is_cancelled_in_the_middle_changes_nothing(slurm: Service) -> None:
    """Another job comes in its place, and what it had not handed over is done again."""
    check_that_a_query_outlives("slurm:2", lambda: cancel(slurm_jobs("running")[:1]))


def test_a_job_that_is_cancelled_hands_over_first(slurm: Service, open_folder: Path) -> None:
    """Slurm gives notice by SIGTERM: what was computed is brought in within the time it leaves."""
    check_that_nothing_is_computed_twice(
        "slurm:2", lambda: cancel(slurm_jobs("running")[:1]), open_folder / "computed"
    )  # fmt: skip


@pytest.mark.chaos
def test_no_job_outlives_a_user_who_is_killed(slurm: Service) -> None:
    """After kill -9 of the user's process no job of his is left."""
    check_that_nothing_is_left("slurm:2", slurm_jobs, within_s=30)


@pytest.mark.chaos
@pytest.mark.nightly
def test_preemption_changes_nothing(slurm: Service) -> None:
    """Jobs of a partition that comes first take all nodes; the query goes on when they are over."""

    def preempt() -> None:
        answer("sbatch", "--partition=high", "--nodes=2", "--exclusive", "--output=/dev/null", "--wrap=true")

    check_that_a_query_outlives("slurm:2", preempt, n_times=2)


@pytest.mark.chaos
@pytest.mark.nightly
def test_a_node_that_dies_changes_nothing(slurm_cluster: Service, slurm: Service) -> None:
    """A node that is killed takes its jobs along, without notice."""

    def kill() -> None:
        slurm.tell("kill", "n1")
        slurm.tell("restart", "n1")

    check_that_a_query_outlives("slurm:2", kill)


@pytest.mark.chaos
@pytest.mark.nightly
def test_jobs_end_by_themselves_when_the_machine_of_their_user_fails(slurm: Service) -> None:
    """Where nobody is left who could remove them, they end after a minute without a master."""
    check_that_nothing_is_left("slurm:2", slurm_jobs, within_s=120, kill=kill_with_all)


def secrets_seen(cycles: Any) -> dict[str, Any]:
    """Say which variables of this process and of its parents have what must not be there."""
    import os
    from pathlib import Path

    seen, pid = [], os.getpid()
    while pid > 1:
        place = Path(f"/proc/{pid}")
        try:
            seen += [each.decode() for each in (place / "environ").read_bytes().split(b"\0") if b"SECRET-TOKEN" in each]
        except OSError:
            break  # somebody else's: the batch system's own
        pid = int((place / "stat").read_text().rpartition(")")[2].split()[1])
    return {"seen": sorted(set(seen)), "own": [name for name in os.environ if "INHERIT_CONFIG" in name], "n": 1}


def test_a_token_is_in_no_environment_of_a_job(slurm: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither workers nor any process above them have the user's token there, nor workers a key of Dask's."""
    monkeypatch.setenv("BEARER_TOKEN", "SECRET-TOKEN-123")
    with op.Session("slurm:1", progress=False) as session:
        result = session.process(secrets_seen, cycles=1, journal=False)
    assert dict(result) == {"seen": [], "own": [], "n": 1}
