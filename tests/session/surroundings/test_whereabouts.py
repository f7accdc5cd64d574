"""Laws of where files lie: told as it is learned, told anew when workers come up there, and told to its end."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence

import pytest

from overproof.columns.locating import Mount
from overproof.records.dataset import Replica
from overproof.records.notices import FilesLocated
from overproof.session.surroundings import whereabouts as room
from overproof.session.surroundings.whereabouts import Hosts, Whereabouts

MOUNTS = (Mount(path="/disk1", host="one"), Mount(path="/disk2", host="two.example.org"))
PATHS = ("/disk1/a", "/disk2/b", "/disk2/c")


class Told:
    """What was told, and the hosts of workers."""

    def __init__(self) -> None:
        self.notices: list[FilesLocated] = []
        self.hosts: dict[str, tuple[str, ...]] = {}
        self.changed = threading.Condition()

    def tell(self, notice: FilesLocated) -> None:
        with self.changed:
            self.notices.append(notice)
            self.changed.notify_all()

    def until(self, is_so: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(is_so, timeout=20)

    def whereabouts(self, paths: Sequence[str] = PATHS) -> Whereabouts:
        def hosts() -> Hosts:
            return dict(self.hosts)

        return Whereabouts(paths, mounts=MOUNTS, hosts=hosts, tell=self.tell)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Somebody who is told; there are no name servers."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no name servers")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return Told()


def test_hosts_are_named_as_workers_do(told: Told) -> None:
    """Files of two disks are told with the names of the workers' hosts; the last word says that it is the last."""
    told.hosts = {"one": (), "two": ("two.example.org",)}
    whereabouts = told.whereabouts()
    whereabouts.begin()
    whereabouts.wait(20)
    told.until(lambda: len(told.notices) == 2)
    first, last = told.notices
    assert {file: [each.host for each in replicas] for file, replicas in first.replicas.items()} == {
        0: ["one"], 1: ["two"], 2: ["two"]
    }  # fmt: skip
    assert (first.is_final, last) == (False, FilesLocated(replicas={}, is_final=True))


def test_workers_that_come_later(told: Told) -> None:
    """Where workers come up by another name than the site has written, their files are told anew, and only these."""
    told.hosts = {"one": ()}
    whereabouts = told.whereabouts()
    whereabouts.begin()
    told.until(lambda: len(told.notices) == 2)
    assert told.notices[0].replicas[1][0].host == "two.example.org"
    whereabouts.rest()
    told.hosts["two"] = ("two.example.org",)
    whereabouts.rest()
    told.until(lambda: len(told.notices) == 3)
    replica = Replica(host="two", server="two.example.org:/disk2")
    assert told.notices[2] == FilesLocated(replicas={1: (replica,), 2: (replica,)})


def test_what_ends_is_quiet(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the end of the query nothing is told."""
    asked, held = threading.Event(), threading.Event()

    def locate(paths: object, *, mounts: object, tell: Callable[[dict[int, tuple[()]]], None]) -> None:
        asked.set()
        held.wait(20)
        tell({0: ()})

    monkeypatch.setattr(room, "locate", locate)
    whereabouts = told.whereabouts()
    whereabouts.begin()
    assert asked.wait(20)
    whereabouts.end()
    held.set()
    whereabouts.wait(20)
    assert told.notices == []
