"""The statistics: sums over facts."""

from __future__ import annotations

from overproof.query.statistics import StatisticsTally
from overproof.records.block import Block, Delta, Packet
from overproof.records.facts import Fact
from overproof.records.notices import (
    DeltaMerged,
    DeltaOffered,
    DeltaPassed,
    MergerJoined,
    PacketDone,
    WorkerJoined,
    WorkerLost,
)
from overproof.records.orders import ForgetDelta, RefuseDelta, SendPacket
from overproof.records.statistics import WorkerStatistics


def packet(number: int, n_entries: int) -> Packet:
    return Packet(number=number, blocks=(Block(file=0, index=number, first=0, stop=n_entries),))


def done(worker: str, number: int, *, n_blocks: int | None = None) -> PacketDone:
    return PacketDone(worker=worker, epoch=1, packet=number, compute_s=1.5, read_bytes=1000, n_blocks=n_blocks)


def tally_of(*facts: tuple[float, object]) -> StatisticsTally:
    tally = StatisticsTally(packetizer="adaptive", n_files=3, started_s=100.0)
    for at_s, what in facts:
        tally.record(Fact(at_s=at_s, what=what))
    return tally


def test_nothing_happened() -> None:
    """A query that ends before any packet has zeros, and no division fails."""
    statistics = tally_of().statistics(ended_s=104.0)
    assert (statistics.total_s, statistics.packets, statistics.rate_per_s, statistics.loop_s) == (4.0, 0, 0.0, 0.0)
    assert statistics.startup_s == statistics.first_packet_s == 4.0


def test_every_figure_from_a_story_told_by_hand() -> None:
    """Two workers, three packets, two deltas: each figure is worked out by hand."""
    delta = Delta(worker="a", epoch=1, number=1, blocks=())
    statistics = tally_of(
        (101.0, WorkerJoined(worker="b", epoch=1)),
        (101.0, WorkerJoined(worker="a", epoch=1)),
        (102.0, SendPacket(worker="a", packet=packet(1, 100))),
        (102.0, SendPacket(worker="b", packet=packet(2, 50))),
        (103.0, SendPacket(worker="a", packet=packet(3, 150))),
        (104.0, done("a", 1)),
        (105.0, done("b", 2)),
        (108.0, done("a", 3)),
        (108.5, DeltaMerged(delta=delta, merge_s=0.25)),
        (112.0, DeltaMerged(delta=delta, merge_s=0.5)),
    ).statistics(ended_s=113.0)
    assert (statistics.packetizer, statistics.n_workers, statistics.n_files) == ("adaptive", 2, 3)
    assert (statistics.entries, statistics.packets, statistics.deltas) == (300, 3, 2)
    assert (statistics.default_packet, statistics.smallest_packet, statistics.average_packet) == (100, 50, 100.0)
    assert (statistics.total_s, statistics.startup_s, statistics.first_packet_s) == (13.0, 2.0, 4.0)
    assert (statistics.loop_s, statistics.rate_per_s, statistics.byte_rate_per_s) == (10.0, 30.0, 300.0)
    assert (statistics.packet_interval_average_s, statistics.packet_interval_shortest_s) == (2.0, 1.0)
    assert (statistics.read_bytes, statistics.merge_s) == (3000, 0.75)
    assert statistics.workers == (
        WorkerStatistics(worker="a", packets=2, entries=250, compute_s=3.0, read_bytes=2000),
        WorkerStatistics(worker="b", packets=1, entries=50, compute_s=1.5, read_bytes=1000),
    )


def test_packets_of_lost_workers_and_unbegun_packets_do_not_count() -> None:
    """Only what the master hears counts: not a late report, not a second one, not a packet dropped unbegun."""
    statistics = tally_of(
        (101.0, SendPacket(worker="a", packet=packet(1, 100))),
        (101.0, SendPacket(worker="b", packet=packet(2, 50))),
        (101.0, SendPacket(worker="b", packet=packet(3, 50))),
        (102.0, WorkerLost(worker="a")),
        (103.0, done("a", 1)),
        (104.0, done("b", 2)),
        (104.0, done("b", 2)),
        (105.0, done("b", 3, n_blocks=0)),
    ).statistics(ended_s=106.0)
    assert (statistics.packets, statistics.entries, statistics.smallest_packet) == (1, 50, 50)


def test_mergers_and_what_they_keep_from_the_master() -> None:
    """One delta of two goes by a merger: the master takes in the other one, and what the merger hands over."""
    block = Block(file=0, index=1, first=0, stop=10)
    one, two = (Delta(worker=worker, epoch=1, number=1, blocks=(block,)) for worker in ("a", "b"))
    whole = Delta(worker="m", epoch=1, number=1, blocks=(block,))
    statistics = tally_of(
        (101.0, MergerJoined(merger="m", epoch=1)),
        (102.0, DeltaOffered(delta=one, size_bytes=1_000)),
        (102.0, DeltaPassed(merger="m", epoch=1, delta=one)),
        (102.0, ForgetDelta(delta=one)),
        (103.0, DeltaOffered(delta=two, size_bytes=500)),
        (103.0, DeltaMerged(delta=two, merge_s=0.1)),
        (104.0, DeltaOffered(delta=one, size_bytes=1_000)),
        (104.0, RefuseDelta(delta=one, reason="merged already")),
        (105.0, DeltaOffered(delta=whole, size_bytes=1_200)),
        (105.0, DeltaMerged(delta=whole, merge_s=0.2)),
    ).statistics(ended_s=106.0)
    assert (statistics.mergers, statistics.deltas_passed, statistics.deltas) == (1, 1, 2)
    assert statistics.inflow_bytes == 500 + 1_200
