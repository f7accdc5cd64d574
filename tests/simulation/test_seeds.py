"""A thousand queries in virtual time, in which everything goes wrong that can, the master's own death included."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import get_args

import pytest

from overproof.engines.simulated import SimulationOptions, SimulationReport, draw_scenario, serial, simulate
from overproof.query.master import RULES
from overproof.records.account import Account
from overproof.records.notices import BlockFailed, RangeProbed, WorkerJoined, WorkerLost
from overproof.records.orders import CloseQuery, Order
from overproof.records.outcome.failure import FAILURE_KINDS, Failure
from overproof.records.query import QueryOptions
from overproof.words.states import QueryState

pytestmark = pytest.mark.simulation

N_SEEDS = 1_000
N_PARTS = 20

PINNED = (
    44, 98, 415, 424, 1006, 1419, 1974,  # hung while the news of a loss could overtake the news of the join
    0, 14, 77, 121, 257, 310, 362, 1065, 1110,  # the isolator was lost between its delta and its report: tried again
    102, 128, 294, 1025, 1106, 1311,  # a worker was dismissed by an order that came after the close
)  # fmt: skip
"""Seeds that failed once."""


MAY_LACK: dict[str, Callable[[SimulationOptions], object]] = {
    "isolate": lambda scenario: False,
    "skip": lambda scenario: scenario.flaky_blocks,  # a block that fails once may be skipped, or not
    "stop": lambda scenario: scenario.master_losses,  # the block that stopped a query stays out when it goes on
}
"""When the answer may lack a block that the serial answer has, by policy."""


def judge(seed: int) -> SimulationReport:
    """Run a seed and compare it with its serial run; the simulation itself audits both, block by block.

    Whatever happens, the query closes, every block is merged at most once and in its last version, exactly the bad
    entries are excluded, and the account is exact. A query that ends by itself has the answer of one worker to which
    nothing happens; one that is ended has a part of that.
    """
    scenario = draw_scenario(seed)
    report, alone = simulate(scenario), simulate(serial(scenario))
    account, query = report.account, scenario.query
    assert account.processed + account.excluded + account.missing + account.unread == account.total, seed
    if not (scenario.bad_blocks or scenario.server_losses):
        assert account.missing == 0, seed
    if report.state == QueryState.FINISHED:
        assert (account.unread, account.files_unopened) == (0, 0), seed
        assert account.excluded <= most_excluded(query, account), seed
        if not (scenario.server_losses or MAY_LACK[query.on_error](scenario)):
            assert report.answer == alone.answer, seed
    # A file that is out of reach counts no entries of the chain: those asked for by number lie elsewhere then.
    if not (account.files_unknown and (query.first or query.entries is not None)):
        assert report.answer.items() <= alone.answer.items(), seed
    if report.state == QueryState.STOPPED:
        assert scenario.stop_s is not None, seed
    if report.state == QueryState.FAILED:
        assert scenario.expired_s is not None or may_fail(scenario, alone), seed
    return report


def most_excluded(query: QueryOptions, account: Account) -> float:
    """Return how many entries may be excluded in a query as small as these that ends by itself."""
    if query.max_excluded is not None:
        return query.max_excluded
    if query.on_error == "skip":
        return account.total
    return max(1, 0.01 * (account.processed + account.excluded))


def may_fail(scenario: SimulationOptions, alone: SimulationReport) -> bool:
    """Tell whether so much is wrong that the selector must be; what is wrong, the serial run has found."""
    query, n_bad = scenario.query, alone.account.excluded
    if query.on_error == "stop":
        return n_bad > 0 or scenario.flaky_blocks > 0 or any(block.ranges for block in alone.answer.values())
    if query.on_error == "skip" and query.max_excluded is None:
        return n_bad > 0 and alone.account.processed == 0
    if query.on_error == "skip" and scenario.flaky_blocks:
        return True
    is_sampled = query.on_error == "isolate" and query.max_excluded in (None, 5)
    if is_sampled and n_bad >= 3:  # three of one block, maybe: some entries are tried first
        return True
    return n_bad > most_excluded(query, alone.account)


@pytest.mark.parametrize("part", range(N_PARTS))
def test_no_seed_hangs_or_counts_wrongly(part: int) -> None:
    """Every seed is judged to be right."""
    for seed in range(part, N_SEEDS, N_PARTS):
        judge(seed)


@pytest.mark.parametrize("seed", PINNED)
def test_seeds_that_once_failed(seed: int) -> None:
    """A seed that ever failed is kept."""
    judge(seed)


def test_seeds_see_every_kind_of_trouble() -> None:
    """The scenarios are not tame: every notice, every order, new epochs, new masters and every end occur."""
    seen: set[str] = set()
    for seed in range(150):
        report = simulate(replace(draw_scenario(seed), keeps_log=True))
        for fact in report.log:
            seen.add(type(fact.what).__name__)
            match fact.what:
                case CloseQuery(state=state):
                    seen.add(f"close {state}")
                case WorkerJoined(epoch=2):
                    seen.add("epoch 2")
                case WorkerLost(failure=Failure(kind=kind)) | BlockFailed(failure=Failure(kind=kind)):
                    seen.add(f"{type(fact.what).__name__} {kind}")
                case RangeProbed(failure=None):
                    seen.add("good half")
        seen |= {f"excluded {item.failure.kind}" for item in report.excluded}
        seen |= {"parts"} if any(block.ranges for block in report.answer.values()) else set()
    assert seen >= {kind.__name__ for kind in RULES} - {"AbortRequested", "EngineFailed"}
    assert seen >= {kind.__name__ for kind in get_args(Order)}
    assert seen >= {"epoch 2", "good half", "parts", "close finished", "close stopped", "close failed"}
    assert seen >= {f"excluded {kind}" for kind in FAILURE_KINDS}
    assert seen >= {f"WorkerLost {kind}" for kind in FAILURE_KINDS if kind != "exception"}
    assert seen >= {f"BlockFailed {kind}" for kind in FAILURE_KINDS}


@pytest.mark.parametrize("part", range(5))
def test_near_only_hangs_with_no_seed(part: int) -> None:
    """Where servers and workers are lost and nothing is read from afar, the query closes, and stops only with a reason.

    One query in six hung when a copy that had failed was waited for, or kept a worker from what lay behind it.
    """
    for seed in range(part, 100, 5):
        report = simulate(
            SimulationOptions(
                workers=12, files=10, hosts=4, servers=4, replicas=2, server_losses=0.5, losses=0.3, seed=seed,
                packetizer="local-only", blocks_per_worker=5, checks_every=20,
            )
        )  # fmt: skip
        is_whole = not (report.account.unread or report.account.files_unopened)
        assert report.state == (QueryState.FINISHED if is_whole else QueryState.STOPPED), seed


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(N_PARTS))
def test_ten_thousand_more_seeds(part: int) -> None:
    """The long campaign: seeds that no other run has seen."""
    for seed in range(1_000_000 + part, 1_010_000, N_PARTS):
        judge(seed)
