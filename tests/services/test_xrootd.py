"""Queries over a real cluster of XRootD servers: read nearby, over lost servers, and with the user's credentials."""

from __future__ import annotations

import importlib
import os
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot
from real_service import SCRIPTS, Service, free_ports, started
from until import wait_until

import overproof as op
from overproof.words.errors import EngineError

pytest.importorskip("XRootD", reason="the package xrootd is not installed")
pytest.importorskip("cryptography", reason="cryptography is not installed: outposts prove themselves by it")

SERVERS = ("ds1", "ds2")
N_FILES, N_BLOCKS, BLOCK_ENTRIES = 6, 10, 20_000
NO_TIME = {"XRD_CONNECTIONWINDOW": "2", "XRD_CONNECTIONRETRY": "1", "XRD_STREAMTIMEOUT": "5"}
"""What a user in a hurry sets: it counts more than what overproof does."""

Open = Callable[..., Any]


class Cluster:
    """A redirector and two data servers, with the same files here and there.

    Args:
        service: started.
        port: of the redirector.
        folder: where the files are kept for comparison.
    """

    def __init__(self, service: Service, port: int, folder: Path) -> None:
        self.service = service
        self.port = port
        self.kept = folder
        for number in range(N_FILES):
            write_file(folder / f"f{number}.root", seed=number)

    @property
    def here(self) -> list[str]:
        """The files, as they lie on this machine."""
        return [f"{self.kept}/f{number}.root:t" for number in range(N_FILES)]

    def spread(self, folder: str, *, copies: int) -> list[str]:
        """Put each file on one data server, in turn, or on both; return their URLs."""
        for number in range(N_FILES):
            content = (self.kept / f"f{number}.root").read_bytes()
            for server in [SERVERS[(number + copy) % 2] for copy in range(copies)]:
                place = self.service.folder / "data" / server / "store" / folder
                place.mkdir(exist_ok=True)
                (place / f"f{number}.root").write_bytes(content)
        return [f"root://localhost:{self.port}//store/{folder}/f{number}.root:t" for number in range(N_FILES)]

    def site(self, folder: Path) -> Path:
        """Write a site file that puts each data server on a host of its own; return its path."""
        rows = (
            f'[[mounts]]\nserver = "127.0.0.1:{self.port + 11 + n}"\nhost = "{SERVERS[n]}"\n' for n in range(2)
        )  # fmt: skip
        path = folder / "site.toml"
        path.write_text("".join(rows))
        return path

    def revive(self, server: str) -> None:
        """Start a data server again, if it was ended."""
        told = self.service.tell("status")
        if f"{server} xrootd down" in told:
            self.service.tell("restart", server)
            # Its manager learns the port only when the server is up before whoever speaks for it.
            os.kill(int((self.service.folder / "run" / f"{server}.cmsd.pid").read_text()), signal.SIGTERM)
            wait_until(lambda: f"{server} cmsd down" in self.service.tell("status"), "cmsd does not end")
            self.service.tell("restart", server)
            wait_until(lambda: self.is_known(server), f"{server} does not come back")

    def is_known(self, server: str) -> bool:
        """Tell whether the redirector leads to a data server."""
        client: Any = importlib.import_module("XRootD.client")
        probe = f"probe-{server}-{uuid.uuid4()}"  # of one that was asked for in vain nothing is said for a while
        (self.service.folder / "data" / server / "store" / probe).write_text("here")
        status, places = client.FileSystem(f"root://localhost:{self.port}").deeplocate(f"/store/{probe}", 0)
        port = str(self.port + 11 + SERVERS.index(server))
        return bool(status.ok) and any(place.address.endswith(port) for place in places)

    def slow_down(self, server: str, bytes_per_s: int) -> None:
        """Let a data server give so much and no more."""
        self.service.tell("stop", server)
        settings = self.service.folder / f"{server}.cfg"
        settings.write_text(
            re.sub(r"(?m)^throttle\.throttle .*$", f"throttle.throttle data {bytes_per_s}", settings.read_text())
        )
        self.revive(server)

    def kill(self, server: str) -> None:
        """End a data server at once."""
        subprocess.run(
            self.service.command("stop", server), env=os.environ | {"SIG": "KILL"}, check=True, capture_output=True
        )


def write_file(path: Path, *, seed: int) -> None:
    """Write a file whose sums depend on their order."""
    rng = np.random.default_rng(seed)
    with uproot.recreate(path) as file:
        file.mktree("t", {"x": "f8", "w": "f8"})
        for _ in range(N_BLOCKS):
            weights = rng.normal(size=BLOCK_ENTRIES) * 10.0 ** rng.integers(-20, 20, size=BLOCK_ENTRIES)
            file["t"].extend({"x": rng.normal(size=BLOCK_ENTRIES), "w": weights})


