"""Laws of the frames between master and workers."""

from __future__ import annotations

import os
import pickle
import socket
import threading
from collections.abc import Iterator

import pytest

from overproof.engines.local.channel import Channel, ChannelClosedError, header_of


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


def test_what_has_not_come_is_not_waited_for(ends: tuple[Channel, Channel]) -> None:
    """Nor is it lost: half a frame stays until the other half is there."""
    ends[0].send("whole")
    left, right = socket.socketpair()
    with left, right:
        body = pickle.dumps("halved")
        left.sendall(header_of(len(body), 2) + body + b"1")
        channel = Channel(right)
        assert channel.receive_available() == []
        left.sendall(b"2" + header_of(9, None))
        assert channel.receive_available() == [("halved", b"12")]
        left.close()
        with pytest.raises(ChannelClosedError):
            channel.receive_available()


@pytest.mark.parametrize("timeout_s", [None, 20.0])
def test_waiting_takes_as_long_as_it_takes(timeout_s: float | None) -> None:
    """On sockets that block and on those that do not: a frame that comes in two halves is received whole."""
    left, right = socket.socketpair()
    right.settimeout(timeout_s)
    with left, right:
        body = pickle.dumps("halved")
        left.sendall(header_of(len(body), None) + body[:3])
        received: list[object] = []
        reader = threading.Thread(target=lambda: received.append(Channel(right).receive()))
        reader.start()
        left.sendall(body[3:])
        reader.join()
        assert received == [("halved", None)]


def test_a_closed_end_is_said_on_both_sides(ends: tuple[Channel, Channel]) -> None:
    """Nobody waits for an end that is gone."""
    ends[0].close()
    with pytest.raises(ChannelClosedError):
        ends[1].receive()
    with pytest.raises(ChannelClosedError):
        ends[1].send("anyone?", b"x" * 10_000_000)


@pytest.mark.parametrize(
    "junk",
    [
        b"hello, world! who is there? ",
        b"\x10" + bytes(15) + b"garbage" * 9,
        b"\xff" * 64,
        header_of(16, None) + b"garbage garbage!",
        header_of(0, None),
    ],
)
def test_what_is_no_frame_is_told_apart(ends: tuple[Channel, Channel], junk: bytes) -> None:
    """Whatever is written into the socket ends in one kind of error, and nothing is waited for or made room for."""
    os.write(ends[0].fileno(), junk)
    with pytest.raises(pickle.UnpicklingError, match="the other end sent"):
        ends[1].receive()
