"""A place far away whose requests are counted and can be held up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import fsspec
import pytest
from fsspec.spec import AbstractFileSystem

from overproof.columns.files import remote
from overproof.columns.files.ahead import Room
from overproof.columns.files.remote import RemoteFile
from overproof.columns.files.retry import Retry, RetryPolicy

Range = tuple[int, int]


class Far:
    """Files under `far://`, by name, and what was asked of them.

    Attributes:
        files: bytes, by name.
        requests: ranges of each request that was answered or refused, in order.
        n_waited: requests of the thread that made this; all others are in the background.
        before: called with the ranges of each request; may wait, or raise.
        size: what is told of a file; None: its size.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.requests: list[list[Range]] = []
        self.n_waited = 0
        self._waiting = threading.current_thread()
        self.before: Callable[[list[Range]], object] = lambda ranges: None
        self.size: Callable[[bytes], int | None] = len
        self._changed = threading.Condition()

    def answer(self, name: str, ranges: list[Range]) -> list[bytes]:
        """Note a request and give its bytes."""
        with self._changed:
            self.requests.append(ranges)
            self.n_waited += threading.current_thread() is self._waiting
            self._changed.notify_all()
        self.before(ranges)
        return [self.files[name][start:stop] for start, stop in ranges]

    def asked(self, wanted: Callable[[list[list[Range]]], bool]) -> bool:
        """Wait until the requests are as wanted; False when they are not within 20 s."""
        with self._changed:
            return self._changed.wait_for(lambda: wanted(self.requests), timeout=20)

    def put(self, content: bytes, name: str = "a.root") -> str:
        """Keep a file; return its URL."""
        self.files[name] = content
        return f"far://{name}"


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> Far:
    """A place far away; whoever asks twice does not wait in between, and nothing is read that nobody asked for."""
    place = Far()

    class FarSystem(AbstractFileSystem):  # type: ignore[misc]  # fsspec has no types
        protocol = "far"
        cachable = False

        def info(self, path: str, **options: Any) -> dict[str, Any]:
            name = self._strip_protocol(path)
            if name not in place.files:
                raise FileNotFoundError(path)
            return {"name": name, "size": place.size(place.files[name]), "type": "file"}

        def cat_file(self, path: str, start: int | None = None, end: int | None = None, **options: Any) -> bytes:
            name = self._strip_protocol(path)
            if name not in place.files:
                raise FileNotFoundError(path)
            return place.answer(name, [(start or 0, len(place.files[name]) if end is None else end)])[0]

        def cat_ranges(self, paths: list[str], starts: list[int], ends: list[int], **options: Any) -> list[bytes]:
            return place.answer(self._strip_protocol(paths[0]), list(zip(starts, ends, strict=True)))

    fsspec.register_implementation("far", FarSystem, clobber=True)
    monkeypatch.setattr(RemoteFile, "retry", Retry(policy=RetryPolicy(jitter=0.0), sleep=lambda wait_s: None))
    monkeypatch.setattr(RemoteFile, "room", Room())
    monkeypatch.setattr(remote, "N_WIDENED", 0)
    return place
