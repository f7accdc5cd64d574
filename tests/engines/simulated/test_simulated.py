"""The simulation: it is deterministic, it reports what it says, and it catches a master that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from overproof.engines.simulated import SimulationOptions, draw_scenario, simulate
from overproof.query.master import Master
from overproof.records.notices import DeltaMerged, DeltaOffered, Notice, WorkerLost
from overproof.records.orders import CloseQuery, Order, SendPacket, TakeDelta
from overproof.words.errors import InvariantError, OptionError
from overproof.words.states import QueryState


def test_same_seed_gives_the_same_log() -> None:
    """Nothing but the seed decides: two runs tell the same story, word for word; another seed another one."""
    scenario = replace(draw_scenario(7), keeps_log=True, files=3)
    first, second = simulate(scenario), simulate(scenario)
    assert [repr(fact) for fact in first.log] == [repr(fact) for fact in second.log]
    assert first.log != simulate(replace(scenario, seed=8)).log


def test_one_worker_needs_the_ideal_time() -> None:
    """Alone and without latency a worker takes all the work over its speed, and nothing more."""
    options = SimulationOptions(workers=1, files=1, spread=0.0, latency_s=0.0, seed=3)
    report = simulate(options)
    (total, n_full) = (report.account.total, report.account.total / options.block_entries)
    assert report.ideal_s == pytest.approx(n_full + options.open_s)
    assert report.ratio == pytest.approx(1.0)
    assert report.account.processed == total > 29 * options.block_entries


def test_there_are_at_least_thirty_blocks_a_worker() -> None:
    """The dataset is large enough for the makespan to mean something, also with few and with many files."""
    for files in (1, 3, 50):
        options = SimulationOptions(workers=4, files=files, packetizer="fixed", block_entries=10, keeps_log=True)
        packets = [fact.what.packet for fact in simulate(options).log if isinstance(fact.what, SendPacket)]
        assert sum(len(packet.blocks) for packet in packets) >= 4 * 30


def test_report_of_a_query_without_files() -> None:
    """No work takes no time, and the ratio is one."""
    report = simulate(SimulationOptions(workers=2, files=0))
    assert (report.makespan_s, report.ideal_s, report.ratio, report.n_packets) == (0.0, 0.0, 1.0, 0)
    assert report.account.is_complete


def test_everything_is_computed_although_half_of_the_workers_die() -> None:
    """Losses cost time, never entries."""
    report = simulate(SimulationOptions(workers=50, files=10, losses=0.5, seed=2, checks_every=50))
    assert report.state == QueryState.FINISHED
    assert report.account.processed == report.account.total > 0
    assert report.ratio > 1.05


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("workers", 0, "workers=0"),
        ("files", -1, "files=-1"),
        ("losses", 1.5, "losses=1.5"),
        ("spread", float("nan"), "spread=nan"),
        ("law", "normal", "no law of speeds"),
        ("packetizer", "clever", "no packetizer is called 'clever': choose one of adaptive, fixed, single"),
    ],
)
def test_options_without_sense_are_refused(field: str, value: object, words: str) -> None:
    """What cannot be simulated is told in one line before anything starts."""
    with pytest.raises(OptionError, match=words):
        simulate(SimulationOptions(**{field: value}))


class Gullible(Master):
    """Takes every delta, whoever offers it."""

    def handle(self, notice: Notice, *, now: float) -> list[Order]:
        orders = super().handle(notice, now=now) if not isinstance(notice, DeltaMerged) else self._merged(notice, now)
        if isinstance(notice, DeltaOffered) and not any(isinstance(order, TakeDelta) for order in orders):
            return [TakeDelta(delta=notice.delta)]
        return orders

    def _merged(self, notice: DeltaMerged, now: float) -> list[Order]:
        try:
            return super().handle(notice, now=now)
        except InvariantError:
            return []


class Forgetful(Master):
    """Lets the blocks of a lost worker wait again, but forgets those who could compute them."""

    def handle(self, notice: Notice, *, now: float) -> list[Order]:
        orders = super().handle(notice, now=now)
        if isinstance(notice, WorkerLost):
            return [order for order in orders if not isinstance(order, SendPacket)]
        return orders


class Deaf(Master):
    """Does not hear that a worker is lost."""

    def handle(self, notice: Notice, *, now: float) -> list[Order]:
        return [] if isinstance(notice, WorkerLost) else super().handle(notice, now=now)


class Hasty(Master):
    """Closes when everything is computed, not when it is merged."""

    def handle(self, notice: Notice, *, now: float) -> list[Order]:
        orders = super().handle(notice, now=now)
        account = self.account
        if self.state is QueryState.RUNNING and account.total and self.n_entries_seen == account.total:
            self._state = QueryState.FINISHED
            return [*orders, CloseQuery(state=QueryState.FINISHED)]
        return orders


@pytest.mark.simulation
@pytest.mark.parametrize(
    ("broken", "words"),
    [(Gullible, "more than once"), (Forgetful, "hangs"), (Deaf, "hangs"), (Hasty, "finished|after the query")],
)
def test_a_master_that_is_wrong_is_caught(broken: Callable[..., Master], words: str) -> None:
    """The simulation can fail: each of these masters is caught within a hundred seeds, for the right reason."""
    complaints = []
    for seed in range(100):
        try:
            simulate(replace(draw_scenario(seed), checks_every=0), make_master=broken)
        except InvariantError as error:
            complaints.append(str(error))
    assert complaints
    assert any(word in complaint for complaint in complaints for word in words.split("|"))
