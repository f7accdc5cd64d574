"""Laws of the speed display."""

from __future__ import annotations

import pytest

from overproof.engines.pace import WINDOW_S, Pace
from overproof.records.block import Block, Packet
from overproof.records.facts import Fact
from overproof.records.notices import PacketDone, WorkerJoined, WorkerLost
from overproof.records.orders import SendPacket


def send(number: int, *, worker: str = "w0", n_entries: int = 100) -> SendPacket:
    block = Block(file=0, index=number, first=0, stop=n_entries)
    return SendPacket(worker=worker, packet=Packet(number=number, blocks=(block,)))


def done(number: int, *, worker: str = "w0") -> PacketDone:
    return PacketDone(worker=worker, epoch=1, packet=number, compute_s=1.0, read_bytes=1_000)


def test_rates_are_those_of_the_last_seconds_and_of_the_whole() -> None:
    """A burst long ago counts for the average, not for the current rate."""
    pace = Pace()
    for number, at_s in enumerate((0.0, 1.0, 50.0)):
        pace.record(Fact(at_s=at_s, what=send(number)))
        pace.record(Fact(at_s=at_s + 1, what=done(number)))
    assert pace.rates(51.0) == pytest.approx((100 / WINDOW_S, 1_000 / WINDOW_S))
    assert pace.average_rate(51.0) == pytest.approx(300 / 51)
    assert (pace.n_entries, pace.read_bytes) == (300, 3_000)


def test_active_workers_are_those_with_a_packet_in_hand() -> None:
    """Joined, busy and lost workers are told apart."""
    pace = Pace()
    for worker in ("w0", "w1"):
        pace.record(Fact(at_s=0.0, what=WorkerJoined(worker=worker, epoch=1)))
    pace.record(Fact(at_s=0.0, what=send(1, worker="w1")))
    assert (pace.n_workers, pace.n_active) == (2, 1)
    pace.record(Fact(at_s=1.0, what=WorkerLost(worker="w1")))
    assert (pace.n_workers, pace.n_active, pace.n_entries) == (1, 0, 0)


def test_nothing_is_fast_before_the_first_packet() -> None:
    """Rates of a query that has not begun are zero, not an error."""
    assert Pace().rates(10.0) == (0.0, 0.0)
    assert Pace().average_rate(10.0) == 0.0
