"""Thousands of queries in virtual time, in which workers die, freeze, come back and say things twice."""

from __future__ import annotations

import pytest

from overproof.engines.simulated import Law, SimulationOptions, draw_scenario, simulate
from overproof.words.states import QueryState

pytestmark = pytest.mark.simulation

N_SEEDS = 2_000
N_PARTS = 20

PINNED = (44, 98, 415, 424, 1006, 1419, 1974)
"""Seeds that hung while the news of a loss could overtake the news of the join."""


@pytest.mark.parametrize("part", range(N_PARTS))
def test_no_seed_hangs_or_counts_wrongly(part: int) -> None:
    """Whatever happens, the query closes, every block is merged at most once, and the account is exact.

    The simulation itself verifies this block by block, and the master its invariants after every notice.
    """
    for seed in range(part, N_SEEDS, N_PARTS):
        scenario = draw_scenario(seed)
        report = simulate(scenario)
        account = report.account
        assert account.processed + account.excluded + account.missing + account.unread == account.total, seed
        if report.state == QueryState.FINISHED:
            assert (account.unread, account.files_unopened, account.excluded) == (0, 0, 0), seed
        else:
            assert report.state == QueryState.STOPPED or scenario.failing_blocks, seed
        if not scenario.bad_blocks:
            assert account.missing == 0, seed


@pytest.mark.parametrize("seed", PINNED)
def test_seeds_that_once_failed(seed: int) -> None:
    """A seed that ever failed is kept."""
    assert simulate(draw_scenario(seed)).account.total >= 0


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


def test_seeds_see_every_kind_of_trouble() -> None:
    """The scenarios are not tame: refused deltas, lost workers, epochs, missing blocks and every end occur."""
    seen: set[str] = set()
    for seed in range(60):
        scenario = draw_scenario(seed)
        log = simulate(SimulationOptions(**{**_fields(scenario), "keeps_log": True})).log
        seen |= {type(fact.what).__name__ for fact in log}
        seen |= {f"epoch {fact.what.epoch}" for fact in log if type(fact.what).__name__ == "WorkerJoined"}
        seen |= {f"close {fact.what.state}" for fact in log if type(fact.what).__name__ == "CloseQuery"}
    assert seen >= {
        "RefuseDelta", "WorkerLost", "epoch 2", "BlockUnreadable", "BlockFailed", "FileFailed", "HaltWorker",
        "CallDelta", "close finished", "close stopped", "close failed",
    }  # fmt: skip


def _fields(options: SimulationOptions) -> dict[str, object]:
    return {name: getattr(options, name) for name in SimulationOptions.__slots__}


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(N_PARTS))
def test_ten_thousand_more_seeds(part: int) -> None:
    """The long campaign: seeds that no other run has seen."""
    for seed in range(1_000_000 + part, 1_010_000, N_PARTS):
        account = simulate(draw_scenario(seed)).account
        assert account.processed + account.excluded + account.missing + account.unread == account.total, seed
