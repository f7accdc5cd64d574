"""Laws of batch jobs: their secrets are theirs alone, they are kept up, and none outlives its session."""

from __future__ import annotations

import base64
import json
import os
import re
import stat
import subprocess
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


@pytest.mark.parametrize(
    ("kind", "options", "complaint"),
    [
        ("slurm", {"cores": -1}, "cores=-1: give a whole number of at least 1"),
        ("slurm", {"cores": 0}, "cores=0: give a whole number"),
        ("slurm", {"cores": 1.5}, "cores=1.5: give a whole number"),
        ("slurm", {"cores": True}, "cores=True: give a whole number"),
        ("htcondor", {"cores": "4"}, "cores='4': give a whole number"),
        ("slurm", {"job_cpu": 0}, "job_cpu=0: give a whole number"),
        ("slurm", {"processes": 4, "cores": 2}, "processes=4 of 2 cores"),
        ("slurm", {"memory": "much"}, "memory='much': give a size"),
        ("htcondor", {"disk": -1}, "disk=-1: give a size"),
        ("slurm", {"death_timeout": 0}, "death_timeout=0: give a number of seconds"),
        ("slurm", {"nanny": "no"}, "nanny='no': give true or false"),
        ("slurm", {"worker_extra_args": "--foo"}, "worker_extra_args='--foo': give a list of texts"),
        ("slurm", {"job_extra_directives": "--exclusive"}, "job_extra_directives='--exclusive': give a list"),
        ("slurm", {"job_script_prologue": True}, "job_script_prologue=True: give a list"),
        ("htcondor", {"job_extra_directives": ["a"]}, "job_extra_directives=.'a'.: give a table"),
        ("htcondor", {"submit_command_extra": "-x"}, "submit_command_extra='-x': give a list"),
        ("slurm", {"scheduler_options": []}, "scheduler_options=..: give a table"),
        ("slurm", {"queue": ["short"]}, "queue=.'short'.: give text"),
        ("slurm", {"quue": "short"}, "slurm has no option quue: is it queue?"),
        ("slurm", {"nonsense": 1}, "slurm has no option nonsense"),
        ("slurm", {"security": 1}, "security is set by each session for itself"),
        ("slurm", {"host": 5}, "host=5: give the name or address"),
        ("slurm", {"ports": 40000}, "ports=40000: two are needed"),
    ],
    ids=str,
)
def test_options_that_make_no_sense_are_told_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, kind: str, options: dict[str, Any], complaint: str
) -> None:
    """Each is named with what to give, in one short line; no scheduler, sweeper or job is begun for it."""
    monkeypatch.setattr("overproof.engines.dask.hiring._Batch", None)
    with pytest.raises(OptionError, match=complaint) as caught:
        hire_on_batch(kind, 2, options)
    assert len(str(caught.value)) < 200


def test_errors_of_dask_are_told_without_what_it_was_given(
    pretend: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What dask-jobqueue complains of is said in a line, without the keys that it tells, and so is its cause."""
    pretend(sbatch="exit 1", squeue="", scancel="")

    def complain(*_: Any, **settings: Any) -> None:
        raise ValueError(f"got an unexpected thing in job_kwargs={settings} with PRIVATE KEY\nand more PRIVATE KEY")

    monkeypatch.setattr("overproof.engines.dask.hiring.make_cluster", complain)
    with pytest.raises(OptionError, match="slurm: got an unexpected thing") as caught:
        hire_on_batch("slurm", 2, {})
    assert "PRIVATE KEY" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert caught.value.__cause__ is None


def test_what_is_not_said_is_left_to_us(pretend: Callable[..., Path], tmp_path: Path) -> None:
    """None means that nothing was said, as everywhere."""
    pretend(sbatch=f"cp $1 {tmp_path}/script; echo Submitted batch job 17", squeue="echo '17|PENDING|'", scancel="")
    crew = hire_on_batch("slurm", 1, {"cores": None, "queue": None})
    try:
        wait_until((tmp_path / "script").exists)
        wait_until(lambda: "dask_worker" in (tmp_path / "script").read_text())
    finally:
        crew.close()
    assert "--cpus-per-task=1\n" in (tmp_path / "script").read_text()


@pytest.mark.parametrize(
    ("kind", "options", "is_kept"),
    [
        ("slurm", {}, False),
        ("htcondor", {}, True),
        ("htcondor", {"job_extra_directives": {"GetEnv": "True"}}, False),
    ],
    ids=["slurm", "htcondor", "getenv"],
)
def test_secrets_of_the_user_are_in_no_environment_that_jobs_get(
    pretend: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    kind: str,
    options: dict[str, Any],
    is_kept: bool,
) -> None:
    """Slurm copies the environment of who submits: it has no token; HTCondor copies it where it is told to alone."""
    secrets = ("BEARER_TOKEN", "AWS_SECRET_ACCESS_KEY", "SITE_PASSWORD", "my_api_key", batch.INHERIT)
    for name in secrets:
        monkeypatch.setenv(name, "SECRET-123")
    monkeypatch.setenv("BEARER_TOKEN_FILE", "/run/token")
    written = tmp_path / "environment"
    said = {
        "sbatch": f"env >{written}.draft; mv {written}.draft {written}; echo Submitted batch job 17",
        "condor_submit": f"env >{written}.draft; mv {written}.draft {written}; echo 1 submitted to cluster 17.",
    }
    rest = dict.fromkeys(("squeue", "scancel", "scontrol", "condor_q", "condor_rm", "condor_history"), "")
    pretend(**said, **rest)
    crew = hire_on_batch(kind, 1, options)
    try:
        wait_until(written.exists)
    finally:
        crew.close()
    lines = written.read_text().splitlines()
    assert "BEARER_TOKEN_FILE=/run/token" in lines
    assert sorted(line for line in lines if "SECRET-123" in line) == sorted(
        f"{name}=SECRET-123" for name in secrets if is_kept
    )


def test_the_log_of_a_slurm_job_is_private_and_cannot_be_foretold(cluster: Callable[..., Any], tmp_path: Path) -> None:
    """Whoever has made a file of the obvious name gets nothing; the log is for its owner, whatever the umask."""
    (tmp_path / "overproof-17.log").symlink_to(tmp_path / "victim")
    script = cluster("slurm", python="echo said:").job_script()
    subprocess.run(
        ["/bin/sh", "-c", f"umask 000; {script}\numask"], check=True, capture_output=True,
        env={"TMPDIR": str(tmp_path), "SLURM_JOB_ID": "17", "PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert not (tmp_path / "victim").exists()
    (log,) = tmp_path.glob("overproof-17.????????")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


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
