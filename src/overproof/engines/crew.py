"""What an engine must offer to the driver: a crew of workers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from overproof.engines.limits import Limits
from overproof.engines.messages import Brief, Command, Letter
from overproof.records.block import Delta
from overproof.words.ids import WorkerId

if TYPE_CHECKING:
    from overproof.engines.uploads.upload import Upload


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

    def expect(self, libraries: Sequence[str]) -> None:
        """Hear which modules workers will need soon; where none has begun yet, they may be loaded once for all."""
        ...

    def begin(self, brief: Brief) -> None:
        """Give a query to all workers, and to each that joins later: each answers `WorkerJoined` or `BeginFailed`."""
        ...

    def watch(self, limits: Limits) -> None:
        """End any worker that goes beyond these limits from now on: its loss tells the block and the failure."""
        ...

    def call_isolator(self) -> None:
        """Keep one isolator up, beside the workers, until the query ends: it answers `WorkerJoined`."""
        ...

    def dismiss(self, worker: WorkerId) -> None:
        """End one worker and start another one in its place; its loss is not told."""
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

    @property
    def hosts(self) -> Mapping[str, tuple[str, ...]]:
        """Machines with workers, by the name that these tell in `WorkerJoined`: other names, and addresses."""
        ...

    @property
    def awaited(self) -> str:
        """What is waited for where no worker is there, for people; empty: nothing that takes long."""
        ...

    def provide(self, upload: Upload) -> tuple[str, ...]:
        """Let workers find a package from now on, in place of any other version; what they run is thrown away.

        Returns:
            What the user should know.

        Raises:
            EngineError: it cannot be installed, or conflicts with what is there.
        """
        ...

    @property
    def can_merge(self) -> bool:
        """Tell whether there can be mergers, and payloads stay with their workers until they are fetched."""
        ...

    def call_merger(self, host: str) -> None:
        """Keep one merger more up on a host until the query ends: it answers `MergerJoined`."""
        ...

    def pass_on(self, delta: Delta, merger: WorkerId) -> None:
        """Let a merger get an offered delta: it answers `DeltaPassed` or `DeltaNotPassed`."""
        ...

    def fetch(self, delta: Delta) -> None:
        """Get the payload of an offered delta that came without: answered by `DeltaArrived` or `DeltaLost`."""
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
