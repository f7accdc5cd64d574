"""What a worker has computed and not handed over: deltas, offered one at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeAlias

from overproof.engines.worker.failure import USER_ERRORS
from overproof.outputs.state import OutputState
from overproof.records.block import Block, Delta
from overproof.records.notices import DeltaOffered
from overproof.words.clock import Clock
from overproof.words.ids import WorkerId

MAX_GROWTH_BYTES = 64_000_000
"""A worker hands over early when its outputs have grown so much since the first block in them: a large histogram is as
large after one block as after a hundred."""

MAX_SHARE = 0.05
"""Part of its time that a worker spends on handing over, unless it is asked."""

LARGE_BYTES = 1_000_000
"""From this size on a delta that waits long is a sign that whoever merges has too much to do."""
MAX_PAUSE_S = 20.0
"""Longest pause for that reason: somebody may look at the outputs while they grow."""

Offer: TypeAlias = Callable[[DeltaOffered, bytes], None]
Complain: TypeAlias = Callable[[Block, BaseException], None]


class Handover:
    """Gathers the outputs of blocks into deltas.

    The next delta waits until the one before is settled; meanwhile blocks go on to be gathered. Its payload is not kept
    once it is sent: whoever loses what was sent loses its sender, too. A block that somebody else may have too makes a
    delta of its own, behind one of those that were there before it.

    Args:
        worker: its name.
        epoch: told in every delta.
        clock: the worker's clock.
        interval_s: time between two deltas; 0: each block is offered before the next begins, whatever that costs.
        offer: sends a delta with its payload.
        complain: takes blocks whose outputs cannot travel.
    """

    def __init__(
        self, worker: WorkerId, *, epoch: int, clock: Clock, interval_s: float, offer: Offer, complain: Complain
    ) -> None:
        self._worker = worker
        self._epoch = epoch
        self._clock = clock
        self._interval_s = interval_s
        self._offer = offer
        self._complain = complain
        self._state = OutputState()
        self._blocks: list[Block] = []
        self._closed: deque[tuple[tuple[Block, ...], OutputState]] = deque()
        self._unsettled: int | None = None
        self._is_asked = False
        self._n_deltas = 0
        self._offered_s = clock.now()
        self._pause_s = interval_s
        self._first_bytes = 0
        self._sent_bytes = 0

    @property
    def is_settled(self) -> bool:
        """Tell whether there is nothing that waits for anybody."""
        return not self._blocks and not self._closed and self._unsettled is None

    def add(self, block: Block, outputs: OutputState) -> None:
        """Take the outputs of a block, which are consumed, together with those of others.

        Raises:
            MergeError: they cannot be added to those of the blocks before; nothing is changed.
        """
        self.add_all((block,), outputs)

    def add_all(self, blocks: Sequence[Block], outputs: OutputState) -> None:
        """Take the outputs of some blocks, as `add` does with those of one."""
        self._state.merge(outputs)
        if not self._blocks:
            self._first_bytes = self._state.size_bytes
        self._blocks += blocks

    def add_apart(self, block: Block, outputs: OutputState) -> None:
        """Take the outputs of a block for a delta of its own, and offer it, with all before it, as soon as can be."""
        self._close()
        self._closed.append(((block,), outputs))
        self._go_on()

    def offer_if_due(self) -> None:
        """Hand over unasked; at the end, and when it idles, a worker is asked."""
        is_late = self._clock.now() - self._offered_s >= self._pause_s
        if self._blocks and (is_late or self._state.size_bytes > self._first_bytes + MAX_GROWTH_BYTES):
            self.offer()

    def offer(self) -> None:
        """Send the outputs of all blocks since the last offer; the master takes or refuses them as one."""
        self._is_asked = bool(self._blocks)
        self._go_on()

    def settle(self, number: int) -> None:
        """Forget a delta that was taken or refused; the longer a large one had to wait, the later comes the next one.

        Else workers, or mergers, with large outputs would have their receiver do nothing but merge, and when they end
        each would wait for all others.
        """
        if self._unsettled == number:
            self._unsettled = None
            if self._interval_s and self._sent_bytes >= LARGE_BYTES:
                waited_s = self._clock.now() - self._offered_s
                self._pause_s = max(self._pause_s, min(waited_s / MAX_SHARE, MAX_PAUSE_S))
            self._go_on()

    def _close(self) -> None:
        """Let no other block join those gathered."""
        if self._blocks:
            self._closed.append((tuple(self._blocks), self._state))
            self._state, self._blocks = OutputState(), []
        self._is_asked = False

    def _go_on(self) -> None:
        while self._unsettled is None:
            if not self._closed and self._is_asked:
                self._close()
            if not self._closed:
                return
            self._send_next()

    def _send_next(self) -> None:
        blocks, state = self._closed.popleft()
        self._offered_s = self._clock.now()
        try:
            payload = state.to_bytes()
        except USER_ERRORS as error:  # users' types say how they travel
            for block in blocks:
                self._complain(block, error)
            return
        del state  # it may be as large as the payload, which may have to wait until somebody reads it
        self._n_deltas += 1
        self._unsettled = self._n_deltas
        delta = Delta(worker=self._worker, epoch=self._epoch, number=self._n_deltas, blocks=blocks)
        self._sent_bytes = len(payload)
        self._offer(DeltaOffered(delta=delta, size_bytes=self._sent_bytes), payload)
        if self._interval_s:
            self._pause_s = max(self._interval_s, (self._clock.now() - self._offered_s) / MAX_SHARE)
