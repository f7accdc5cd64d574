"""The start of a stem: the first thing that a session does, so that it loads what workers need beside all else."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from typing import NamedTuple

from overproof.engines.local.environment import worker_environment
from overproof.words.errors import EngineError

MODULE = "overproof.engines.stem"


class Planted(NamedTuple):
    """A stem that has just been started; a tuple, because `dataclasses` alone takes as long to load as all else here.

    Attributes:
        process: it.
        connection: our end; one request or report a packet.
        lifeline: while we keep it open, the process lives.
    """

    process: subprocess.Popen[bytes]
    connection: socket.socket
    lifeline: socket.socket


_early: list[Planted] = []
"""What was started before anybody asked for it; at most one."""


def plant_early() -> None:
    """Start the process now, for the first who will ask; it ends with this process where nobody does.

    What cannot be started now is started, and complained about, when somebody asks.
    """
    with contextlib.suppress(EngineError):
        _early.append(plant())


def planted() -> Planted:
    """Return the process that was started early, or start one.

    Raises:
        EngineError: this system starts no more processes.
    """
    return _early.pop() if _early else plant()


def plant(environment: dict[str, str] | None = None) -> Planted:
    """Start the process that forks workers; nothing of the package that takes long to load is loaded for that.

    Args:
        environment: of the process and its children; None: this process's, made fit for workers.

    Raises:
        EngineError: this system starts no more processes.
    """
    connection, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    lifeline, their_lifeline = socket.socketpair()
    descriptors = [theirs.fileno(), their_lifeline.fileno()]
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", MODULE, *map(str, descriptors)],
            pass_fds=descriptors,
            stdin=subprocess.DEVNULL,
            process_group=0,
            env=worker_environment(os.environ) if environment is None else environment,
        )
    except OSError as error:
        connection.close()
        lifeline.close()
        raise EngineError(f"cannot start a worker process: {error}") from error
    finally:
        theirs.close()
        their_lifeline.close()
    return Planted(process=process, connection=connection, lifeline=lifeline)
