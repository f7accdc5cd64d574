"""What every file server gave: a fold over what workers say of their reads."""

from __future__ import annotations

from overproof.records.notices import FilesLocated, PacketDone, WorkerJoined
from overproof.records.outcome.access import FileAccess
from overproof.records.statistics import ServerStatistics
from overproof.words.ids import WorkerId


class _Line:
    """What one server gave so far."""

    __slots__ = ("failures", "local_bytes", "paths", "read_bytes", "read_s", "reads", "reason")

    def __init__(self) -> None:
        self.paths: set[str] = set()
        self.read_bytes = self.local_bytes = self.reads = self.failures = 0
        self.read_s = 0.0
        self.reason = ""


class AccessTally:
    """Keeps sums only."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}
        self._host_by_worker: dict[WorkerId, str] = {}
        self._host_by_place: dict[str, str] = {}

    def join(self, notice: WorkerJoined) -> None:
        """Learn where a worker is."""
        self._host_by_worker[notice.worker] = notice.host

    def locate(self, notice: FilesLocated) -> None:
        """Learn where servers, and copies of files, are."""
        for replicas in notice.replicas.values():
            for replica in replicas:
                if replica.host:
                    for place in filter(None, (replica.path, replica.server)):
                        self._host_by_place[place] = replica.host

    def add(self, notice: PacketDone) -> None:
        """Count what was read for a packet."""
        for access in notice.accesses:
            line = self._lines.get(access.server)
            if line is None:
                line = self._lines[access.server] = _Line()
            line.paths.add(access.path)
            line.read_bytes += access.read_bytes
            line.reads += access.n_reads
            line.read_s += access.read_s
            line.failures += access.n_failures
            line.reason = access.reason or line.reason
            if self._is_near(access, notice.worker):
                line.local_bytes += access.read_bytes

    def _is_near(self, access: FileAccess, worker: WorkerId) -> bool:
        """Tell whether a worker has read from its own machine."""
        if not access.server:
            return True
        host = self._host_by_place.get(access.path) or self._host_by_place.get(access.server)
        return host is not None and host == self._host_by_worker.get(worker)

    def lines(self) -> tuple[ServerStatistics, ...]:
        """Say what each server gave, by name."""
        return tuple(
            ServerStatistics(
                server=server, files=len(line.paths), read_bytes=line.read_bytes, local_bytes=line.local_bytes,
                reads=line.reads, read_s=line.read_s, failures=line.failures, reason=line.reason,
            )
            for server, line in sorted(self._lines.items())
        )  # fmt: skip