def sums(events: Any) -> dict[str, Any]:
    """Take a moment without the processor; return numbers that depend on the block."""
    import threading

    threading.Event().wait(0.03)
    return {"n": len(events), "total": float(np.sum(events.w * events.x)), "entries": [events.first]}


def slow_sums(events: Any) -> dict[str, Any]:
    """Take a longer while."""
    import threading

    threading.Event().wait(0.15)
    return sums(events)


def cluster_of(stack: ExitStack, folder: Path, **variables: str) -> Cluster:
    port = free_ports(1, 11, 12)
    service = stack.enter_context(
        started("xrootd-cluster.sh", port, needs=["xrootd", "cmsd"], NDATA="2", PYTHON=sys.executable, **variables)
    )
    return Cluster(service, port, folder)


@pytest.fixture(scope="module")
def plain_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Start a cluster that asks nobody who he is."""
    with ExitStack() as stack:
        yield cluster_of(stack, tmp_path_factory.mktemp("files"))


@pytest.fixture
def cluster(plain_cluster: Cluster) -> Iterator[Cluster]:
    """Give the cluster whole."""
    yield plain_cluster
    for server in SERVERS:
        plain_cluster.revive(server)


@pytest.fixture(scope="module")
def guarded_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Start a cluster that wants TLS, and a token from everybody."""
    with ExitStack() as stack:
        yield cluster_of(stack, tmp_path_factory.mktemp("files"), AUTH="ztn")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Give sessions with outposts that go by the names of the data servers' hosts."""
    from overproof.engines.outposts import OutpostCrew, ProcessStarter

    with ExitStack() as stack:

        def open_session(hosts: Sequence[str] = SERVERS, environment: Mapping[str, str] = NO_TIME) -> Any:
            arguments = tuple(("--host", host) for host in hosts)
            crew = OutpostCrew(ProcessStarter(len(hosts), environment=environment, arguments=arguments))
            monkeypatch.setattr("overproof.session.connection.hire_crew", lambda *_, **__: crew)
            session = stack.enter_context(op.Session("local", progress=False))
            wait_until(lambda: len(crew.workers) == len(hosts) or crew.poll(0.1), "outposts do not come")
            return session

        yield open_session


@pytest.fixture(scope="module")
def expected(plain_cluster: Cluster) -> dict[str, Any]:
    """Give the answer of one worker over the files on this machine."""
    with op.Session("inline", progress=False) as session:
        return dict(session.process(sums, plain_cluster.here, block_entries=BLOCK_ENTRIES))


def near_share(result: Any) -> float:
    """Return the part of all bytes that came to workers on the machine of their server."""
    servers = result.statistics.servers
    return float(sum(each.local_bytes for each in servers) / sum(each.read_bytes for each in servers))


@pytest.mark.parametrize("packetizer", ["adaptive", pytest.param("local-only", marks=pytest.mark.nightly)])
def test_workers_read_what_is_near(
    cluster: Cluster, opened: Open, expected: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    packetizer: str,
) -> None:  # fmt: skip
    """Where loads are even hardly a byte crosses the network, and none where it must not."""
    monkeypatch.setenv("OVERPROOF_SITE", str(cluster.site(tmp_path)))
    files = cluster.spread("single", copies=1)
    result = opened().process(sums, files, block_entries=BLOCK_ENTRIES, packetizer=packetizer)
    assert dict(result) == expected
    assert result.account.processed == result.account.total
    least = 1.0 if packetizer == "local-only" else 0.75  # the last blocks go to whoever is free
    assert near_share(result) >= least


