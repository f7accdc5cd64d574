"""How near the adaptive packetizer and second copies come to the ideal, in virtual time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from overproof.engines.simulated import LAWS, Law, SimulationOptions, simulate
from overproof.records.query import QueryOptions

pytestmark = pytest.mark.simulation

ALONE = QueryOptions(speculates=False)


@pytest.mark.parametrize(("law", "seed"), [("uniform", 1), ("lognormal", 1), ("bimodal", 1), ("lognormal", 100)])
def test_a_thousand_unequal_workers_end_within_five_percent_of_the_ideal(law: Law, seed: int) -> None:
    """With 30 blocks a worker, the slow do not hold up the end, and the fast do not wait for it."""
    report = simulate(SimulationOptions(workers=1000, files=100, spread=3.0, law=law, seed=seed))
    assert report.account.is_complete
    assert 1.0 <= report.ratio <= 1.05


def test_a_very_slow_worker_costs_its_first_block_and_no_more() -> None:
    """Here one block of the slowest takes longer than the ideal: it is tried once, with one block in hand."""
    options = SimulationOptions(
        workers=1000, files=100, spread=3.0, law="lognormal", seed=101, is_remembered=True, query=ALONE
    )
    report = simulate(options)
    assert report.slowest_block_s > 1.05 * report.ideal_s
    assert report.makespan_s <= 1.05 * report.slowest_block_s


@pytest.mark.parametrize(("workers", "files", "seed"), [(1000, 100, 101), (100, 20, 5)])
def test_a_worker_slower_than_everything_costs_nearly_nothing(workers: int, files: int, seed: int) -> None:
    """Even where one block of the slowest outlasts the ideal several times, the others compute it too."""
    options = SimulationOptions(
        workers=workers, files=files, spread=9.0, law="lognormal", seed=seed, is_remembered=True
    )
    report = simulate(options)
    assert report.slowest_block_s > 1.2 * report.ideal_s
    assert report.ratio <= 1.1


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("blocks_per_worker", [1, 3, 10])
def test_second_copies_do_no_harm(law: Law, blocks_per_worker: int) -> None:
    """With few blocks, whatever the workers, the end comes with copies as soon as without, or sooner."""
    for seed in range(10):
        options = SimulationOptions(
            workers=8, files=4, blocks_per_worker=blocks_per_worker, spread=3.0, law=law, seed=seed, block_entries=1000
        )
        with_copies, alone = simulate(options), simulate(replace(options, query=ALONE))
        assert with_copies.account == alone.account
        assert with_copies.makespan_s <= 1.05 * alone.makespan_s, seed
