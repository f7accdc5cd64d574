"""Laws of batch jobs: their secrets are theirs alone, they are kept up, and none outlives its session."""

from __future__ import annotations

import base64
import json
import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("distributed", reason="the extra dask is not installed")


from overproof.engines.dask import batch
from overproof.engines.dask.hiring import hire_on_batch
from overproof.engines.dask.sweeping import Sweeper
from overproof.words.errors import EngineError, OptionError

DEADLINE_S = 30.0
SECRET = re.compile(r"DASK_INTERNAL_INHERIT_CONFIG=(\S+)")


def wait_until(is_true: Callable[[], object]) -> None:
    deadline_s = time.monotonic() + DEADLINE_S
    while not is_true():
        assert time.monotonic() < deadline_s, "in vain"


@pytest.fixture
def pretend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Put programs of these names before all others; each writes down how it was called."""
    place = tmp_path / "bin"
    place.mkdir()
    monkeypatch.setenv("PATH", f"{place}{os.pathsep}{os.environ['PATH']}")

    def write(**scripts: str) -> Path:
        for name, script in scripts.items():
            program = place / name
            program.write_text(f'#!/bin/sh\necho {name} "$@" >>{tmp_path}/calls\n{script}\n')
            program.chmod(0o755)
        return tmp_path / "calls"

    return write


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Make clusters, and close them."""
    made = []

    def make(kind: str, **options: Any) -> Any:
        made.append(batch.make_cluster(kind, "overproof-x", options, port=0, directory=tmp_path))
        return made[-1]

    yield make
    for each in made:
        each.close()


def key_in(secrets: str) -> str:
    return str(json.loads(base64.urlsafe_b64decode(secrets))["distributed"]["comm"]["tls"]["worker"]["key"])


def test_the_secrets_of_slurm_jobs_are_in_their_script_which_nobody_else_reads(cluster: Callable[..., Any]) -> None:
    """The script has the key, is private while it is submitted, and is gone then; no path of a shared home is in it."""
    made = cluster("slurm", cores=2)
    found = SECRET.search(made.job_script())
    assert found is not None
    assert "PRIVATE KEY" in key_in(found[1])
    with made._dummy_job.job_file() as path:
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert not os.path.exists(path)
    assert "--tls" not in made.job_script()
    assert "--mem=3433M" in made.job_script()  # 2 x 1.8 GB, not rounded up to more than nodes have


def test_the_secrets_of_htcondor_jobs_are_in_no_description(cluster: Callable[..., Any], tmp_path: Path) -> None:
    """Everybody may read the description of a job: the key is in a private file that is transferred."""
    said = cluster("htcondor", job_extra_directives={"transfer_input_files": "mine.txt"}).job_script()
    place = tmp_path / batch.SECRETS
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    secrets = place.read_text()
    assert "PRIVATE KEY" in key_in(secrets)
    assert secrets not in said
    assert not re.search(r"[A-Za-z0-9+/_-]{200}", said)
    assert f"transfer_input_files = {place}, mine.txt" in said


def test_what_the_user_says_goes_over_what_we_think(cluster: Callable[..., Any]) -> None:
    """Options are those of dask-jobqueue; what it does not know is an error that names it."""
    script = cluster(
        "slurm",
        queue="short",
        memory="3 GB",
        walltime="00:10:00",
        python="/opt/python",
        job_script_prologue=["module x"],
    ).job_script()
    for said in ("-p short", "--mem=2861M", "-t 00:10:00", "exec /opt/python -m", "module x"):
        assert said in script


def test_an_option_that_there_is_none_of_is_named(pretend: Callable[..., Path]) -> None:
    """Nothing is submitted for it."""
    calls = pretend(sbatch="exit 1", squeue="", scancel="")
    with pytest.raises(OptionError, match="quue"):
        hire_on_batch("slurm", 2, {"quue": "short"})
    assert not calls.exists() or "sbatch" not in calls.read_text()


