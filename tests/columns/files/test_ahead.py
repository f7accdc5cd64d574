"""Laws of bytes that are fetched ahead: once, within bounds, and never in the way."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import pytest

from overproof.columns.files.ahead import Ahead, Room
from overproof.columns.files.requests import Bytes, Range


class Server:
    """Gives `n` bytes for a range of `n`; notes who asks, and may be held up."""

    def __init__(self) -> None:
        self.asked: list[list[Range]] = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.error: Exception | None = None

    def fetch(self, ranges: list[Range]) -> Mapping[Range, Bytes]:
        self.asked.append(ranges)
        assert self.may_answer.wait(20)
        if self.error is not None:
            raise self.error
        return {(start, stop): bytes([start % 256]) * (stop - start) for start, stop in ranges}


@pytest.fixture
def server() -> Server:
    return Server()


def test_what_was_announced_is_fetched_once(server: Server) -> None:
    """Each range is asked for once, however often it is announced, and can be taken once."""
    ahead = Ahead(server.fetch, room=Room())
    ahead.announce([(0, 10), (20, 30)])
    ahead.announce([(20, 30), (40, 50)])
    taken = ahead.take([(0, 10), (20, 30), (40, 50), (60, 70)])
    assert taken == {(0, 10): b"\x00" * 10, (20, 30): b"\x14" * 10, (40, 50): b"\x28" * 10}
    assert sorted(each for request in server.asked for each in request) == [(0, 10), (20, 30), (40, 50)]
    assert ahead.take([(0, 10), (20, 30), (40, 50)]) == {}


def test_to_announce_does_not_wait(server: Server) -> None:
    """Who announces goes on at once; who takes waits until it is there."""
    server.may_answer.clear()
    ahead = Ahead(server.fetch, room=Room())
    ahead.announce([(0, 10)])
    assert (0, 10) in ahead
    server.may_answer.set()
    assert ahead.take([(0, 10)]) == {(0, 10): b"\x00" * 10}
    assert (0, 10) not in ahead


def test_errors_are_silent(server: Server) -> None:
    """What could not be fetched is simply not there."""
    server.error = OSError("no answer")
    ahead = Ahead(server.fetch, room=Room())
    ahead.announce([(0, 10)])
    assert ahead.take([(0, 10)]) == {}


def test_what_is_held_is_bounded(server: Server) -> None:
    """All files together hold no more than there is room; what was announced first makes way, whole."""
    room = Room(limit_bytes=100)
    one, two = Ahead(server.fetch, room=room), Ahead(server.fetch, room=room)
    one.announce([(0, 30), (30, 60)])
    two.announce([(100, 130)])
    assert room.used_bytes == 90
    two.announce([(200, 220)])
    assert room.used_bytes == 50
    assert one.take([(0, 30), (30, 60)]) == {}
    assert set(two.take([(100, 130), (200, 220)])) == {(100, 130), (200, 220)}
    assert room.used_bytes == 0


def test_no_more_is_announced_than_there_is_room(server: Server) -> None:
    """Of too many ranges the first ones are fetched; they do not push out one another."""
    room = Room(limit_bytes=100)
    ahead = Ahead(server.fetch, room=room)
    ahead.announce([(0, 60), (100, 140), (200, 201)])
    assert server.asked == [[(0, 60), (100, 140)]]
    ahead.announce([(1_000, 2_000)])
    assert (0, 60) in ahead
    assert (1_000, 2_000) not in ahead


def test_nonsense_is_not_fetched(server: Server) -> None:
    """Ranges that a damaged file may tell, before its start or of no length, are left to whoever reads them."""
    ahead = Ahead(server.fetch, room=Room())
    ahead.announce([(-10, 5), (7, 7), (9, 3)])
    assert server.asked == []


def test_without_threads_nothing_is_fetched_ahead(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the system gives no more threads, announcing does nothing."""

    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    room = Room()
    ahead = Ahead(server.fetch, room=room)
    ahead.announce([(0, 10)])
    assert ahead.take([(0, 10)]) == {}
    assert room.used_bytes == 0


def test_what_is_dropped_is_gone(server: Server) -> None:
    """A file that is closed gives its room back, also while something is still coming."""
    server.may_answer.clear()
    room = Room()
    ahead = Ahead(server.fetch, room=room)
    ahead.announce([(0, 10)])
    ahead.announce([(20, 30)])
    ahead.drop()
    assert room.used_bytes == 0
    server.may_answer.set()
    assert ahead.take([(0, 10), (20, 30)]) == {}
