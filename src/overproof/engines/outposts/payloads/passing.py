"""How a merger gets the deltas of workers of other outposts."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from overproof.engines.local.channel import Payload
from overproof.engines.outposts.payloads.kept import Kept
from overproof.engines.outposts.signals import DeltaKey, Gone, Here, PassOn, Want, key_of
from overproof.engines.wire import Connection, Exchange
from overproof.records.block import Delta
from overproof.words.clock import Clock
from overproof.words.ids import WorkerId

NO_DELTA: DeltaKey = (0, "", 0, 0)

ANSWER_S = 60.0
"""A merger that has not answered for so long, or for the time that a block may take, hangs in what it adds."""
PATIENCE_S = 30.0
"""A payload that has not come by then is not waited for: it is somebody else's to fetch."""
SHUN_S = 30.0
"""An outpost that could not be reached is not called again for so long: each call may take seconds, in which a merger
could get what others have."""


class Merging(Protocol):
    """What is needed of the crew that has the mergers."""

    def give(self, merger: WorkerId, delta: Delta, payload: Payload) -> None:
        """Let a merger add a delta; it answers. One that is gone does not, and its loss is told."""
        ...


@dataclass(slots=True, eq=False)
class _Errand:
    query: int
    order: PassOn
    until_s: float = 0.0
    connection: Connection | None = None


class Passing:
    """Errands between outposts; each ends with a delta given to a merger, or with word that it was not.

    A merger gets one payload at a time, and the next one is fetched when it has answered: so it needs no room for more.

    Args:
        exchange: of this process.
        kept: payloads of our own workers.
        fail: told the query, the order and the reason for each delta that could not be had.
        give_up: told each merger that has not answered for too long.
        clock: of this process.

    Attributes:
        answer_s: how long a merger may take over one delta.
    """

    def __init__(
        self,
        exchange: Exchange,
        kept: Kept,
        *,
        fail: Callable[[int, PassOn, str], None],
        give_up: Callable[[WorkerId], None],
        clock: Clock,
    ) -> None:
        self._exchange = exchange
        self._kept = kept
        self._fail = fail
        self._give_up_merger = give_up
        self.answer_s = ANSWER_S
        self._clock = clock
        self._errands: dict[DeltaKey, _Errand] = {}
        self._at_work: dict[WorkerId, DeltaKey] = {}
        self._queues: dict[WorkerId, deque[_Errand]] = {}
        self._answer_by_s: dict[WorkerId, float] = {}
        self._connections: dict[tuple[str, int], Connection] = {}
        self._shunned: dict[tuple[str, int], float] = {}

    def begin(self, query: int, order: PassOn, crew: Merging) -> None:
        """Get a delta for a merger, when it has answered for those before."""
        self._queues.setdefault(order.merger, deque()).append(_Errand(query, order))
        self._go_on(order.merger, crew)

    def answered(self, merger: WorkerId, crew: Merging) -> None:
        """Note that a merger has answered for the delta that it was given."""
        self._at_work.pop(merger, None)
        self._answer_by_s.pop(merger, None)
        self._go_on(merger, crew)

    def lose_merger(self, merger: WorkerId) -> None:
        """Forget what was to be got for a merger that is lost: its loss says all."""
        self._queues.pop(merger, None)
        self._answer_by_s.pop(merger, None)
        self._errands.pop(self._at_work.pop(merger, NO_DELTA), None)

    def _go_on(self, merger: WorkerId, crew: Merging) -> None:
        queue = self._queues.get(merger)
        while queue and merger not in self._at_work:
            errand = queue.popleft()
            self._at_work[merger] = key_of(errand.query, errand.order.delta)
            self._begin(errand, crew)

    def _begin(self, errand: _Errand, crew: Merging) -> None:
        order, key = errand.order, key_of(errand.query, errand.order.delta)
        if order.place is None:
            payload = self._kept.get(key)
            if payload is not None:
                self._give(order, payload, crew)
            else:
                self._end(errand, f"{order.delta.worker} is gone")
            return
        if self._clock.now() < self._shunned.get(order.place, 0.0):
            self._end(errand, _out_of_reach(order.place))
            return
        connection = self._connections.get(order.place)
        if connection is None:
            connection = self._connections[order.place] = self._exchange.dial(*order.place)
        errand.until_s, errand.connection = self._clock.now() + PATIENCE_S, connection
        self._errands[key] = errand
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
            self._give(errand.order, payload, crew)
        else:
            self._end(errand, f"{errand.order.delta.worker} is gone")
            self._go_on(errand.order.merger, crew)

    def lose(self, connection: Connection, crew: Merging) -> None:
        """Give up what was to come by a connection that is over."""
        for place in [place for place, each in self._connections.items() if each is connection]:
            del self._connections[place]
            self._shunned[place] = self._clock.now() + SHUN_S
            lost = [errand for errand in self._errands.values() if errand.connection is connection]
            self._give_up(lost, _out_of_reach(place), crew)

    def look(self, crew: Merging) -> None:
        """Give up what takes too long."""
        now = self._clock.now()
        late = [errand for errand in self._errands.values() if errand.until_s < now]
        self._give_up(late, f"it did not come within {PATIENCE_S:.0f} s", crew)
        for merger in [merger for merger, by_s in self._answer_by_s.items() if by_s < now]:
            self.lose_merger(merger)
            self._give_up_merger(merger)

    def clear(self) -> None:
        """Forget everything: nobody waits for it any more."""
        self._errands.clear()
        self._at_work.clear()
        self._answer_by_s.clear()
        self._queues.clear()

    def _give(self, order: PassOn, payload: Payload, crew: Merging) -> None:
        self._answer_by_s[order.merger] = self._clock.now() + self.answer_s
        crew.give(order.merger, order.delta, payload)

    def _give_up(self, errands: list[_Errand], reason: str, crew: Merging) -> None:
        for errand in errands:
            self._errands.pop(key_of(errand.query, errand.order.delta), None)
            self._end(errand, reason)
            self._go_on(errand.order.merger, crew)

    def _end(self, errand: _Errand, reason: str) -> None:
        """Say that a delta was not passed."""
        self._at_work.pop(errand.order.merger, None)
        self._fail(errand.query, errand.order, reason)


def _out_of_reach(place: tuple[str, int]) -> str:
    return f"{place[0]}:{place[1]} cannot be reached from the merger's host"