def test_the_name_of_this_machine_is_what_the_site_says(pretend: Callable[..., Path], tmp_path: Path) -> None:
    """Jobs and outposts call the host that is named, by ports of the range that is named."""
    pretend(sbatch=f"cp $1 {tmp_path}/script; echo Submitted batch job 17", squeue="echo '17|PENDING|'", scancel="")
    crew = hire_on_batch("slurm", 1, {"host": "localhost", "ports": "41300-41399"})
    try:
        wait_until((tmp_path / "script").exists)
        wait_until(lambda: "dask_worker" in (tmp_path / "script").read_text())
        assert re.search(r"dask_worker tls://localhost:413\d\d ", (tmp_path / "script").read_text())
        assert crew.invitation.hosts[0] == "localhost"
        assert crew.invitation.port in range(41300, 41400)
    finally:
        crew.close()


def test_without_the_commands_of_a_batch_system_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the command that is missing."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EngineError, match="sbatch is not on this machine"):
        hire_on_batch("slurm", 2, {})


@pytest.mark.parametrize(
    ("sbatch", "complaint"),
    [
        (
            "echo 'sbatch: error: invalid partition' >&2; exit 1",
            "cannot be submitted: sbatch: error: invalid partition",
        ),
        ("echo Submitted batch job 17", "before their workers come: Slurm's 17 is FAILED, exit code 127:0.*of n7"),
    ],
    ids=["refused", "ended"],
)
def test_jobs_that_come_to_nothing_end_the_wait_with_the_reason(
    pretend: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, sbatch: str, complaint: str
) -> None:
    """Who waits for workers hears what the batch system says, after a few tries, and is not left waiting."""
    monkeypatch.setattr("overproof.engines.dask.jobs.LOOK_S", 0.01)
    monkeypatch.setattr("overproof.engines.dask.jobs.ASK_S", 0.01)
    found = "echo JobId=17 JobState=FAILED ExitCode=127:0 BatchHost=n7"
    calls = pretend(sbatch=sbatch, squeue="", scancel="", scontrol=found)
    crew = hire_on_batch("slurm", 1, {})
    try:
        with pytest.raises(EngineError, match=complaint):
            wait_until(lambda: crew.poll(0.05))
    finally:
        crew.close()
    assert 3 <= calls.read_text().count("sbatch") <= 4


def test_who_waits_sees_what_the_batch_system_says(
    pretend: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While no worker has come, progress tells how many jobs wait, and why."""
    monkeypatch.setattr("overproof.engines.dask.jobs.LOOK_S", 0.01)
    monkeypatch.setattr("overproof.engines.dask.jobs.ASK_S", 0.01)
    calls = pretend(sbatch="echo Submitted batch job 17", squeue="echo '17|PENDING|Priority'", scancel="", scontrol="")
    crew = hire_on_batch("slurm", 1, {})
    try:
        wait_until(lambda: crew.awaited == "waiting for jobs of Slurm: 1 PENDING (Priority)")
        assert calls.read_text().count("sbatch") == 1
    finally:
        crew.close()


def test_jobs_of_a_killed_session_are_swept(pretend: Callable[..., Path], tmp_path: Path) -> None:
    """When the process ends without a word its jobs are cancelled by their name, and its private directory goes."""
    calls = pretend(scancel="", condor_rm="", sleep="")
    for kind, command in (("slurm", "scancel --name=overproof-x"), ("htcondor", "condor_rm -constraint")):
        directory = tmp_path / kind
        directory.mkdir()
        sweeper = Sweeper(kind, "overproof-x", directory=directory)
        sweeper._process.communicate()  # the end of its input, as when we are killed
        assert calls.read_text().count(command) == 2
        assert not directory.exists()


def test_a_session_that_ends_well_has_nothing_swept(pretend: Callable[..., Path], tmp_path: Path) -> None:
    """The sweeper goes without doing anything: jobs were closed one by one."""
    calls = pretend(scancel="", sleep="")
    Sweeper("slurm", "overproof-x", directory=tmp_path).dismiss()
    assert not calls.exists()
    assert tmp_path.exists()
