"""What was read of which file, from which server, and for how long somebody waited."""

from __future__ import annotations

import threading
from typing import TypeAlias

from overproof.columns.files.damage import one_line
from overproof.records.outcome.access import FileAccess
from overproof.store.mounts import server_of

NO_TIME_S = 1e-3
"""Who asked for bytes that were here already has waited for less."""

_Key: TypeAlias = tuple[str, str]


class _Line:
    """What one file from one server has cost so far."""

    __slots__ = ("n_failures", "n_reads", "read_bytes", "read_s", "reason")

    def __init__(self) -> None:
        self.read_bytes = 0
        self.n_reads = 0
        self.read_s = 0.0
        self.n_failures = 0
        self.reason = ""


class AccessBook:
    """Adds up reads until somebody takes the sums; for any thread."""

    def __init__(self) -> None:
        self._lines: dict[_Key, _Line] = {}
        self._lock = threading.Lock()

    def read(self, path: str, *, server: str = "", n_bytes: int, n_reads: int = 1, seconds: float = 0.0) -> None:
        """Note bytes that came, and how long somebody waited for them."""
        with self._lock:
            line = self._line(path, server)
            line.read_bytes += n_bytes
            line.n_reads += n_reads
            line.read_s += seconds

    def waited(self, path: str, *, server: str = "", seconds: float) -> None:
        """Note that somebody has waited for bytes."""
        with self._lock:
            self._line(path, server).read_s += seconds

    def failed(self, path: str, error: BaseException, *, server: str = "") -> None:
        """Note a request that came to nothing; it may be tried again."""
        with self._lock:
            line = self._line(path, server)
            line.n_failures += 1
            line.reason = one_line(error)

    def take(self) -> tuple[FileAccess, ...]:
        """Return the sums since they were taken last."""
        with self._lock:
            lines, self._lines = self._lines, {}
        return tuple(
            FileAccess(
                path=path, server=server or _server_here(path), read_bytes=line.read_bytes, n_reads=line.n_reads,
                read_s=line.read_s, n_failures=line.n_failures, reason=line.reason,
            )
            for (path, server), line in lines.items()
            if line.n_reads or line.n_failures or line.read_s > NO_TIME_S
        )  # fmt: skip

    def _line(self, path: str, server: str) -> _Line:
        line = self._lines.get((path, server))
        if line is None:
            line = self._lines[path, server] = _Line()
        return line


def _server_here(path: str) -> str:
    """Tell who serves a path that is mounted here."""
    return "" if "://" in path else server_of(path)


ACCESSES = AccessBook()
"""Where the files of this process take down what is read."""
