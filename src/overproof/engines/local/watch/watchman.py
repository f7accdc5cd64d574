"""The thread that looks at every worker process ten times a second."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Generic, Protocol, TypeVar

from overproof.engines.limits import Limits
from overproof.engines.local.logbook import Logbook
from overproof.engines.local.watch.machine import OutOfMemoryRecord
from overproof.engines.local.watch.proc import is_asleep, private_memory_bytes, processor_time_s
from overproof.engines.local.watch.verdict import Look, Verdict, Watched
from overproof.words.clock import Clock

ROUND_S = 0.1
OOM_ROUND_S = 1.0


class Suspicious(Protocol):
    """What can be watched: a process with a logbook."""

    @property
    def pid(self) -> int:
        """Its number."""
        ...

    @property
    def logbook(self) -> Logbook:
        """Our end of it."""
        ...

    @property
    def watched(self) -> Watched:
        """What is remembered of it; belongs to the watchman."""
        ...


Process = TypeVar("Process", bound=Suspicious)


class Watchman(Generic[Process]):
    """Looks at processes, and tells what is to be done with them.

    Args:
        processes: gives those that run now.
        tell: called in the watchman's thread, with each verdict.
        lock: held during each round, so that no logbook is closed while it is read.
        clock: monotonic seconds of this machine, as in the logbooks.
    """

    def __init__(
        self,
        processes: Callable[[], Iterable[Process]],
        tell: Callable[[Process, Verdict], None],
        *,
        lock: AbstractContextManager[object],
        clock: Clock,
    ) -> None:
        self.limits = Limits()
        self.out_of_memory = OutOfMemoryRecord()
        self._processes = processes
        self._tell = tell
        self._lock = lock
        self._clock = clock
        self._asked_oom_s = clock.now()
        self._is_over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look, unless it does already."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True, name="watchman")
            self._thread.start()

    def close(self) -> None:
        """Look no more; returns when the last look is over."""
        self._is_over.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def look_around(self) -> None:
        """Look at every process once."""
        now = self._clock.now()
        if now - self._asked_oom_s >= OOM_ROUND_S:
            self._asked_oom_s = now
            self.out_of_memory.look(now)
        with self._lock:
            for process in self._processes():
                verdict = process.watched.judge(self._look_at(process), self.limits)
                if verdict is not None:
                    self._tell(process, verdict)

    def _look_at(self, process: Process) -> Look:
        pid, at_hand, now = process.pid, process.logbook.read(), self._clock.now()
        memory_bytes = private_memory_bytes(pid)
        if not process.watched.is_silent(at_hand, now=now):
            return Look(at_s=now, at_hand=at_hand, memory_bytes=memory_bytes)
        return Look(
            at_s=now,
            at_hand=at_hand,
            memory_bytes=memory_bytes,
            processor_s=processor_time_s(pid),
            is_asleep=is_asleep(pid),
        )

    def _run(self) -> None:
        while not self._is_over.wait(ROUND_S):
            self.look_around()
