"""Laws of our use of the client of XRootD: few requests, errors that say what is wrong, and a new try after each."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("XRootD", reason="the package xrootd is not installed")

from overproof.columns.credentials.wallet import WALLET
from overproof.columns.files.afar import xrootd as afar
from overproof.columns.files.afar.client import PATIENCE, xrootd
from overproof.columns.files.afar.xrootd import VECTOR_BYTES, XRootDSource

CONTENT = bytes(n % 251 for n in range(10_000))
FINE = SimpleNamespace(ok=True)


def failed(code: int, number: int = 0, text: str = "[ERROR] said so") -> SimpleNamespace:
    """Make a status that is not good."""
    return SimpleNamespace(ok=False, code=code, errno=number, message=f"{text}\n")


@dataclass
class Servers:
    """What stands for a cluster.

    Attributes:
        requests: what was asked for, in order.
        answers: statuses of the next requests; good ones when there are none left.
        answers_at_all: somebody is there.
    """

    requests: list[Any] = field(default_factory=list)
    answers: list[SimpleNamespace] = field(default_factory=list)
    answers_at_all: bool = True

    def status(self, request: Any) -> SimpleNamespace:
        self.requests.append(request)
        return self.answers.pop(0) if self.answers else FINE


class StandIn:
    """An open file of the cluster; one that was closed raises, as that of the client does."""

    def __init__(self, servers: Servers) -> None:
        self.servers = servers
        self.is_there = False
        self.place = ""

    def open(self, url: str, flags: int) -> tuple[SimpleNamespace, None]:
        status = self.servers.status(("open", url, int(flags)))
        self.place = f"{url.rpartition('@')[0].rpartition('/')[2]}@disk1:1095".lstrip("@")
        self.is_there = status.ok
        return status, None

    def is_open(self) -> bool:
        return self.is_there

    def close(self, *, callback: Callable[..., None]) -> None:
        self.is_there = False
        self.servers.requests.append("close")

    def get_property(self, name: str) -> str | None:
        return self.place if self.servers.answers_at_all else None

    def stat(self) -> tuple[SimpleNamespace, Any]:
        return self.servers.status("stat"), SimpleNamespace(size=len(CONTENT))

    def read(self, start: int, size: int) -> tuple[SimpleNamespace, bytes]:
        if not self.is_there:
            raise ValueError("I/O operation on closed file")
        return self.servers.status(("read", start, size)), CONTENT[start : start + size]

    def vector_read(self, chunks: Sequence[tuple[int, int]]) -> tuple[SimpleNamespace, Any]:
        status = self.servers.status(("vector", *chunks))
        return status, [SimpleNamespace(buffer=CONTENT[start : start + size]) for start, size in chunks]


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Servers:
    """A cluster that is none."""
    cluster, real = Servers(), xrootd()
    client = SimpleNamespace(URL=real.URL, File=lambda: StandIn(cluster))
    monkeypatch.setattr(afar, "xrootd", lambda: client)
    return cluster


def test_many_ranges_are_one_request(servers: Servers) -> None:
    """Ranges go out in one vector read; one alone, or one that servers would refuse in a list, is read by itself."""
    source = XRootDSource("root://lead//store/a.root")
    assert source.server == "lead:1094"
    spans = [(0, 10), (100, 105), (200, 201 + VECTOR_BYTES)]
    assert source.ask(spans) == [CONTENT[start:stop] for start, stop in spans]
    assert source.ask([(5, 9)]) == [CONTENT[5:9]]
    assert servers.requests == [
        ("open", "root://lead//store/a.root", 16),
        ("vector", (0, 10), (100, 5)),
        ("read", 200, VECTOR_BYTES + 1),
        ("read", 5, 4),
    ]
    assert source.server == "disk1:1095"


def test_the_size_is_asked_for_once(servers: Servers) -> None:
    """What a server has said of the size is remembered."""
    source = XRootDSource("root://lead//store/a.root")
    assert source.size() == source.size() == len(CONTENT)
    assert servers.requests[1:] == ["stat"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (failed(400, 3011, "[ERROR] [3011] No such file"), FileNotFoundError),
        (failed(400, 3010), PermissionError),
        (failed(204), PermissionError),
        (failed(400, 3016), IsADirectoryError),
    ],
    ids=["absent", "forbidden", "stranger", "directory"],
)
def test_what_will_not_be_over(servers: Servers, status: SimpleNamespace, kind: type[OSError]) -> None:
    """A file that is not there, or not for us, is so at once, in the words of the server on one line.

    Who is refused reads where he says what he is let in by.
    """
    servers.answers = [status]
    with pytest.raises(kind) as caught:
        XRootDSource("root://lead//store/a.root").size()
    said, _, hint = str(caught.value).partition(" (what the user shows")
    assert said.endswith(status.message.strip())
    assert ("BEARER_TOKEN_FILE" in hint) is (kind is PermissionError)


def test_time_is_up(servers: Servers) -> None:
    """An answer that did not come in time is an error that may be over in a moment."""
    servers.answers = [failed(206)]
    with pytest.raises(TimeoutError) as caught:
        XRootDSource("root://lead//store/a.root").size()
    assert caught.value.errno == errno.ETIMEDOUT


def test_nobody_is_there(servers: Servers) -> None:
    """A server that cannot be reached is an error of reading, in the words of the client; it goes by the URL's name."""
    servers.answers, servers.answers_at_all = [failed(108, text="[FATAL] Connection error")], False
    source = XRootDSource("root://lead//store/a.root")
    with pytest.raises(OSError, match="Connection error"):
        source.size()
    assert source.server == "lead:1094"


