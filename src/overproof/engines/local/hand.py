"""One process of the crew: how it is started, what is known of it, how it is ended."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from overproof.engines.local.channel import Channel
from overproof.engines.local.logbook import Logbook
from overproof.engines.local.watch import Verdict, Watched, offer_to_oom_killer
from overproof.engines.local.watch.machine import WORKER_OOM_SCORE
from overproof.words.errors import EngineError
from overproof.words.ids import WorkerId

SEND_TIMEOUT_S = 30.0
"""A worker that does not take a message for so long is given up."""

ENDING_S = 2.0
"""A process that was killed is gone by then, or the kernel holds it (a dead disk): nobody waits for it any longer."""

WORKER, ISOLATOR = "overproof.engines.worker", "overproof.engines.isolator"

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "NUMBA_NUM_THREADS")
PACKAGE_PARENT = str(Path(__file__).resolve().parents[3])


@dataclass(slots=True, kw_only=True, eq=False)
class Hand:
    """One process as its crew sees it.

    Attributes:
        name: the worker's name.
        process: the process.
        channel: our end of the connection.
        lifeline: while we keep it open, the process lives.
        logbook: what it has in hand.
        watched: what the watchman remembers of it.
        is_isolator: it is the isolator, not one of the workers.
        is_ready: it listens.
        epoch: the worker's epoch in the query; 0 before it has joined.
        verdict: why we have ended it; None when we have not.
        ended_s: when we have ended it, or were told that it has ended; 0 while it runs.
    """

    name: WorkerId
    process: subprocess.Popen[bytes]
    channel: Channel
    lifeline: socket.socket
    logbook: Logbook
    watched: Watched
    is_isolator: bool
    is_ready: bool = False
    epoch: int = 0
    verdict: Verdict | None = None
    ended_s: float = 0.0

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self.process.pid

    @property
    def has_ended(self) -> bool:
        """Tell whether the process runs no more, whoever else may hold its end of the connection."""
        if not hasattr(os, "waitid"):
            return False  # the end of the connection must do
        try:
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        except ChildProcessError:
            return True

    def kill(self) -> None:
        """End the process at once, with all that user code has started in it.

        The number of its group is its own until somebody has waited for it: then it may be another's.
        """
        if self.process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):  # gone; or nobody is left but the dead
            os.killpg(self.pid, signal.SIGKILL)

    def end(self) -> int | None:
        """End the process and return its exit code; None when the kernel does not let it end for now."""
        self.kill()
        try:
            return self.process.wait(ENDING_S)
        except subprocess.TimeoutExpired:
            return None

    def release(self) -> None:
        """Let go of all that is shared with the process, which must end by that."""
        self.channel.close()
        self.lifeline.close()
        self.logbook.close()


def hire(name: WorkerId, *, is_isolator: bool, now: float, frozen_s: float) -> Hand:
    """Start a process that inherits its end of the connection: there is no port, no path and no secret to guard.

    Raises:
        EngineError: this system starts no more processes.
    """
    ours, theirs = socket.socketpair()
    lifeline, their_lifeline = socket.socketpair()
    ours.settimeout(SEND_TIMEOUT_S)
    logbook = Logbook()
    descriptors = [theirs.fileno(), their_lifeline.fileno(), logbook.handle]
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", ISOLATOR if is_isolator else WORKER, name, *map(str, descriptors)],
            pass_fds=descriptors,
            stdin=subprocess.DEVNULL,
            process_group=0,  # a Ctrl-C in the terminal is not for it; and it is ended with all that it starts
            env=_environment(os.environ),
        )
    except OSError as error:
        ours.close()
        lifeline.close()
        logbook.close()
        raise EngineError(f"cannot start a worker process: {error}") from error
    finally:
        theirs.close()
        their_lifeline.close()
    offer_to_oom_killer(process.pid, score=WORKER_OOM_SCORE)
    return Hand(
        name=name,
        process=process,
        channel=Channel(ours),
        lifeline=lifeline,
        logbook=logbook,
        watched=Watched(started_s=now, frozen_s=frozen_s),
        is_isolator=is_isolator,
    )


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what workers get: one thread for numeric libraries, one order of hashing, our package within reach."""
    paths = [PACKAGE_PARENT, *filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))]
    return {
        **environment,
        **dict.fromkeys(ONE_THREAD, "1"),
        "PYTHONHASHSEED": environment.get("PYTHONHASHSEED", "0"),
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
        "PYTHONSAFEPATH": "1",
    }
