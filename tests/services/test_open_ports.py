"""Whatever a session and its jobs listen on, strangers get nothing there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from batch_jobs import processes
from batch_queries import slow_sums
from real_service import Service
from until import wait_until

import overproof as op

pytest.importorskip("dask_jobqueue", reason="dask-jobqueue is not installed")


@pytest.mark.nightly
def test_every_port_of_a_session_on_slurm_is_closed_to_strangers(
    slurm: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scheduler, hub, Dask workers and outposts: each port that other machines reach asks for credentials."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "engines" / "chaos"))
    from strangers import STRANGERS, frame, is_nothing, knock, listening

    at_first = listening([os.getpid()])
    with op.Session("slurm:2", progress=False) as session:
        query = session.process(slow_sums, cycles=1_000_000, wait=False)
        wait_until(lambda: query.progress().account.processed, "nothing is brought in")
        here, there = listening([os.getpid()]) - at_first, listening(processes(slurm.folder))
        assert len(here) >= 2  # scheduler and hub
        assert len(there) >= 4  # two Dask workers, two outposts
        planted = tmp_path / "planted"
        answered = {
            (address, kind): heard
            for address in here | there
            for kind, shown in STRANGERS.items()
            if not is_nothing(heard := knock(address, shown(tmp_path), frame(planted)))
        }
        assert answered == {}
        assert not planted.exists()
        assert not query.wait(0)
        query.abort()
