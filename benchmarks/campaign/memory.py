"""How much private memory the processes of one run take at most."""

from __future__ import annotations

import os
import threading
from pathlib import Path

PERIOD_S = 0.01
MARK = "OVERPROOF_BENCHMARK"
"""Environment variable by which processes of a run are known, whoever their parent is."""


class MemoryWatch:
    """Looks at the processes of a run, in a thread, until it is stopped.

    What is counted is private: shared memory and files that are mapped are not.

    Args:
        mark: value of the variable `MARK` in the environment of the run.
        main: id of its first process.
    """

    def __init__(self, mark: str, main: int) -> None:
        self._wanted = f"{MARK}={mark}".encode()
        self._main = main
        self._is_ours: dict[int, bool] = {}
        self._peaks: dict[int, int] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> tuple[int, int]:
        """Stop looking; return the peaks of the first process and of the largest other one, in bytes."""
        self._stop.set()
        self._thread.join()
        others = [peak for pid, peak in self._peaks.items() if pid != self._main]
        return self._peaks.get(self._main, 0), max(others, default=0)

    def _watch(self) -> None:
        while not self._stop.wait(PERIOD_S):
            self.look()

    def look(self) -> None:
        """Look once at every process."""
        for name in os.listdir("/proc"):
            if name.isdigit() and self._belongs(int(name)):
                self._look_at(int(name))

    def _belongs(self, pid: int) -> bool:
        if pid == self._main:
            return True
        if pid not in self._is_ours:
            try:
                self._is_ours[pid] = self._wanted in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
            except OSError:
                return False
        return self._is_ours[pid]

    def _look_at(self, pid: int) -> None:
        try:
            status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
        except OSError:
            return
        _, found, rest = status.partition("RssAnon:")
        if found:
            self._peaks[pid] = max(self._peaks.get(pid, 0), int(rest.split(maxsplit=1)[0]) * 1024)
