"""The crew of one: a worker in the user's own process and thread, for debugging and small things."""

from __future__ import annotations

import sys
from collections import deque

from overproof.engines.clock import MonotonicClock
from overproof.engines.limits import Limits
from overproof.engines.messages import Brief, Command, EndQuery, Letter
from overproof.engines.worker.compute import Worker
from overproof.words.ids import WorkerId

NAME = "w0"


class InlineCrew:
    """Runs one block per `poll`, so that the driver hears of each and can be stopped between two.

    A segmentation fault or an endless loop in user code is the user's process's own: only exceptions are caught.
    """

    size = 1

    def __init__(self) -> None:
        self._letters: deque[Letter] = deque()
        self._worker = Worker(NAME, self._letters.append, clock=MonotonicClock())

    @property
    def workers(self) -> list[WorkerId]:
        return [NAME]

    def begin(self, brief: Brief) -> None:
        search_path = list(sys.path)
        self._worker.handle(brief)
        sys.path[:] = search_path

    def watch(self, limits: Limits) -> None:
        """Nothing to do: a block in this process can neither be timed out nor ended."""

    def call_isolator(self) -> None:
        """Nothing to do yet."""

    def dismiss(self, worker: WorkerId) -> None:
        """Nothing to do: this process stays."""

    def send(self, worker: WorkerId, command: Command) -> None:
        assert worker == NAME
        self._worker.handle(command)

    def poll(self, timeout_s: float) -> list[Letter]:
        """Compute a block if there is one; never waits."""
        if not self._letters and self._worker.has_work:
            self._worker.step()
        letters = list(self._letters)
        self._letters.clear()
        return letters

    def wake(self) -> None:
        """Nothing to do: `poll` never waits."""

    def end(self) -> None:
        self._worker.handle(EndQuery())

    def kill(self) -> None:
        self._worker.handle(EndQuery())
        self._letters.clear()

    def close(self) -> None:
        self.kill()
