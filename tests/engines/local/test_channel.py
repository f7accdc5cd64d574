"""Laws of the frames between master and workers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from overproof.engines.local.channel import Channel, ChannelClosedError


@pytest.fixture
def ends() -> Iterator[tuple[Channel, Channel]]:
    left, right = (Channel(sock) for sock in socket.socketpair())
    yield left, right
    left.close()
    right.close()


@pytest.mark.parametrize("payload", [None, b"", b"x" * 3_000_000])
def test_a_frame_arrives_as_it_was_sent(ends: tuple[Channel, Channel], payload: bytes | None) -> None:
    """Absent, empty and large payloads are told apart and arrive whole."""
    sender = threading.Thread(target=ends[0].send, args=({"a": 1}, payload))
    sender.start()
    assert ends[1].receive() == ({"a": 1}, payload)
    sender.join()


def test_several_frames_in_one_read_are_several(ends: tuple[Channel, Channel]) -> None:
    """What was sent as two frames is received as two, in order."""
    ends[0].send("first")
    ends[0].send("second", b"2")
    assert ends[1].receive_available() == [("first", None), ("second", b"2")]


def test_a_closed_end_is_said_on_both_sides(ends: tuple[Channel, Channel]) -> None:
    """Nobody waits for an end that is gone."""
    ends[0].close()
    with pytest.raises(ChannelClosedError):
        ends[1].receive()
    with pytest.raises(ChannelClosedError):
        ends[1].send("anyone?", b"x" * 10_000_000)
