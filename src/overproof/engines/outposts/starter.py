"""How outposts come to be where there are slots."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Protocol

from overproof.engines.local.environment import worker_environment
from overproof.engines.outposts.invitation import Invitation

MODULE = "overproof.engines.outposts"
ENDING_S = 5.0


class Starter(Protocol):
    """Starts an outpost on each slot that there is, and on each that comes."""

    @property
    def n_workers(self) -> int:
        """Workers that were asked for; 0: as many as there are."""
        ...

    @property
    def awaited(self) -> str:
        """What is waited for while there is no outpost, for people; empty: nothing that takes long."""
        ...

    def start(self, invitation: Invitation) -> None:
        """Begin; returns without waiting for anybody."""
        ...

    def check(self, *, is_alone: bool) -> None:
        """Say what users should know, and see whether there is hope; called often, must be cheap.

        Args:
            is_alone: no outpost is there.

        Raises:
            EngineError: no outpost is there, and none will ever come.
        """
        ...

    def close(self) -> None:
        """Give all slots back; returns when nothing is left of what was started here."""
        ...


class ProcessStarter:
    """Starts outposts as processes of this machine: for tests, and to try things out.

    Args:
        n_outposts: how many.
        workers: of each.
        environment: variables that theirs differs by.
        arguments: further ones, for each outpost; the last ones serve the rest.
    """

    awaited = ""

    def __init__(
        self,
        n_outposts: int,
        *,
        workers: int = 1,
        environment: Mapping[str, str] | None = None,
        arguments: tuple[tuple[str, ...], ...] = ((),),
    ) -> None:
        self.n_workers = n_outposts * workers
        self.processes: list[subprocess.Popen[str]] = []
        self._n_outposts = n_outposts
        self._workers = workers
        self._environment = dict(environment or {})
        self._arguments = arguments

    def start(self, invitation: Invitation) -> None:
        for _ in range(self._n_outposts):
            self.start_one(invitation)

    def start_one(self, invitation: Invitation) -> None:
        """Start one more."""
        number = min(len(self.processes), len(self._arguments) - 1)
        process = subprocess.Popen(
            [sys.executable, "-m", MODULE, "--workers", str(self._workers), *self._arguments[number]],
            stdin=subprocess.PIPE, text=True, process_group=0,
            env=worker_environment({**os.environ, **self._environment}),
        )  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(invitation.to_text() + "\n")
        process.stdin.flush()
        self.processes.append(process)

    def check(self, *, is_alone: bool) -> None:
        """There is always hope."""

    def close(self) -> None:
        for process in self.processes:
            if process.stdin is not None:
                with contextlib.suppress(OSError):
                    process.stdin.close()
        for process in self.processes:
            try:
                process.wait(ENDING_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
