"""Laws of asking a redirector: many questions at once, not too many, and nobody waits for one that is deaf."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("XRootD", reason="the package xrootd is not installed")

from overproof.columns.locating import redirector as room
from overproof.columns.locating.hosts import HostBook
from overproof.columns.locating.locate import locate, replicas_of
from overproof.columns.locating.paths import Place
from overproof.columns.locating.redirector import AT_ONCE, MAX_DEAF, Inquiry

YES, NO, DEAF = (SimpleNamespace(ok=ok, code=code) for ok, code in ((True, 0), (False, 400), (False, 206)))


class Redirector:
    """One that is none: answers from a table, or not at all.

    Attributes:
        holders: servers by path.
        directories: servers by name, by directory; for one that is not here the question is refused.
        asked: paths that were asked for one by one.
        most: questions that were open at the same time, at most.
    """

    def __init__(self) -> None:
        self.holders: dict[str, list[str]] = {}
        self.directories: dict[str, dict[str, list[str]]] = {}
        self.asked: list[str] = []
        self.listed: list[str] = []
        self.most = 0
        self.is_deaf = False
        self.held: list[Callable[[], None]] = []
        self.hold_up_to = 0
        self.before: Callable[[], object] = lambda: None

    def deeplocate(self, path: str, flags: int, timeout: int, *, callback: Callable[..., None]) -> Any:
        self.before()
        self.asked.append(path)
        servers = self.holders.get(path)
        answer = [SimpleNamespace(address=server, is_server=True) for server in servers or ()]
        answer.append(SimpleNamespace(address="manager:1094", is_server=False))
        status = DEAF if self.is_deaf else YES if servers is not None else NO
        self.held.append(lambda: callback(status, answer if status.ok else None, None))
        self.most = max(self.most, len(self.held))
        if len(self.held) > self.hold_up_to:
            held, self.held = self.held, []
            threading.Thread(target=lambda: [each() for each in held]).start()
        return YES

    def dirlist(self, directory: str, flags: int, timeout: int) -> tuple[Any, Any]:
        self.listed.append(directory)
        if self.is_deaf:
            return DEAF, None
        if directory not in self.directories:
            return NO, None
        entries = self.directories[directory]
        return YES, [SimpleNamespace(name=name, hostaddr=each) for name, all_ in entries.items() for each in all_]


@pytest.fixture
def redirector(monkeypatch: pytest.MonkeyPatch) -> Redirector:
    """A redirector that answers at once."""
    one = Redirector()
    monkeypatch.setattr(room, "xrootd", lambda: SimpleNamespace(FileSystem=lambda origin: one))
    return one


def ask(paths: list[str], *, patience_s: float = 20.0) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}

    def tell(holders: Mapping[str, tuple[str, ...]]) -> None:
        found.update(holders)

    Inquiry("root://lead", paths, tell=tell, patience_s=patience_s).run()
    return found


def test_files_that_are_there_and_not(redirector: Redirector) -> None:
    """Servers of files are told, plainly written; managers are none; of a file that nobody has nothing is said."""
    redirector.holders = {"/a": ["[::10.0.0.1]:1094", "disk2:1094"], "/b": ["disk2:1094"]}
    assert ask(["/a", "/b", "/c"]) == {"/a": ("10.0.0.1:1094", "disk2:1094"), "/b": ("disk2:1094",)}


def test_not_too_many_at_once(redirector: Redirector) -> None:
    """Of very many questions so many are open at a time, and all are asked."""
    paths = [f"/{n}/x" for n in range(3 * AT_ONCE)]
    redirector.holders = {path: ["disk:1"] for path in paths}
    redirector.hold_up_to = AT_ONCE - 1
    assert set(ask(paths)) == set(paths)
    assert redirector.most <= AT_ONCE


def test_directories_are_asked_for_once(redirector: Redirector, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where many files of one directory are wanted it is listed, once; nobody is asked for what it tells."""
    monkeypatch.setattr(room, "LISTED_FROM", 3)
    paths = [f"/d/{n}" for n in range(5 * AT_ONCE)]
    redirector.directories = {"/d": {str(n): ["disk1:1", "disk2:1"] for n in range(1, len(paths))}}
    redirector.holders = {path: ["disk3:1"] for path in paths[:AT_ONCE]}
    found: dict[str, tuple[str, ...]] = {}
    inquiry = Inquiry("root://lead", paths, tell=found.update, patience_s=20.0)

    def wait() -> None:
        while not inquiry._known:
            threading.Event().wait(0.001)

    redirector.before = wait
    inquiry.run()
    assert redirector.listed == ["/d"]
    assert found.keys() == set(paths)
    assert found[paths[0]] == ("disk3:1",)
    assert found[paths[-1]] == ("disk1:1", "disk2:1")
    assert redirector.asked == paths[:1]


def test_directories_that_are_not_told(redirector: Redirector, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where listing is refused, files are asked for one by one."""
    monkeypatch.setattr(room, "LISTED_FROM", 3)
    paths = [f"/d/{n}" for n in range(4)]
    redirector.holders = {path: ["disk1:1"] for path in paths}
    assert set(ask(paths)) == set(paths)


def test_a_deaf_redirector_is_given_up(redirector: Redirector) -> None:
    """After some questions that nobody answers no more are asked."""
    redirector.is_deaf = True
    assert ask([f"/{n}/x" for n in range(1000)]) == {}
    assert len(redirector.asked) < MAX_DEAF + AT_ONCE


def test_time_is_bounded(redirector: Redirector) -> None:
    """Who has no time left asks nothing."""
    redirector.holders = {"/a": ["disk:1"]}
    assert ask(["/a"], patience_s=-1.0) == {}
    assert redirector.asked == []


def test_replicas_of_a_dataset(redirector: Redirector) -> None:
    """A file with one holder is read as the dataset says; with several, at each of them, and as it says in the end."""
    redirector.holders = {"/store/a": ["disk1:1094"], "/store/b": ["disk1:1094", "[::10.0.0.2]:1095", "[::10.0.0.3]"]}
    found: dict[int, tuple[Place, ...]] = {}
    with_secret = "root://lead//store/b?authz=secret"  # is for one server, and stays as it is
    paths = ["root://lead//store/a", "/here/x", "root://lead:1094//store/b", "root://lead//store/none", with_secret]
    locate(paths, mounts=(), tell=found.update)
    replicas = replicas_of(found, HostBook({"10.0.0.2": "two"}, ask=lambda host: ()))
    told = {file: [(each.path, each.host, each.server) for each in several] for file, several in replicas.items()}
    assert told == {
        0: [("", "disk1", "disk1:1094")],
        1: [("", told[1][0][1], "")],
        2: [
            ("root://disk1:1094//store/b", "disk1", "disk1:1094"),
            ("root://10.0.0.2:1095//store/b", "two", "10.0.0.2:1095"),
            ("", "", ""),
        ],
    }
