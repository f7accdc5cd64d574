"""A real HTCondor: the same answer as here, whatever happens to its jobs, and no job left behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from batch_jobs import answer, condor_jobs
from batch_queries import (
    check_that_a_query_outlives,
    check_that_nothing_is_computed_twice,
    check_that_nothing_is_left,
    drawn,
    kill_with_all,
    write_file,
)
from real_service import Service

pytest.importorskip("dask_jobqueue", reason="dask-jobqueue is not installed")

RUNNING = "JobStatus == 2"


def remove_one() -> None:
    """Remove one job that runs."""
    answer("condor_rm", condor_jobs(RUNNING)[0])


def vacate_one() -> None:
    """Take the slot away from one job that runs, as preemption does; HTCondor starts it again elsewhere."""
    answer("condor_vacate_job", condor_jobs(RUNNING)[0])


def test_a_histogram_drawn_on_htcondor_is_the_one_drawn_here(condor: Service, open_folder: Path) -> None:
    """The same line with another engine: the same document, bit for bit."""
    write_file(open_folder / "events.root")
    assert drawn("htcondor:2", open_folder / "events.root") == drawn("local:2", open_folder / "events.root")


@pytest.mark.chaos
@pytest.mark.nightly
def test_a_job_that_is_removed_in_the_middle_changes_nothing(condor: Service) -> None:
    """Another job comes in its place, and what it had not handed over is done again."""
    check_that_a_query_outlives("htcondor:2", remove_one)


@pytest.mark.nightly
def test_a_job_that_is_vacated_hands_over_first(condor: Service, open_folder: Path) -> None:
    """HTCondor gives notice by SIGTERM: what was computed is brought in within the time it leaves."""
    check_that_nothing_is_computed_twice("htcondor:2", vacate_one, open_folder / "computed")


@pytest.mark.chaos
@pytest.mark.nightly
def test_no_job_outlives_a_user_who_is_killed(condor: Service) -> None:
    """After kill -9 of the user's process no job of his is left."""
    check_that_nothing_is_left("htcondor:2", condor_jobs, within_s=60)


@pytest.mark.chaos
@pytest.mark.nightly
def test_preemption_changes_nothing(condor: Service) -> None:
    """Jobs that are vacated again and again, as others come first, cost time and nothing else."""
    check_that_a_query_outlives("htcondor:2", vacate_one, n_times=4)


@pytest.mark.chaos
@pytest.mark.nightly
def test_jobs_end_by_themselves_when_the_machine_of_their_user_fails(condor: Service) -> None:
    """Where nobody is left who could remove them, they end after a minute without a master."""
    check_that_nothing_is_left("htcondor:2", condor_jobs, within_s=120, kill=kill_with_all)
