"""A Dask cluster whose nannies are processes of their own, and come again when they die."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

MEND_S = 0.2
SCHEDULER = "distributed.cli.dask_scheduler"
WORKER = "distributed.cli.dask_worker"


class DaskHouse:
    """One scheduler and some Dask workers with nannies, until it is closed.

    Args:
        n_workers: Dask workers, of one thread each.
        directory: theirs.
        wait: returns when something is so, or fails with a sentence.
        address: of the scheduler.
        wrap: makes another command of that of the Dask worker with this number, as one that runs it on another host.
    """

    def __init__(
        self,
        n_workers: int,
        directory: Path,
        *,
        wait: Callable[[Callable[[], Any], str], None],
        address: str = "127.0.0.1",
        wrap: Callable[[int, list[str]], list[str]] = lambda _, command: command,
    ) -> None:
        self._directory = directory
        self._wrap = wrap
        self._is_closed = threading.Event()
        # A time-out that tests can wait for: by default Dask gives up a lost worker after five minutes.
        self._environment = os.environ | {"DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "5s"}
        file = directory / "scheduler.json"
        self._scheduler = self._start(
            [*command_of(SCHEDULER), "--host", address, "--port", "0", "--scheduler-file", str(file)]
        )
        wait(file.exists, "no scheduler comes")
        self._scheduler_file = str(file)
        self._workers = [self._start_worker(number) for number in range(n_workers)]
        self._mending = threading.Thread(target=self._mend, daemon=True)
        self._mending.start()

    @property
    def address(self) -> str:
        """Where the scheduler listens."""
        return str(json.loads(Path(self._scheduler_file).read_text())["address"])

    @property
    def scheduler_pid(self) -> int:
        """The process of the scheduler."""
        return self._scheduler.pid

    def close(self) -> None:
        """End everything."""
        self._is_closed.set()
        self._mending.join()
        for process in [*self._workers, self._scheduler]:
            process.send_signal(signal.SIGTERM)
        for process in [*self._workers, self._scheduler]:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _mend(self) -> None:
        while not self._is_closed.wait(MEND_S):
            for number, process in enumerate(self._workers):
                if process.poll() is not None:
                    self._workers[number] = self._start_worker(number)

    def _start_worker(self, number: int) -> subprocess.Popen[bytes]:
        command = [
            *command_of(WORKER), "--scheduler-file", self._scheduler_file, "--nthreads", "1", "--nanny",
            "--memory-limit", "1GB", "--local-directory", str(self._directory), "--death-timeout", "20",
        ]  # fmt: skip
        return self._start(self._wrap(number, command))

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        with (self._directory / "log").open("ab") as log:
            return subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)


def command_of(module: str) -> list[str]:
    """Return how a program of Dask is started."""
    return [sys.executable, "-m", module, "--no-dashboard"]
