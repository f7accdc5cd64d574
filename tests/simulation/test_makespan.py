"""How near the adaptive packetizer and second copies come to the ideal, in virtual time."""

from __future__ import annotations

import pytest

from overproof.engines.simulated import Law, SimulationOptions, simulate

pytestmark = pytest.mark.simulation


@pytest.mark.parametrize(("law", "seed"), [("uniform", 1), ("lognormal", 1), ("bimodal", 1), ("lognormal", 100)])
def test_a_thousand_unequal_workers_end_within_five_percent_of_the_ideal(law: Law, seed: int) -> None:
    """With 30 blocks a worker, the slow do not hold up the end, and the fast do not wait for it."""
    report = simulate(SimulationOptions(workers=1000, files=100, spread=3.0, law=law, seed=seed))
    assert report.account.is_complete
    assert 1.0 <= report.ratio <= 1.05


def test_a_very_slow_worker_costs_its_first_block_and_no_more() -> None:
    """Here one block of the slowest takes longer than the ideal: it is tried once, with one block in hand."""
    options = SimulationOptions(workers=1000, files=100, spread=3.0, law="lognormal", seed=101, is_remembered=True)
    report = simulate(options)
    assert report.slowest_block_s > 1.05 * report.ideal_s
    assert report.makespan_s <= 1.05 * report.slowest_block_s
