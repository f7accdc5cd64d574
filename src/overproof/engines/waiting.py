"""Waiting for descriptors, of which a process may have any number."""

from __future__ import annotations

import errno
import math
import os
import select
from collections.abc import Iterable
from typing import Protocol


class HasDescriptor(Protocol):
    """A socket, a channel, a file."""

    def fileno(self) -> int:
        """Return its descriptor."""
        ...


def ready(things: Iterable[int | HasDescriptor], timeout_s: float | None) -> list[int]:
    """Wait until something can be read or has ended; return the descriptors of all that this is true of.

    `select.select` refuses descriptors above 1,023, which a session in a process with many open files has.

    Args:
        things: descriptors, or what has one.
        timeout_s: at most so long; None: for ever.

    Raises:
        OSError, ValueError: one of them is closed.
    """
    poll = select.poll()
    for thing in things:
        poll.register(thing, select.POLLIN)
    events = poll.poll(None if timeout_s is None else math.ceil(timeout_s * 1000))
    if any(event & select.POLLNVAL for _, event in events):
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    return [descriptor for descriptor, _ in events]
