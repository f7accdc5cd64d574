"""Mergers of the simulation, and what comes to the master with and without them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from overproof.engines.simulated import SimulationOptions, simulate
from overproof.records.notices import DeltaLost, DeltaMerged, DeltaNotPassed, DeltaPassed, MergerJoined
from overproof.records.orders import CallMerger, ForgetDelta

MANY = SimulationOptions(workers=40, files=20, output_mb=50.0, seed=5)


def test_mergers_take_the_load_from_the_master() -> None:
    """With outputs of 20 MB each second from each of a hundred workers the master holds up all; with mergers not."""
    alone, merged = simulate(MANY), simulate(replace(MANY, has_mergers=True))
    assert alone.master_load > 2 * merged.master_load > 0
    assert alone.ratio > 1.15 > 1.08 > merged.ratio
    assert alone.n_mergers == alone.n_passed == 0 < merged.n_mergers <= 10
    assert merged.inflow_mb < 0.4 * alone.inflow_mb
    assert alone.account == merged.account


def test_nobody_has_more_than_three_outputs() -> None:
    """Master and mergers take in one payload at a time: one merged, one that is added or offered, one that comes."""
    report = simulate(replace(MANY, has_mergers=True))
    assert 0 < report.master_memory_mb <= 3 * MANY.output_mb
    assert 0 < report.merger_memory_mb <= 3 * MANY.output_mb


def test_every_delta_is_answered_once() -> None:
    """What is passed is forgotten by its worker; what is lost, or not passed, comes again, and is merged in the end."""
    troubles = replace(
        MANY, output_mb=3.0, inflow_mb_s=60.0, has_mergers=True, merger_losses=0.5, losses=0.5, unpassed=0.1
    )
    report = simulate(replace(troubles, keeps_log=True, checks_every=50))
    kinds = [type(fact.what) for fact in report.log]
    assert all(kind in kinds for kind in (DeltaLost, DeltaNotPassed, CallMerger, MergerJoined))
    assert kinds.count(DeltaPassed) == report.n_passed == kinds.count(ForgetDelta)
    assert kinds.count(DeltaMerged) == report.n_deltas
    assert report.account.is_complete


@pytest.mark.parametrize("speed", [{"inflow_mb_s": 50.0}, {"merge_mb_s": 50.0}])
def test_the_master_is_as_fast_as_its_link_and_its_merging(speed: dict[str, float]) -> None:
    """What comes in takes at least its MB over the MB a second, one after the other."""
    report = simulate(replace(MANY, workers=5, files=5, **speed))
    assert report.makespan_s >= report.inflow_mb / 50.0
    assert report.master_load == pytest.approx(report.inflow_mb / 50.0 / report.makespan_s)