@pytest.mark.nightly
def test_a_server_that_is_killed_with_copies(
    cluster: Cluster, opened: Open, expected: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a server is killed while it is read the copies on the other one are read: the serial answer, bit for bit."""
    monkeypatch.setenv("OVERPROOF_SITE", str(cluster.site(tmp_path)))
    query = opened().process(
        sums, cluster.spread("double", copies=2), block_entries=BLOCK_ENTRIES, delta_interval_s=0.2, wait=False
    )
    wait_until(lambda: query.progress().account.processed, "nothing is brought in")
    cluster.kill("ds1")
    result = query.result()
    assert dict(result) == expected
    assert result.account.processed == result.account.total == N_FILES * N_BLOCKS * BLOCK_ENTRIES


@pytest.mark.nightly
def test_a_server_that_is_killed_without_copies(cluster: Cluster, opened: Open) -> None:
    """What nobody else has is missing, by ranges and with the reason; all else is there."""
    files = cluster.spread("lost", copies=1)
    query = opened().process(slow_sums, files, block_entries=BLOCK_ENTRIES, delta_interval_s=0.2, wait=False)
    wait_until(lambda: query.progress().account.processed, "nothing is brought in")
    cluster.kill("ds1")
    query.wait()
    result = query.result()
    account = result.account
    assert account.processed + account.missing == account.total
    assert account.missing + account.files_unknown > 0
    assert account.processed >= N_FILES // 2 * N_BLOCKS * BLOCK_ENTRIES
    assert {gap.file.rpartition("/f")[2] for gap in result.missing} <= {"0.root", "2.root", "4.root"}
    assert all(gap.reason for gap in result.missing)
    assert sum(each.failures for each in result.statistics.servers) > 0


@pytest.mark.nightly
def test_a_slow_server_is_read_less(
    opened: Open, expected: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of copies on two servers, one half as fast as the other, both are read, and the slow one less."""
    with ExitStack() as stack:
        cluster = cluster_of(stack, tmp_path, RATE="2000000")
        cluster.slow_down("ds2", 1_000_000)
        monkeypatch.setenv("OVERPROOF_SITE", str(cluster.site(tmp_path)))
        result = opened().process(sums, cluster.spread("double", copies=2), block_entries=BLOCK_ENTRIES)
    assert dict(result) == expected
    by_port = {each.server.rpartition(":")[2]: each.read_bytes for each in result.statistics.servers}
    slow = by_port[str(cluster.port + 12)] / sum(by_port.values())
    assert 0.05 < slow < 0.45


def token(cluster: Cluster, *, valid_s: int) -> str:
    """Return a token with which everything may be read."""
    minted = subprocess.run(
        [sys.executable, SCRIPTS / "scitoken-issuer.py", "mint", cluster.service.folder / "tokens",
         "--scope", "storage.read:/", "--exp", str(valid_s)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return minted.stdout.strip()


@pytest.mark.nightly
def test_credentials_go_along(
    guarded_cluster: Cluster, opened: Open, expected: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers that have no token get the user's, for the query and before it; nothing of it is written down."""
    secret = tmp_path / "token"
    secret.write_text(token(guarded_cluster, valid_s=600))
    monkeypatch.setenv("BEARER_TOKEN_FILE", str(secret))
    monkeypatch.setenv("OVERPROOF_HOME", str(tmp_path / "home"))
    files = guarded_cluster.spread("guarded", copies=1)
    authorities = str(guarded_cluster.service.folder / "certs" / "ca")
    monkeypatch.setenv("X509_CERT_DIR", authorities)
    session = opened(("far",), NO_TIME | {"BEARER_TOKEN_FILE": "/nowhere", "X509_CERT_DIR": authorities})
    assert session.draw(files[0], "x", bins="10,-5,5").account.processed == N_BLOCKS * BLOCK_ENTRIES
    assert dict(session.process(sums, files, block_entries=BLOCK_ENTRIES)) == expected
    content = secret.read_bytes()
    written = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert written
    assert not [path for path in written if content in path.read_bytes() or content[-40:] in path.read_bytes()]


@pytest.mark.nightly
def test_a_query_that_outlives_its_credential(
    guarded_cluster: Cluster, opened: Open, expected: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the token expires nothing more is handed out, with that reason; with a new one it goes on."""
    secret = tmp_path / "token"
    secret.write_text(token(guarded_cluster, valid_s=600))
    monkeypatch.setenv("BEARER_TOKEN_FILE", str(secret))
    files = guarded_cluster.spread("guarded", copies=1)
    authorities = str(guarded_cluster.service.folder / "certs" / "ca")
    monkeypatch.setenv("X509_CERT_DIR", authorities)
    session = opened(("far",), NO_TIME | {"BEARER_TOKEN_FILE": "/nowhere", "X509_CERT_DIR": authorities})
    query = session.process(slow_sums, files, block_entries=BLOCK_ENTRIES, delta_interval_s=0.2, wait=False)
    wait_until(lambda: query.progress().account.processed, "nothing is brought in")
    secret.write_text(token(guarded_cluster, valid_s=0))
    with pytest.raises(
        EngineError, match=r"the token \(BEARER_TOKEN_FILE=.*\) has expired at .*: get a new one"
    ) as end:
        query.result()
    assert end.value.result is not None
    account = end.value.result.account
    assert account.processed + account.unread == account.total
    assert account.processed > 0
    secret.write_text(token(guarded_cluster, valid_s=600))
    assert dict(session.resume(query.id)) == expected
