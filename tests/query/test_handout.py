"""Who gets what next."""

from __future__ import annotations

from table import Table, grid, indices, packets

from overproof.query.master import Master
from overproof.records.notices import (
    FileOpened,
    WorkerJoined,
)
from overproof.records.query import QueryOptions


def test_worker_has_two_packets_in_hand() -> None:
    """One is computed, one waits; the next goes out when one is done."""
    table = Table()
    table.opened()
    orders = table.join()
    assert indices(orders) == [0, 1]
    assert indices(table.done(packets(orders)[0])) == [2]
    assert table.master.n_active == 1


def test_packet_is_a_run_of_blocks_of_one_file() -> None:
    """A packet does not reach over the end of its file."""
    table = Table(2, packet_blocks=3)
    table.opened(0, n_blocks=4)
    table.opened(1, n_blocks=4)
    orders = table.join()
    assert [[(b.file, b.index) for b in p.blocks] for p in packets(orders)] == [[(0, 0), (0, 1), (0, 2)], [(0, 3)]]


def test_workers_spread_over_files_and_stay_there() -> None:
    """A new worker goes to the file with the fewest workers; one with a file stays while blocks wait in it."""
    table = Table(2)
    table.opened(0)
    table.opened(1)
    a, b = packets(table.join("a")), packets(table.join("b"))
    assert {block.file for packet in a for block in packet.blocks} == {0}
    assert {block.file for packet in b for block in packet.blocks} == {1}
    assert [packet.blocks[0].file for packet in packets(table.done(a[0], "a"))] == [0]


def test_unknown_packet_is_not_heard() -> None:
    """A packet is done once; a second report changes nothing."""
    table = Table()
    table.opened()
    first = packets(table.join())[0]
    table.done(first)
    seen = table.master.n_entries_seen
    assert table.done(first) == []
    assert table.master.n_entries_seen == seen == 10


def test_somebody_works_whatever_the_packetizer_says() -> None:
    """As long as blocks wait, the fastest worker gets a block even if the policy grants none."""
    master = Master(1, QueryOptions(), lambda _: 0)
    master.handle(FileOpened(file=0, grid=grid(2)), now=0.0)
    assert indices(master.handle(WorkerJoined(worker="a", epoch=1), now=1.0)) == [0]
    assert master.handle(WorkerJoined(worker="b", epoch=1), now=2.0) == []
    master.check()
