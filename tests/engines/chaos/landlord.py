"""Outposts for tests of violence: another one comes in place of each that dies, as with a batch system."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from overproof.engines.local.environment import worker_environment
from overproof.engines.outposts import Invitation

MODULE = "overproof.engines.outposts"
DEADLINE_S = 240.0
MEND_S = 0.1


class Landlord:
    """Keeps outposts up, until it is closed.

    Args:
        n_outposts: how many.
        workers: of each.
        arguments: of the command line of each.
        wrap: makes another command of that of the outpost with this number, as one that runs it on another host.
        replaces: start another one in place of each that dies.
    """

    def __init__(
        self,
        n_outposts: int,
        *,
        workers: int = 1,
        arguments: Sequence[Sequence[str]] = (),
        wrap: Callable[[int, list[str]], list[str]] = lambda _, command: command,
        replaces: bool = True,
    ) -> None:
        self.n_workers = n_outposts * workers
        self.awaited = ""
        self.n_started = 0
        self._n_outposts = n_outposts
        self._workers = workers
        self._arguments = arguments
        self._wrap = wrap
        self._replaces = replaces
        self._is_closed = threading.Event()
        self.processes: dict[int, subprocess.Popen[str]] = {}
        self._mending = threading.Thread(target=self._mend, daemon=True)

    def start(self, invitation: Invitation) -> None:
        self._invitation = invitation.to_text() + "\n"
        for number in range(self._n_outposts):
            self._start(number)
        if self._replaces:
            self._mending.start()

    def check(self, *, is_alone: bool) -> None:
        """There is always hope."""

    def close(self) -> None:
        self._is_closed.set()
        if self._mending.is_alive():
            self._mending.join()
        for process in self.processes.values():
            with contextlib.suppress(OSError):
                process.communicate(timeout=20)

    def _start(self, number: int) -> None:
        own = self._arguments[number] if number < len(self._arguments) else ()
        command = [sys.executable, "-m", MODULE, "--workers", str(self._workers), *own]
        process = subprocess.Popen(
            self._wrap(number, command), stdin=subprocess.PIPE, text=True, env=worker_environment(dict(os.environ))
        )
        self.processes[number] = process
        self.n_started += 1
        assert process.stdin is not None
        with contextlib.suppress(OSError):  # it was killed meanwhile
            process.stdin.write(self._invitation)
            process.stdin.flush()

    def _mend(self) -> None:
        while not self._is_closed.wait(MEND_S):
            for number, process in list(self.processes.items()):
                if process.poll() is not None:
                    self._start(number)


class Violence:
    """Kills random processes through a query, one after the other, whenever work was completed in between.

    Args:
        query: that runs.
        victims: lists the pids of those that may be killed now.
        seed: of the dice.
        n_hits: kills wanted.
    """

    def __init__(self, query: Any, *, victims: Callable[[], list[int]], seed: int, n_hits: int) -> None:
        self.hit: list[str] = []
        self._query = query
        self._victims = victims
        self._dice = random.Random(seed)
        self._n_hits = n_hits
        self._n_processed = 0

    def kill_on(self) -> None:
        """Kill one after the other, then wait for the end of the query."""
        deadline_s = time.monotonic() + DEADLINE_S
        while not self._query.wait(0.02):
            assert time.monotonic() < deadline_s, f"the query does not end: {self._query.progress()}"
            if len(self.hit) < self._n_hits and self._has_progress():
                self._kill_one()

    def _kill_one(self) -> None:
        victims = self._victims()
        if not victims:
            return
        victim = self._dice.choice(victims)
        with contextlib.suppress(OSError):  # it has ended meanwhile
            what = Path(f"/proc/{victim}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            os.kill(victim, signal.SIGKILL)
            self.hit.append(what)

    def _has_progress(self) -> bool:
        n_processed = self._query.progress().account.processed
        has_progress = n_processed > self._n_processed
        self._n_processed = n_processed
        return has_progress


def descendants(of: int) -> list[int]:
    """Return the pids of all processes that descend from this one and are alive."""
    parents = {}
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            state, parent = (place / "stat").read_text().rpartition(")")[2].split()[:2]
            if state not in "ZX":
                parents[int(place.name)] = int(parent)
    found = [of]
    for ancestor in found:
        found += [pid for pid, parent in parents.items() if parent == ancestor]
    return sorted(found[1:])
