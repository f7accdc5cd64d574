"""Which file is looked into by whom, and from where."""

from __future__ import annotations

from collections import deque

from overproof.query.files import Files
from overproof.query.locality.locality import LOOKED_AT, Locality
from overproof.query.roster import Worker
from overproof.query.storage.stock import NOWHERE, Reading
from overproof.words.ids import FileIndex


class Openings:
    """Lets files be opened by those who have them near first, and last of all where servers fail.

    Args:
        files: of the query.
        locality: where they lie.
    """

    __slots__ = ("_at_host", "_files", "_locality")

    def __init__(self, files: Files, locality: Locality) -> None:
        self._files = files
        self._locality = locality
        self._at_host: dict[str, deque[FileIndex]] = {}  # also files that somebody has opened since

    def offer(self, file: FileIndex) -> None:
        """Let a file be opened by those who have it near; said again when it must be opened again."""
        for host in self._locality.places.hosts(file):
            self._at_host.setdefault(host, deque()).append(file)

    def choose(self, worker: Worker) -> tuple[FileIndex, Reading] | None:
        """Say which file a worker looks into next, and from where; None: none that it may."""
        locality, to_ask = self._locality, self._files.to_ask
        near = self._at_host.get(worker.host)
        while near:
            file = near.popleft()
            if file in to_ask and (reading := locality.near_copy(worker, file)) is not None:
                return file, reading
        if locality.is_strict or not to_ask:
            return None
        first = next(iter(to_ask))
        if locality.has_near_work(worker) and any(map(locality.has_worker_at, locality.places.hosts(first))):
            return None
        for _ in range(min(LOOKED_AT, len(to_ask))):
            file = next(iter(to_ask))
            reading = locality.best(worker, file) or NOWHERE
            if reading.stock.server is None or not reading.stock.server.is_failing:
                return file, reading
            self._files.put_off(file)
        file = next(iter(to_ask))
        return file, locality.best(worker, file) or NOWHERE
