"""What the hub knows of one outpost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from overproof.engines.outposts.signals import Arrived
from overproof.engines.wire import Connection
from overproof.records.block import Delta
from overproof.words.ids import WorkerId


@dataclass(slots=True, eq=False)
class Station:
    """One outpost that has arrived and is not lost.

    Attributes:
        arrived: what it said of itself.
        connection: to it.
        listening: workers that listen now.
        known: workers, isolators and mergers that joined the query, or listen, and are not lost.
        fetching: deltas that it was asked for and has not sent.
        has_listened: some worker of it has listened.
        has_isolator: it was asked to keep the isolator up.
        n_calls: mergers that it was asked for in this query.
        is_killing: it was told to kill its workers, and has not said that it has.
    """

    arrived: Arrived
    connection: Connection
    listening: tuple[WorkerId, ...] = ()
    known: dict[WorkerId, None] = field(default_factory=dict)
    fetching: dict[tuple[WorkerId, int], Delta] = field(default_factory=dict)
    has_listened: bool = False
    has_isolator: bool = False
    n_calls: int = 0
    is_killing: bool = False

    @property
    def place(self) -> tuple[str, int]:
        """Where other outposts reach it: at the address from which it has called."""
        return self.connection.peer_host, self.arrived.peer_port

    def tell(self, message: Any) -> None:
        """Say something to it."""
        self.connection.send(message)


def outpost_of(worker: WorkerId) -> str:
    """Return the name of the outpost at which a worker is."""
    return worker.rpartition(".")[0]
