"""When a worker, or a merger, hands over what it has."""

from __future__ import annotations

import numpy as np
import pytest

from overproof.engines.worker.handover import LARGE_BYTES, MAX_PAUSE_S, MAX_SHARE, Handover
from overproof.outputs.state import OutputState
from overproof.records.block import Block
from overproof.records.notices import DeltaOffered
from overproof.testing import ManualClock


class Desk:
    """A worker that computes a block whenever it is told, and a clock in the test's hand."""

    def __init__(self, *, n_bytes: int, interval_s: float = 1.0) -> None:
        self.offers: list[DeltaOffered] = []
        self.clock = ManualClock()
        self._output = {"x": np.random.default_rng(1).normal(size=n_bytes // 8)}
        self._n_blocks = 0
        self.handover = Handover(
            "w",
            epoch=1,
            clock=self.clock,
            interval_s=interval_s,
            offer=lambda notice, _payload: self.offers.append(notice),
            complain=lambda block, error: pytest.fail(f"{block}: {error}"),
        )

    def compute(self, *, after_s: float) -> int:
        """Compute a block when so much time has passed; return how many deltas were offered so far."""
        self.clock.advance(after_s)
        block = Block(file=0, index=self._n_blocks, first=self._n_blocks, stop=self._n_blocks + 1)
        self._n_blocks += 1
        state = OutputState()
        state.add_block(block, self._output)
        self.handover.add(block, state)
        self.handover.offer_if_due()
        return len(self.offers)


def settle_after(desk: Desk, waited_s: float) -> None:
    desk.clock.advance(waited_s)
    desk.handover.settle(desk.offers[-1].delta.number)


def test_a_large_delta_that_has_waited_long_is_followed_late() -> None:
    """Waiting takes as small a part of the time as making the payload does, and offers become rare by themselves."""
    desk = Desk(n_bytes=2 * LARGE_BYTES)
    assert desk.compute(after_s=1.0) == 1
    settle_after(desk, 0.5)
    assert desk.compute(after_s=0.5 / MAX_SHARE - 0.6) == 1
    assert desk.compute(after_s=0.2) == 2


def test_somebody_may_look_at_large_outputs_too() -> None:
    """No pause for that reason is longer than the longest; and one that is settled soon brings the usual one back."""
    desk = Desk(n_bytes=2 * LARGE_BYTES)
    desk.compute(after_s=1.0)
    settle_after(desk, 10.0)
    assert desk.compute(after_s=MAX_PAUSE_S - 10.1) == 1
    assert desk.compute(after_s=0.2) == 2
    settle_after(desk, 0.0)
    assert desk.compute(after_s=1.0) == 3


def test_a_small_delta_that_has_waited_says_nothing() -> None:
    """The receiver may have slept; the next one comes after the usual time."""
    desk = Desk(n_bytes=8)
    desk.compute(after_s=1.0)
    settle_after(desk, 5.0)
    assert desk.compute(after_s=0.0) == 2


def test_who_is_asked_hands_over_whatever_has_been() -> None:
    """The pause is for what nobody asks for."""
    desk = Desk(n_bytes=2 * LARGE_BYTES)
    desk.compute(after_s=1.0)
    settle_after(desk, 0.5)
    desk.compute(after_s=0.1)
    desk.handover.offer()
    assert len(desk.offers) == 2


def test_who_offers_each_block_at_once_goes_on_so() -> None:
    """An interval of 0 means what it says."""
    desk = Desk(n_bytes=2 * LARGE_BYTES, interval_s=0.0)
    desk.compute(after_s=0.0)
    settle_after(desk, 5.0)
    assert desk.compute(after_s=0.0) == 2
