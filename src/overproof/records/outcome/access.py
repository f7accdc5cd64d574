"""What was read of a file."""

from __future__ import annotations

from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAccess:
    """Reads of one file from one server, by one worker, for one packet.

    Attributes:
        path: the replica, as it was opened.
        server: who served it, as `host:port` where that is known; `""` for a file of the worker's own machine.
        read_bytes: bytes that came.
        n_reads: requests.
        read_s: seconds in which somebody waited for them.
        n_failures: requests that failed, those that were tried again with success included.
        reason: of the last failure; empty where there was none.
    """

    path: str
    server: str = ""
    read_bytes: int = 0
    n_reads: int = 0
    read_s: float = 0.0
    n_failures: int = 0
    reason: str = ""

    @property
    def rate_per_s(self) -> float:
        """Bytes a second while somebody waited; 0 where nothing was waited for."""
        return self.read_bytes / self.read_s if self.read_s > 0 else 0.0
