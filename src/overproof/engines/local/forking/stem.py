"""The crew's side of the stem: the process that forks workers and isolators.

The first workers are forked as soon as it has what they need to compute plain columns, and load what else they need;
libraries that take half a second to load are loaded once, before any that is forked later.
The stem tells how its children ended; a dead child keeps its number, which nobody else can get, until it is buried.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import socket
import subprocess
import threading
import time
from collections.abc import Sequence

from overproof.engines.local.forking.planting import Planted
from overproof.engines.local.forking.requests import MAX_REQUEST_BYTES, Bear, Began, Bury, Ended, Load
from overproof.engines.local.watch import how_it_ended, offer_to_oom_killer, processor_time_s
from overproof.engines.local.watch.machine import WORKER_OOM_SCORE
from overproof.engines.waiting import ready

ENDING_S = 2.0
LEAST_FROZEN_S = 5.0
"""Time that a stem gets at least, to load its libraries from a slow disk."""


class Forked:
    """A process that the stem forks, as its crew sees it.

    Attributes:
        number: under which the stem knows it.
        pid: its number in the system; None before it has begun.
        returncode: as of `subprocess`; None while it runs, or when nobody can tell.
        problem: why nobody can tell; empty when somebody can.
        is_buried: its number may be another's.
    """

    def __init__(self, stem: Stem, number: int) -> None:
        self.number = number
        self.pid: int | None = None
        self.returncode: int | None = None
        self.problem = ""
        self._stem = stem
        self.is_buried = False

    @property
    def is_known_to_have_ended(self) -> bool:
        """Tell whether it runs no more."""
        self._stem.hear()
        return self.returncode is not None or bool(self.problem)

    @property
    def owns_pid(self) -> bool:
        """Tell whether its number is still its own, so that signals reach nobody else."""
        return self.pid is not None and not self.is_buried and not self._stem.is_lost

    def wait(self, timeout_s: float | None = None) -> int | None:
        """Wait until it has ended, at most so long; return the exit code, None when it cannot be told."""
        self._stem.await_end(self, timeout_s)
        return self.returncode

    def bury(self) -> None:
        """Let its number be given to others."""
        self.is_buried = True
        self._stem.bury(self)


class Stem:
    """The process that forks; it is lost when somebody ends it, and what it has forked with it.

    Args:
        planted: the process, which has just been started.
        frozen_s: seconds for which it may leave a request alone without using the processor.
    """

    def __init__(self, planted: Planted, *, frozen_s: float) -> None:
        self._frozen_s = max(frozen_s, LEAST_FROZEN_S)
        self._lock = threading.RLock()
        self._children: dict[int, Forked] = {}
        self._n_born = 0
        self._is_cut_off = False
        self._has_forked = False
        self._processor_s: float | None = None
        self._still_since_s = 0.0
        self._process, self._connection, self._lifeline = planted.process, planted.connection, planted.lifeline
        offer_to_oom_killer(self._process.pid, score=WORKER_OOM_SCORE)

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    @property
    def is_lost(self) -> bool:
        """Tell whether it can fork no more."""
        return self._is_cut_off

    @property
    def n_born(self) -> int:
        """Number of processes that it was asked for."""
        return self._n_born

    def bear(self, module: str, name: str, descriptors: Sequence[int], *, in_haste: bool = False) -> Forked:
        """Ask for a process; it begins soon, and in haste as soon as can be, without what it may need later."""
        with self._lock:
            self._n_born += 1
            child = self._children[self._n_born] = Forked(self, self._n_born)
            request = Bear(number=child.number, module=module, name=name, directory=_directory(), in_haste=in_haste)
            self._send(request, descriptors)
        return child

    def load(self, names: Sequence[str]) -> None:
        """Let modules be loaded before the first process is forked, where that has not happened yet."""
        with self._lock:
            if not self._has_forked:
                self._send(Load(names=tuple(names)))

    def bury(self, child: Forked) -> None:
        """Forget a child, as soon as it has ended."""
        with self._lock:
            if child.returncode is not None and self._children.pop(child.number, None) is not None:
                self._send(Bury(number=child.number))

    def hear(self) -> None:
        """Take in what it has told by now."""
        with self._lock:
            while not self._is_cut_off and ready([self._connection], 0):
                self._take_in()

    def await_end(self, child: Forked, timeout_s: float | None) -> None:
        """Wait until a child has ended, at most so long."""
        deadline_s = None if timeout_s is None else time.monotonic() + timeout_s
        while not child.is_known_to_have_ended and not self._is_cut_off:
            left_s = None if deadline_s is None else deadline_s - time.monotonic()
            if left_s is not None and left_s <= 0:
                return
            with contextlib.suppress(OSError, ValueError):  # closed meanwhile
                ready([self._connection], 0.1 if left_s is None else min(left_s, 0.1))

    def check(self, now: float) -> None:
        """End it when it leaves requests alone and does nothing: it was stopped, or hangs on a dead disk."""
        self.hear()
        if self._is_cut_off or all(child.pid is not None for child in self._children.values()):
            self._processor_s = None
            return
        processor_s = processor_time_s(self.pid)
        if self._processor_s is None or processor_s != self._processor_s:
            self._processor_s, self._still_since_s = processor_s or 0.0, now
        elif now - self._still_since_s > self._frozen_s:
            self._process.kill()
            self._cut_off("it was frozen")

    def close(self) -> None:
        """End it; what it has forked should have ended before."""
        self.hear()
        if self._has_forked:
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_WR)  # it buries the dead, and goes
        else:
            self._process.kill()  # it still loads, or has only just done so, and has nobody to bury
        try:
            self._process.wait(ENDING_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(ENDING_S)
        with self._lock:
            self._is_cut_off = True
            self._connection.close()
            self._lifeline.close()

    def _send(self, request: Bear | Bury | Load, descriptors: Sequence[int] = ()) -> None:
        try:
            socket.send_fds(self._connection, [pickle.dumps(request)], list(descriptors))
        except OSError as error:
            self._cut_off(str(error))

    def _take_in(self) -> None:
        try:
            data = self._connection.recv(MAX_REQUEST_BYTES)
        except OSError:
            data = b""
        if not data:
            self._cut_off("")
            return
        report = pickle.loads(data)  # by our own socket pair: nobody else has the other end
        child = self._children.get(report.number)
        match report:
            case Began(pid=pid) if child is not None:
                child.pid, self._has_forked = pid, True
            case Ended(exit_code=exit_code, reason=reason) if child is not None:
                child.returncode, child.problem = exit_code, reason
                if child.is_buried:
                    self.bury(child)

    def _cut_off(self, problem: str) -> None:
        """Take everybody for lost: nobody tells any more how they end."""
        self._is_cut_off = True
        if not problem:
            with contextlib.suppress(subprocess.TimeoutExpired):
                problem = how_it_ended(self._process.wait(ENDING_S))
        for child in self._children.values():
            if child.returncode is None and not child.problem:
                child.problem = f"was lost with the process that starts workers: {problem}"


def _directory() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return "/"
