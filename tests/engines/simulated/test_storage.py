"""Storage of the simulation: bandwidth is shared and never exceeded; what is near is told from what is far."""

from __future__ import annotations

from collections import Counter

import pytest

from overproof.engines.simulated import SimulationOptions
from overproof.engines.simulated.cluster.storage import Line, Storage, path_on

MB = 1_000_000


def test_a_line_gives_to_one_after_the_other() -> None:
    """Those who ask at one time get their bytes in turn, so that together they get no more than the bandwidth."""
    line = Line(10.0)
    assert [line.give(20 * MB, 1.0) for _ in range(3)] == pytest.approx([3.0, 5.0, 7.0])
    assert line.give(10 * MB, 100.0) == pytest.approx(101.0)


def test_a_line_that_thrashes_gives_less_to_more() -> None:
    """Each one that waits already makes the next one take longer; when all are served, it is as before."""
    line = Line(10.0, thrash=0.5)
    assert [line.give(10 * MB, 0.0) for _ in range(3)] == pytest.approx([1.0, 2.5, 4.5])
    assert line.give(10 * MB, 10.0) == pytest.approx(11.0)


def test_copies_are_on_servers_of_their_own_and_spread_evenly() -> None:
    """The first copies lie on all servers in turn; a file has no two copies on one server."""
    storage = Storage(SimulationOptions(workers=4, files=60, hosts=4, servers=6, replicas=3))
    copies = [storage.replicas(file) for file in range(60)]
    assert all(len({replica.server for replica in of_file}) == 3 for of_file in copies)
    assert set(Counter(of_file[0].server for of_file in copies).values()) == {10}
    assert {replica.host for of_file in copies for replica in of_file} == {"h0", "h1", "h2", "h3", ""}
    assert all(storage.server(0, replica.path) == int(replica.server[1:]) for replica in copies[0])
    assert storage.server(0, "") == int(copies[0][0].server[1:])


def test_only_who_is_far_needs_the_link() -> None:
    """On the machine of a server its disk is all that counts; elsewhere its link does too, and the shares are told."""
    storage = Storage(SimulationOptions(workers=2, files=2, hosts=2, servers=2, disk_mb_s=100.0, network_mb_s=10.0))
    assert storage.read(0, 30 * MB, host="h0", now=0.0) == pytest.approx(0.3)
    assert storage.read(0, 10 * MB, host="h1", now=1.0) == pytest.approx(2.0)
    assert storage.local_share == pytest.approx(0.75)
    assert storage.server(1, path_on(1, 1)) == 1


def test_slow_servers_are_as_slow_as_asked() -> None:
    """The share is rounded up; a server without workers gives no more than its link."""
    options = SimulationOptions(
        workers=2,
        files=4,
        hosts=2,
        servers=4,
        disk_mb_s=100.0,
        network_mb_s=80.0,
        slow_servers=0.1,
        server_slowdown=4.0,
    )
    storage = Storage(options)
    assert sorted(storage.mb_s) in ([25.0, 80.0, 80.0, 100.0], [25.0, 80.0, 100.0, 100.0])
