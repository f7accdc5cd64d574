"""How a merger gets the deltas of workers of other outposts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from overproof.engines.local.channel import Payload
from overproof.engines.outposts.kept import Kept
from overproof.engines.outposts.signals import DeltaKey, Gone, Here, PassOn, Want, key_of
from overproof.engines.wire import Connection, Exchange
from overproof.records.block import Delta
from overproof.words.clock import Clock
from overproof.words.ids import WorkerId

PATIENCE_S = 30.0
"""A payload that has not come by then is not waited for: it is somebody else's to fetch."""


class Merging(Protocol):
    """What is needed of the crew that has the mergers."""

    def give(self, merger: WorkerId, delta: Delta, payload: Payload) -> None:
        """Let a merger add a delta; it answers. One that is gone does not, and its loss is told."""
        ...


@dataclass(slots=True, eq=False)
class _Errand:
    query: int
    order: PassOn
    until_s: float
    connection: Connection | None = None


class Passing:
    """Errands between outposts; each ends with a delta given to a merger, or with word that it was not.

    Args:
        exchange: of this process.
        kept: payloads of our own workers.
        fail: told the query, the order and the reason for each delta that could not be had.
        clock: of this process.
    """

    def __init__(
        self, exchange: Exchange, kept: Kept, *, fail: Callable[[int, PassOn, str], None], clock: Clock
    ) -> None:
        self._exchange = exchange
        self._kept = kept
        self._fail = fail
        self._clock = clock
        self._errands: dict[DeltaKey, _Errand] = {}
        self._connections: dict[tuple[str, int], Connection] = {}

    def begin(self, query: int, order: PassOn, crew: Merging) -> None:
        """Get a delta for a merger."""
        key = key_of(query, order.delta)
        if order.place is None:
            payload = self._kept.get(key)
            if payload is None:
                self._fail(query, order, f"{order.delta.worker} is gone")
            else:
                crew.give(order.merger, order.delta, payload)
            return
        connection = self._connections.get(order.place)
        if connection is None:
            connection = self._connections[order.place] = self._exchange.dial(*order.place)
        self._errands[key] = _Errand(query, order, self._clock.now() + PATIENCE_S, connection)
        connection.send(Want(key=key))

    def arrive(
        self, connection: Connection, message: Want | Here | Gone, payload: Payload | None, crew: Merging
    ) -> None:
        """Hear another outpost."""
        if isinstance(message, Want):
            wanted = self._kept.get(message.key)
            connection.send(Gone(key=message.key) if wanted is None else Here(key=message.key), wanted)
            return
        errand = self._errands.pop(message.key, None)
        if errand is None:
            return  # it was given up
        if isinstance(message, Here) and payload is not None:
            crew.give(errand.order.merger, errand.order.delta, payload)
        else:
            self._fail(errand.query, errand.order, f"{errand.order.delta.worker} is gone")

    def lose(self, connection: Connection) -> None:
        """Give up what was to come by a connection that is over."""
        for place in [place for place, each in self._connections.items() if each is connection]:
            del self._connections[place]
        self._give_up(
            [key for key, errand in self._errands.items() if errand.connection is connection],
            f"{connection.peer} cannot be reached from the merger's host",
        )

    def look(self) -> None:
        """Give up what takes too long."""
        now = self._clock.now()
        late = [key for key, errand in self._errands.items() if errand.until_s < now]
        self._give_up(late, f"it did not come within {PATIENCE_S:.0f} s")

    def clear(self) -> None:
        """Forget everything: nobody waits for it any more."""
        self._errands.clear()

    def _give_up(self, keys: list[DeltaKey], reason: str) -> None:
        for key in keys:
            errand = self._errands.pop(key)
            self._fail(errand.query, errand.order, reason)
