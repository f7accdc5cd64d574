"""The bound that no schedule beats, against sums made by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from overproof.engines.simulated import SimulationOptions
from overproof.engines.simulated.cluster.storage import Storage
from overproof.engines.simulated.ideal import ideal_s
from overproof.engines.simulated.laws import draw_stragglers
from overproof.records.dataset import FileGrid


def ideal(options: SimulationOptions, speeds: list[float], *, turns_s: list[float | None] | None = None) -> float:
    """Return the bound for files of ten blocks of 10 MB each."""
    n_entries = 10 * options.block_entries
    grid = FileGrid(tree="t", n_entries=n_entries, stops=(n_entries,))
    turns_s = turns_s or [None] * len(speeds)
    storage = Storage(options)
    return ideal_s([grid] * options.files, options, speeds=speeds, turns_s=turns_s, storage=storage)


def test_work_over_speed() -> None:
    """Twenty blocks of a second and two files of a tenth, by workers of speed 1 and 3."""
    assert ideal(SimulationOptions(workers=2, files=2), [1.0, 3.0]) == pytest.approx(20.2 / 4)


def test_workers_that_become_slow() -> None:
    """Until it turns a worker is as fast as the other; after that it does a tenth."""
    options = SimulationOptions(workers=2, files=2, open_s=0.0)
    assert ideal(options, [1.0, 1.0], turns_s=[None, 4.5]) == pytest.approx(4.5 + 11 / 1.1)
    assert ideal(options, [1.0, 1.0], turns_s=[None, 11.0]) == pytest.approx(10.0)


def test_reading_takes_its_time() -> None:
    """Each block is read for a tenth of a second and computed for one; the disks have time to spare."""
    options = SimulationOptions(workers=2, files=2, hosts=2, servers=2, open_s=0.0, disk_mb_s=100.0)
    assert ideal(options, [1.0, 1.0]) == pytest.approx(10 * 1.1)


def test_disks_and_files_take_their_time_too() -> None:
    """Blocks of a slow disk take longer to read, and files longer to look into, whoever does it."""
    options = SimulationOptions(
        workers=2, files=2, hosts=2, servers=2, disk_mb_s=100.0, slow_servers=0.5, server_slowdown=3.0
    )
    assert ideal(options, [1.0, 1.0]) == pytest.approx((10 * 1.1 + 10 * 1.3 + 2 * 0.1) / 2)


def test_nobody_earns_more_than_by_what_it_does_best() -> None:
    """Of unequal workers the fast gain less from a fast disk; the bound stays below what they can do together."""
    options = SimulationOptions(workers=2, files=2, hosts=2, servers=2, open_s=0.0, disk_mb_s=100.0)
    alone = 1 / (1 / 1.1 + 1 / 0.6)
    assert ideal(options, [1.0, 2.0]) == pytest.approx(20 * alone)
    slow = replace(options, slow_servers=0.5, server_slowdown=5.0)
    best = min(max(n * 1.1 + m * 1.5, (10 - n) * 0.6 + (10 - m) * 1.0) for n in range(11) for m in range(11))
    assert 20 * alone < ideal(slow, [1.0, 2.0]) <= best


def test_the_busiest_disk_holds_up_all() -> None:
    """Of one copy each there is one server to read it from; of two copies all servers share all files."""
    options = SimulationOptions(workers=8, files=3, hosts=2, servers=2, open_s=0.0, disk_mb_s=10.0)
    assert ideal(options, [1.0] * 8) == pytest.approx(20 * 10 / 10)
    two_copies = SimulationOptions(workers=8, files=3, hosts=2, servers=2, open_s=0.0, disk_mb_s=10.0, replicas=2)
    assert ideal(two_copies, [1.0] * 8) == pytest.approx(30 * 10 / 20)


def test_stragglers_are_as_many_as_asked() -> None:
    """From the start they are slower; suddenly, each has a time of its own, and the dice of nobody else."""
    speeds = [1.0] * 20
    assert draw_stragglers(SimulationOptions(stragglers=0.25, slowdown=4.0), speeds, 10.0) == [None] * 20
    assert sorted(speeds) == [0.25] * 5 + [1.0] * 15
    turns_s = draw_stragglers(SimulationOptions(stragglers=0.25, is_sudden=True), speeds, 10.0)
    assert sum(turn_s is not None for turn_s in turns_s) == 5
    assert all(0 <= turn_s <= 10 for turn_s in turns_s if turn_s is not None)
