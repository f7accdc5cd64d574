"""What an engine must offer to the driver: a crew of workers."""

from __future__ import annotations

from typing import Protocol

from overproof.engines.messages import Brief, Command, Letter
from overproof.words.ids import WorkerId


class Crew(Protocol):
    """Workers that are told things and answer; the crew knows nothing of packets or accounts."""

    @property
    def size(self) -> int:
        """Number of workers that the crew keeps up."""
        ...

    @property
    def workers(self) -> list[WorkerId]:
        """Names of the workers that listen now."""
        ...

    def begin(self, brief: Brief) -> None:
        """Give a query to all workers, and to each that joins later: each answers `WorkerJoined` or `BeginFailed`."""
        ...

    def send(self, worker: WorkerId, command: Command) -> None:
        """Tell a worker something; what is sent to a worker that is gone is forgotten."""
        ...

    def poll(self, timeout_s: float) -> list[Letter]:
        """Wait for letters of workers, at most `timeout_s` seconds or until `wake`.

        The loss of a worker is a letter too (`WorkerLost`).

        Raises:
            EngineError: workers die faster than they can be replaced.
        """
        ...

    def wake(self) -> None:
        """Let `poll` return now; may be called from any thread."""
        ...

    def end(self) -> None:
        """Tell all workers to forget the query: each answers `Ended`."""
        ...

    def kill(self) -> None:
        """End all workers at once; new ones start for the next query."""
        ...

    def close(self) -> None:
        """End all workers, for good; returns when none is left."""
        ...