def test_after_a_failure_the_file_is_opened_anew(servers: Servers) -> None:
    """Who tries again gets another open file, by way of the redirector."""
    source = XRootDSource("root://lead//store/a.root")
    source.ask([(0, 4)])
    servers.answers = [failed(107)]
    with pytest.raises(OSError, match="said so"):
        source.ask([(0, 4)])
    assert source.ask([(0, 4)]) == [CONTENT[:4]]
    names = [each if isinstance(each, str) else each[0] for each in servers.requests]
    assert names == ["open", "read", "read", "close", "open", "read"]


def test_closed_in_another_thread(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that somebody else has given up while it is read is an error of reading like any other."""
    source = XRootDSource("root://lead//store/a.root")
    source.size()
    monkeypatch.setattr(StandIn, "vector_read", lambda self, chunks: self.read(*chunks[0]))
    source._file.is_there = False
    with pytest.raises(OSError, match="was closed while it was read"):
        source.ask([(0, 4), (8, 9)])


def refused() -> SimpleNamespace:
    """Make the status of a server that does not take the credential."""
    return failed(400, 3010, "[ERROR] permission denied")


def test_with_a_newer_credential_another_connection(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that refuses after the credential was renewed is asked by a new connection."""
    monkeypatch.setattr(WALLET, "number", 2)
    servers.answers = [refused()]
    source = XRootDSource("root://lead//store/a.root")
    assert source.ask([(0, 4)]) == [CONTENT[:4]]
    assert [each[1] for each in servers.requests if each[0] == "open"] == [
        "root://lead//store/a.root", "root://o2@disk1:1095//store/a.root"
    ]  # fmt: skip
    assert source.server == "disk1:1095"


@pytest.mark.parametrize("number", [0, 1, 2])
def test_who_may_not_read_is_refused(servers: Servers, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """With the first credential nobody asks twice; with a newer one twice, and no more."""
    monkeypatch.setattr(WALLET, "number", number)
    servers.answers = [refused(), refused(), refused()]
    with pytest.raises(PermissionError, match="permission denied"):
        XRootDSource("root://lead//store/a.root").size()
    assert len(servers.requests) == max(1, number)


@pytest.mark.parametrize("url", ["root://", "root://lead"])
def test_urls_of_nothing(url: str) -> None:
    """A URL without a path is said to be none."""
    with pytest.raises(ValueError, match=r"write root://host//path/of/file\.root"):
        XRootDSource(url)


def test_the_client_gives_up_in_time() -> None:
    """Our times are set, unless the environment has its own; a dead server costs less than 45 s by them."""
    client: Any = xrootd()
    assert {name: client.EnvGetInt(name) for name in PATIENCE} == PATIENCE
    assert PATIENCE["ConnectionWindow"] * PATIENCE["ConnectionRetry"] + PATIENCE["StreamTimeout"] < 45
    assert 5 < PATIENCE["RequestTimeout"] < 45
