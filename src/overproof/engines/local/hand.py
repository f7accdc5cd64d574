"""One process of the crew: how it is asked for, what is known of it, how it is ended."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from dataclasses import dataclass
from typing import Literal, TypeAlias

from overproof.engines.local.channel import Channel
from overproof.engines.local.forking.stem import Forked, Stem
from overproof.engines.local.logbook import Logbook
from overproof.engines.local.watch import Verdict, Watched
from overproof.words.ids import WorkerId

SEND_TIMEOUT_S = 30.0
"""A worker that does not take a message for so long is given up."""

ENDING_S = 2.0
"""A process that was killed is gone by then, or the kernel holds it (a dead disk): nobody waits for it any longer."""

WORKER, ISOLATOR = "overproof.engines.worker", "overproof.engines.isolator"
MERGER = "overproof.engines.merger"

Role: TypeAlias = Literal["worker", "isolator", "merger"]


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
        role: what it is for.
        is_ready: it listens.
        epoch: the worker's epoch in the query; 0 before it has joined.
        verdict: why we have ended it; None when we have not.
        ended_s: when we have ended it, or were told that it has ended; 0 while it runs.
    """

    name: WorkerId
    process: Forked
    channel: Channel
    lifeline: socket.socket
    logbook: Logbook
    watched: Watched
    role: Role
    is_ready: bool = False
    epoch: int = 0
    verdict: Verdict | None = None
    ended_s: float = 0.0

    @property
    def pid(self) -> int:
        """Number of the process; 0 before it has begun."""
        return self.process.pid or 0

    @property
    def has_ended(self) -> bool:
        """Tell whether the process runs no more, whoever else may hold its end of the connection."""
        return self.process.is_known_to_have_ended

    def kill(self) -> None:
        """End the process at once, with all that user code has started in it.

        One that has not begun, or of which nobody can tell whether its number is still its own, ends with its lifeline.
        """
        if not self.process.owns_pid:
            with contextlib.suppress(OSError):  # closed, or shut down before
                self.lifeline.shutdown(socket.SHUT_RDWR)
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):  # gone; or nobody is left but the dead
            os.killpg(self.pid, signal.SIGKILL)

    def ask_to_go(self) -> None:
        """Let the process hand over and end by itself; one that has not begun ends at once."""
        if not self.is_ready or self.role == "isolator" or not self.process.owns_pid:
            self.kill()
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(self.pid, signal.SIGTERM)

    def end(self) -> int | None:
        """End the process and return its exit code; None when the kernel does not let it end, or nobody can tell."""
        self.kill()
        return self.process.wait(ENDING_S)

    def bury(self) -> None:
        """Give the number of the process back; nothing can be told of it any more."""
        self.process.bury()

    def release(self) -> None:
        """Let go of all that is shared with the process, which must end by that."""
        self.channel.close()
        self.lifeline.close()
        self.logbook.close()


def hire(name: WorkerId, *, stem: Stem, role: Role, now: float, frozen_s: float, in_haste: bool = False) -> Hand:
    """Ask for a process that inherits its end of the connection: there is no port, no path and no secret to guard."""
    ours, theirs = socket.socketpair()
    lifeline, their_lifeline = socket.socketpair()
    ours.settimeout(SEND_TIMEOUT_S)
    logbook = Logbook()
    descriptors = [theirs.fileno(), their_lifeline.fileno(), logbook.handle]
    module = {"worker": WORKER, "isolator": ISOLATOR, "merger": MERGER}[role]
    process = stem.bear(module, name, descriptors, in_haste=in_haste)
    theirs.close()
    their_lifeline.close()
    return Hand(
        name=name,
        process=process,
        channel=Channel(ours),
        lifeline=lifeline,
        logbook=logbook,
        watched=Watched(started_s=now, frozen_s=frozen_s),
        role=role,
    )
