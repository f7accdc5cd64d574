"""Whole files to one worker."""

from __future__ import annotations

from table import Table, packets

from overproof.records.notices import WorkerLost


def test_a_file_is_one_packet() -> None:
    """Each worker gets a file of its own, whole."""
    table = Table(3, packetizer="by-file")
    for file in range(3):
        table.opened(file, n_blocks=5)
    a, b = packets(table.join("a"), "a"), packets(table.join("b"), "b")
    assert [[(block.file, block.index) for block in packet.blocks] for packet in (a[0], b[0])] == [
        [(file, index) for index in range(5)] for file in (0, 1)
    ]


def test_what_a_lost_worker_had_is_given_whole_again() -> None:
    """Nothing of the file was taken: all of it waits again, as one packet."""
    table = Table(1, packetizer="by-file")
    table.opened(0, n_blocks=5)
    table.join("a")
    table.say(WorkerLost(worker="a"))
    (again,) = packets(table.join("b"), "b")
    assert [block.index for block in again.blocks] == [0, 1, 2, 3, 4]
