"""A merger without a process around it: takes deltas, adds them up, hands over the sum.

The caller owns time and transport: it calls `handle` for each command, `look` now and then, and gets replies through
`emit`. A merger serves one query, and ends with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from overproof.engines.messages import AddDelta, Brief, Command, HandOver, Letter, Reply, Settled
from overproof.engines.worker.code import import_modules, search_in
from overproof.engines.worker.handover import Handover
from overproof.outputs.state import OutputState
from overproof.records.block import Block, Delta
from overproof.records.notices import DeltaNotPassed, DeltaPassed, MergerJoined
from overproof.words.clock import Clock
from overproof.words.errors import MergeError
from overproof.words.ids import WorkerId

if TYPE_CHECKING:
    from overproof.engines.local.channel import Payload
    from overproof.engines.worker.logs import PrintLog

EPOCH = 1


class Merger:
    """Adds deltas of one query.

    Args:
        name: its name among the workers.
        emit: takes each reply; must not call back.
        clock: the caller's clock.
        prints: takes what the user's types print while they are added.
    """

    def __init__(
        self, name: WorkerId, emit: Callable[[Letter], None], *, clock: Clock, prints: PrintLog | None = None
    ) -> None:
        self.name = name
        self._emit = emit
        self._clock = clock
        self._prints = prints
        self._query = 0
        self._handover: Handover | None = None
        self._is_leaving = False

    @property
    def is_settled(self) -> bool:
        """Tell whether all that it had was handed over, and taken or refused."""
        return self._handover is None or self._handover.is_settled

    def handle(self, command: Command, payload: Payload | None = None) -> None:
        """Do one command."""
        match command:
            case Brief():
                self._begin(command)
            case AddDelta(delta=delta) if payload is not None:
                self._add(delta, payload)
            case HandOver() if self._handover is not None:
                self._handover.offer()
            case Settled(number=number) if self._handover is not None:
                self._handover.settle(number)

    def look(self) -> None:
        """Hand over unasked, when it is time."""
        if self._handover is not None:
            self._handover.offer_if_due()

    def leave(self) -> None:
        """Take nothing more, and hand over what there is."""
        self._is_leaving = True
        if self._handover is not None:
            self._handover.offer()

    def _begin(self, brief: Brief) -> None:
        self._query = brief.query
        if self._prints is not None:
            self._prints.open(brief.log_directory)
        search_in(brief.search_path)
        import_modules(brief.modules)
        self._handover = Handover(
            self.name,
            epoch=EPOCH,
            clock=self._clock,
            interval_s=brief.delta_interval_s,
            offer=self._reply,
            complain=self._give_up,
        )
        self._reply(MergerJoined(merger=self.name, epoch=EPOCH))

    def _add(self, delta: Delta, payload: Payload) -> None:
        """Add a delta, whole or not at all; say which."""
        reason = ""
        if self._handover is None or self._is_leaving:
            reason = f"{self.name} takes nothing any more"
        else:
            try:
                self._handover.add_all(delta.blocks, OutputState.from_bytes(payload))
            except MergeError as error:
                reason = str(error)
        if reason:
            self._reply(DeltaNotPassed(merger=self.name, epoch=EPOCH, delta=delta, reason=reason))
        else:
            self._reply(DeltaPassed(merger=self.name, epoch=EPOCH, delta=delta))

    def _give_up(self, block: Block, error: BaseException) -> None:
        """End at sums that cannot travel: their blocks are lost with the merger, and wait again.

        Raises:
            BaseException: why they cannot.
        """
        raise error

    def _reply(self, reply: Reply, payload: bytes | None = None) -> None:
        self._emit(Letter(self._query, reply, payload))
