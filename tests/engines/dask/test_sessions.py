"""Laws of sessions over Dask: the answer of one process, while Dask's workers come and go."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("distributed", reason="the extra dask is not installed")

import dask.config
from clusters import started
from distributed import Client, Security

import overproof as op
from overproof.engines.dask import DaskStarter, EnvironmentWarning
from overproof.engines.outposts import Invitation
from overproof.engines.wire import fresh_credentials
from overproof.words.errors import EngineError, OptionError

DEADLINE_S = 60.0
CYCLES = 2_000


def spin(cycles: Any) -> dict[str, Any]:
    """Use some processor time and return numbers that depend on the block alone."""
    total = 0.0
    for cycle in cycles:
        total += cycle.rng.normal() * 10.0 ** (cycle.number % 60 - 30)
        for _ in range(2_000):
            total += 0.0
    return {"n": len(cycles), "total": total}


def wait_for(gate: str) -> None:
    """Wait in a worker until a file is there."""
    import os
    import threading

    while not os.path.exists(gate):
        threading.Event().wait(0.02)


@pytest.fixture(scope="module")
def serial() -> dict[str, Any]:
    with op.Session("inline", progress=False) as session:
        return dict(session.process(spin, cycles=CYCLES))


def wait_until(is_true: Callable[[], object], what: str) -> None:
    deadline_s = time.monotonic() + DEADLINE_S
    pause = threading.Event()
    while not is_true():
        assert time.monotonic() < deadline_s, f"in vain: {what}"
        pause.wait(0.02)


def is_whole(result: Any, serial: dict[str, Any]) -> bool:
    return dict(result) == serial and result.account.processed == result.account.total == CYCLES


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """Connect to two Dask workers of a thread each, by TLS."""
    security = Security.temporary()
    tls = {
        "distributed.comm.tls.ca-file": security.tls_ca_file,
        "distributed.comm.tls.client.key": security.tls_client_key,
        "distributed.comm.tls.client.cert": security.tls_client_cert,
    }
    with (
        started(n_workers=2, processes=False, protocol="tls://", security=security) as client,
        dask.config.set(tls),
    ):
        yield client


@pytest.fixture(scope="module")
def session(client: Client) -> Iterator[op.Session]:
    """A session by the address alone: that it means TLS is taken from Dask's configuration."""
    with op.Session(client.scheduler.address.replace("tls://", "dask://"), progress=False) as session:
        yield session


def test_a_cluster_gives_the_answer_of_one_process(session: op.Session, client: Client, serial: dict[str, Any]) -> None:
    """Over Dask's workers, bit for bit, query after query, and no task of Dask's is made."""
    before = client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.transition_counter)
    for _ in range(2):
        assert is_whole(session.process(spin, cycles=CYCLES, delta_interval_s=0.05), serial)
    assert client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.transition_counter) == before


def test_workers_that_come_are_used_and_those_that_go_hand_over_first(serial: dict[str, Any], tmp_path: Path) -> None:
    """One that joins in the middle works; one that is retired takes nothing along: no block is computed twice.

    The cluster is the user's, and stays as it was.
    """
    notes, gate = str(tmp_path), f"{tmp_path}/gate"

    def spin_and_note(cycles: Any) -> dict[str, Any]:
        with open(f"{notes}/{cycles.first}", "a") as file:
            file.write("x")
        if cycles.first > 200:
            wait_for(gate)
        return spin(cycles)

    with started(n_workers=1, processes=False) as client:
        with op.Session(client, progress=False) as session:
            query = session.process(
                spin_and_note, cycles=CYCLES, block_entries=40, wait=False, delta_interval_s=3600.0, journal=False
            )
            wait_until(lambda: len(os.listdir(notes)) > 2, "the first worker works")
            (first,) = client.scheduler_info()["workers"]
            client.cluster.scale(2)
            wait_until(lambda: len(session._crew.workers) == 2, "a worker joins")
            Path(gate).write_text("x")
            client.retire_workers([first], close_workers=True)
            assert is_whole(query.result(), serial)
        assert client.status == "running"
        plugins = client.run(lambda dask_worker: [name for name in dask_worker.plugins if "overproof" in name])
        assert list(plugins.values()) == [[]]
    assert {(tmp_path / name).read_text() for name in os.listdir(notes)} == {"x"}


def test_a_script_runs_on_every_worker_of_dask(session: op.Session, tmp_path: Path) -> None:
    """`exec` works there as on one machine: it waits for all workers, and each has its rank."""
    script = tmp_path / "script.py"
    script.write_text("import overproof\nprint('hello')\noverproof.rank, overproof.size\n")
    results = session.exec(script)
    assert [(each.value, each.stdout) for each in results] == [((0, 2), "hello\n"), ((1, 2), "hello\n")]
    assert len({each.worker.rpartition(".")[0] for each in results}) == 2


