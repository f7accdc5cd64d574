"""Laws of the scout: it says what is wrong over there before it hurts, wherever it is sent."""

from __future__ import annotations

import os
import pickle
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("distributed", reason="the extra dask is not installed")


from overproof.engines.dask import batch, scout
from overproof.engines.dask.scout import differences, environment, refusal, seconds_left, seconds_of
from overproof.engines.dask.sending import Sent

HERE = {"python": "3.11", "versions": {"overproof": "1.0", "numpy": "2.0"}}
DATA = {"topic": "t", "invitation": "{}", "environment": HERE, "client": "c", "arguments": [], "is_own": False}


class Loop:
    """Does at once what it is asked to do later."""

    def add_callback(self, action: Any, *arguments: Any) -> None:
        action(*arguments)


def sent_scout() -> Any:
    """Return what comes out of the pickle of a scout at the other end."""
    return pickle.loads(pickle.dumps(Sent(DATA)))


def there(python: str = "3.11", **versions: str | None) -> dict[str, Any]:
    return {"python": python, "versions": {**HERE["versions"], **versions}}


@pytest.mark.parametrize(
    ("found", "complaint"),
    [
        (there(), ""),
        (there(numpy="1.0"), ""),
        (there("3.12"), "Python 3.12 there, 3.11 here"),
        (there(overproof="0.9"), "overproof 0.9 there, 1.0 here"),
        (there(overproof=None), "overproof is not installed there"),
    ],
    ids=["same", "library", "python", "version", "absent"],
)
def test_only_what_cannot_work_is_refused(found: dict[str, Any], complaint: str) -> None:
    """Another Python or another overproof is refused in one sentence; another library is not."""
    said = refusal(HERE, found)
    assert said.startswith(complaint)
    assert bool(said) == bool(complaint)


def test_libraries_that_differ_are_named_with_both_versions() -> None:
    """Each library of another version is named once, and those that are the same are not."""
    here = environment()
    other = {**here, "versions": {**here["versions"], "numpy": "0.1", "uproot": None}}
    said = differences(here, other)
    assert f"numpy 0.1 there, {here['versions']['numpy']} here" in said
    assert f"uproot missing there, {here['versions']['uproot']} here" in said
    assert "awkward" not in said
    assert differences(here, here) == ""


def test_a_scout_travels_as_text() -> None:
    """What is unpickled is made of the text alone: its module is not ours, nor is anything that it stands on."""
    scout = sent_scout()
    assert type(scout).__module__ == "overproof_scout"
    assert [base.__module__.partition(".")[0] for base in type(scout).__mro__[1:-1]] == ["distributed"]


def test_a_worker_where_nothing_of_ours_is_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where overproof is not installed the scout tells it, with the host, and starts nothing."""
    scout = sent_scout()
    space = type(scout).setup.__globals__
    monkeypatch.setitem(space, "environment", lambda: there(overproof=None))
    monkeypatch.setitem(space, "subprocess", None)
    told: list[tuple[str, dict[str, Any]]] = []
    worker = SimpleNamespace(loop=Loop(), address="tcp://x:1", log_event=lambda *event: told.append(event))
    scout.setup(worker)
    ((topic, event),) = told
    assert topic == "t"
    assert event["what"] == "refused"
    assert event["reason"].startswith("overproof is not installed there")
    assert event["host"]


@pytest.mark.parametrize(
    ("text", "expected_s"),
    [("30", 30), ("2:05", 125), ("1:00:00", 3600), ("2-01:00:00", 176_400), ("UNLIMITED", None), ("", None)],
)
def test_the_time_that_slurm_leaves_is_read(text: str, expected_s: float | None) -> None:
    """All forms in which Slurm writes a length of time are read, and none is made of what is no time."""
    assert seconds_of(text) == expected_s


def test_the_end_of_a_slot_is_known_where_its_job_says_so() -> None:
    """The time left is that until the end that the job's environment names; without a job nobody knows."""
    left_s = seconds_left({"SLURM_JOB_END_TIME": str(int(time.time()) + 100)})
    assert left_s == pytest.approx(100, abs=5)
    assert seconds_left({}) is None


def test_an_outpost_gets_no_secret_of_its_dask_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of Dask and a token of whoever started the Dask worker stay there; all else is passed on."""
    for name in ("BEARER_TOKEN", batch.INHERIT, "ELSE"):
        monkeypatch.setenv(name, "x")
    found = scout._environment()
    assert "BEARER_TOKEN" not in found
    assert batch.INHERIT not in found
    assert found["ELSE"] == "x"


def test_what_is_sent_says_the_same_as_what_stays() -> None:
    """The text of the scout cannot import ours: exit code and variable are written twice, and are the same."""
    from overproof.engines.outposts import process

    assert scout.ALONE == process.ALONE
    assert scout.JOB_LOG == batch.LOG
    assert batch.INHERIT in scout.NOT_FOR_OUTPOSTS


def test_the_log_of_a_job_that_ends_as_it_should_goes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """When the outpost of a job has left, its log is removed before the process ends."""
    log = tmp_path / "log"
    log.touch()
    monkeypatch.setenv(batch.LOG, str(log))
    made = scout.Scout({**DATA, "is_own": True})
    made._worker = SimpleNamespace(loop=Loop(), close=lambda *_, **__: None)
    made._worker.loop.add_callback = lambda *_, **__: None
    monkeypatch.setattr(scout, "GOODBYE_S", 0.0)
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    made._end()
    assert ended == [0]
    assert not log.exists()
