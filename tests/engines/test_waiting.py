"""Waiting for descriptors."""

from __future__ import annotations

import fcntl
import os
import resource
import socket

import pytest

from overproof.engines.waiting import ready


def test_what_can_be_read_or_has_ended_is_ready() -> None:
    """Bytes and the end of a connection are both told; what is silent is not."""
    one, other = socket.socketpair()
    silent, _far = socket.socketpair()
    with one, other, silent, _far:
        assert ready([one, silent], 0) == []
        other.send(b"x")
        assert ready([one, silent.fileno()], None) == [one.fileno()]
        one.recv(1)
        other.close()
        assert ready([silent, one], 5) == [one.fileno()]


def test_descriptors_may_be_high() -> None:
    """A process with thousands of open files can wait all the same."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft <= 2_000:
        pytest.skip(f"this process may open only {soft} files")
    one, other = socket.socketpair()
    with one, other:
        high = fcntl.fcntl(one, fcntl.F_DUPFD, 1_500)
        other.send(b"x")
        assert ready([high], 0) == [high]
        os.close(high)


def test_what_is_closed_is_an_error() -> None:
    """As with `select.select`: nobody waits for ever for what is gone."""
    one, other = socket.socketpair()
    number = one.fileno()
    one.close()
    other.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        ready([number], 0)
    with pytest.raises(ValueError, match="negative"):
        ready([one], 0)