def test_uploads_reach_workers_that_are_there_and_those_that_come_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each host installs what was uploaded, before its workers get a query; what conflicts is said with the host."""
    monkeypatch.setenv("OVERPROOF_HOME", str(tmp_path / "home"))
    for name, value in (("opthing", 5), ("numpy", 6)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"VALUE = {value}\n")

    def value_of(cycles: Any) -> dict[str, Any]:
        import opthing

        wait_for(f"{tmp_path}/gate")
        return {"values": [opthing.VALUE] * len(cycles)}

    with started(n_workers=1, processes=False) as client, op.Session(client, progress=False) as session:
        wait_until(lambda: session._crew.poll(0.05) or session._crew.workers, "a worker joins")
        with pytest.raises(EngineError, match="it has numpy, which workers have loaded already"):
            session.upload(tmp_path / "numpy")
        session.upload(tmp_path / "opthing")
        query = session.process(value_of, cycles=40, block_entries=2, wait=False, journal=False)
        client.cluster.scale(2)
        wait_until(lambda: len(session._crew.workers) == 2, "a worker joins")
        Path(tmp_path / "gate").write_text("x")
        assert query.result()["values"] == [5] * 40


def hungry(cycles: Any) -> dict[str, Any]:
    """Take more memory than there is for one of the cycles, for a while."""
    import threading

    import numpy as np

    for cycle in cycles:
        if cycle.number == 17:
            taken = np.ones(50_000_000)
            threading.Event().wait(20.0)
            del taken
    return {"n": len(cycles)}


@pytest.mark.nightly
def test_more_memory_than_the_slot_has_is_a_failure_of_the_block() -> None:
    """The limit of the Dask worker is kept by us, on workers that join late too: the one cycle is excluded for it."""
    with (
        started(n_workers=1, processes=False, memory_limit="300MB") as client,
        op.Session(client, progress=False) as session,
    ):
        result = session.process(hungry, cycles=40, block_entries=1, journal=False)
    (excluded,) = result.excluded
    assert (excluded.first, excluded.stop, excluded.kind) == (17, 18, "memory")
    assert "0.27 GB" in excluded.reason
    assert result["n"] == 39


def test_another_python_over_there_is_an_error_before_anything_runs(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When no Dask worker can be used the query ends with one sentence that names host and versions."""
    monkeypatch.setattr("overproof.engines.dask.starter.PATIENCE_S", 0.1)
    monkeypatch.setattr(
        "overproof.engines.dask.starter.environment", lambda: {"python": "2.7", "versions": {"overproof": "0"}}
    )
    with (
        op.Session(client, progress=False) as session,
        pytest.raises(EngineError, match=r"no Dask worker can be used: .*: Python 3\.\d+ there, 2.7 here"),
    ):
        session.process(spin, cycles=10)


def test_a_scheduler_that_is_gone_ends_the_wait() -> None:
    """A query that waits for workers of a cluster that is no more hears of it, and is not left waiting."""
    with started(n_workers=0, processes=False) as client, op.Session(client, progress=False) as session:
        query = session.process(spin, cycles=10, wait=False, journal=False)
        client.cluster.close()
        client.close()
        with pytest.raises(EngineError, match="scheduler cannot be reached any more"):
            query.result()


def test_other_libraries_over_there_are_said_once(client: Client) -> None:
    """Versions that differ are one warning with all hosts, however often workers are asked after."""
    starter = DaskStarter(client, close=lambda: None)
    for host in ("n1", "n2", "n1"):
        said = {"what": "accepted", "host": host, "worker": "tcp://x:1", "reason": "hist 1.0 there, 2.0 here"}
        starter._hear((0.0, said))
    starter._hear((0.0, {"what": "refused", "host": "n3", "worker": "tcp://y:1", "reason": "Python 3.9 there"}))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(2):
            starter.check(is_alone=False)
    texts = [str(each.message) for each in caught if each.category is EnvironmentWarning]
    assert len(texts) == 2
    assert "libraries differ on n1, n2" in texts[0]
    assert "hist 1.0 there, 2.0 here" in texts[0]
    assert "the Dask worker on n3 is not used: Python 3.9 there" in texts[1]


def test_outposts_may_die_any_number_of_times_as_long_as_others_come(client: Client) -> None:
    """Only deaths one after the other, while nobody lives, take away the hope."""
    starter = DaskStarter(client, close=lambda: None)
    died = (0.0, {"what": "died", "host": "n1", "worker": "tcp://x:1", "reason": "exit code -9"})
    for _ in range(5):
        starter._hear(died)
        starter._hear(died)
        starter.check(is_alone=True)
        starter.check(is_alone=False)
    for _ in range(3):
        starter._hear(died)
    with pytest.raises(EngineError, match="outposts end by themselves: n1: exit code -9"):
        starter.check(is_alone=True)


def test_what_makes_no_sense_with_dask_is_refused(client: Client) -> None:
    """A number of workers, an unknown option, something that is no client: each error says what to write."""
    with pytest.raises(OptionError, match="has the workers that it has"):
        op.Session(client, workers=3)
    with pytest.raises(OptionError, match="Dask knows no option queue"):
        op.Session(client, queue="short")
    with pytest.raises(OptionError, match="insecure='yes': give True or False"):
        op.Session(client, insecure="yes")
    with pytest.raises(OptionError, match="or a client of Dask"):
        op.Session({"scheduler": 5})  # type: ignore[arg-type]


@pytest.mark.parametrize("is_there", [False, True], ids=["killed", "cut-off"])
def test_scouts_of_a_session_that_was_killed_are_sent_no_more(is_there: bool) -> None:
    """An outpost that finds no session has it struck from the scheduler, unless the session's client is there."""
    with started(n_workers=1, processes=False) as watching:
        client = Client(watching.scheduler.address, set_as_default=False)
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        starter = DaskStarter(client, arguments=("--quit-after", "0.2"), close=lambda: None)
        starter.start(Invitation(hosts=("127.0.0.1",), port=port, credentials=fresh_credentials()))
        scheduler = watching.cluster.scheduler
        name = starter._name
        wait_until(lambda: name in scheduler.worker_plugins, "the scout is sent")
        (worker,) = watching.cluster.workers.values()
        wait_until(lambda: name in worker.plugins, "the scout arrives")
        scout = worker.plugins[name]
        if is_there:
            asyncio.run_coroutine_threadsafe(scout._sweep(), worker.loop.asyncio_loop).result(DEADLINE_S)
            assert name in scheduler.worker_plugins
        client.close()
        if not is_there:
            wait_until(lambda: name not in scheduler.worker_plugins, "the scheduler forgets it")
            wait_until(lambda: name not in worker.plugins, "the scout goes")
