"""The world around the master: its driver, in virtual time, and what happens to the master itself."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from overproof.engines.simulated.agenda import Agenda
from overproof.engines.simulated.cluster.crew import SimulatedCrew
from overproof.engines.simulated.cluster.storage import Storage
from overproof.engines.simulated.ideal import ideal_s
from overproof.engines.simulated.inflow import Inflow
from overproof.engines.simulated.laws import SPEEDS, draw_stragglers
from overproof.engines.simulated.options import SimulationOptions
from overproof.engines.simulated.troubles.fates import Fates
from overproof.engines.simulated.troubles.faults import draw_master_losses
from overproof.query.master import Master
from overproof.records.block import Block, BlockKey, Delta
from overproof.records.dataset import FileGrid
from overproof.records.facts import Fact
from overproof.records.notices import (
    CredentialExpired,
    DeltaLost,
    DeltaMerged,
    FileOpened,
    FilesLocated,
    Notice,
    QueryStarted,
    StopRequested,
    TimePassed,
    WorkRestored,
)
from overproof.records.orders import (
    CallIsolator,
    CallMerger,
    CloseQuery,
    DismissWorker,
    ForgetDelta,
    Order,
    PassDelta,
    RefuseDelta,
    SendPacket,
    TakeDelta,
)
from overproof.records.outcome.standing import Standing
from overproof.words.errors import InvariantError
from overproof.words.states import QueryState

TICK_S = 0.5
"""Seconds between two words of the driver that time passes."""
MOST_IDLE_TICKS = 1_000
"""Ticks in a row in which nothing else is to come and nothing is ordered, after which the query hangs."""
MOST_IDLE_NOTICES = 200_000
"""Notices without a delta among them, after which the query turns in circles."""

Fixed: TypeAlias = tuple[float, Callable[..., object], tuple[Any, ...]]
"""When, what happens, and with what."""


class Checkpoint(NamedTuple):
    """What is left of a master that is killed."""

    standing: Standing
    merged: dict[BlockKey, Block]


class World:
    """Drives a master to the close of its query, in virtual time; a killed one is followed by a new one.

    Attributes:
        agenda: virtual time.
        fates: what becomes of blocks.
        master: the master now.
        merged: the blocks merged, as they were computed.
        final_state: state in which the query was closed.
        n_packets: packets handed out.
        n_decisions: packets handed out, deltas taken or refused.
        n_deltas: deltas merged.
        n_notices: notices heard by masters.
        handed_out_s: when the last packet was handed out that was no copy.
        master_s: real seconds spent inside masters.
        log: facts, if kept.
        ideal_s: the time in which the query could be done at best.
        storage: where the files lie.
        crew: who is there.
        inflow: what comes to the master.
        slowest_speed: of the workers at the start.
    """

    def __init__(
        self,
        options: SimulationOptions,
        grids: list[FileGrid],
        *,
        make_master: Callable[[], Master],
        dice: random.Random,
    ) -> None:
        self.agenda = Agenda()
        self.fates = Fates(options, grids)
        self.master = make_master()
        self.merged: dict[BlockKey, Block] = {}
        self.final_state: QueryState | None = None
        self.n_packets = self.n_deltas = self.n_decisions = self.n_notices = self._n_changes = 0
        self.master_s = self.handed_out_s = 0.0
        self.log: list[Fact] = []
        self._options = options
        self._make_master = make_master
        self._grids = [None if dice.random() < options.bad_files else grid for grid in grids]
        self._speeds = [SPEEDS[options.law](dice, options.spread) for _ in range(options.workers)]
        work_s = sum(grid.n_entries for grid in grids) * options.block_s / options.block_entries / sum(self._speeds)
        self.storage = Storage(options, horizon_s=work_s)
        self._turns_s = draw_stragglers(options, self._speeds, work_s)
        self.slowest_speed = min(self._speeds)
        self.ideal_s = ideal_s(grids, options, speeds=self._speeds, turns_s=self._turns_s, storage=self.storage)
        horizon_s = max(self.ideal_s, 1.0)
        self.crew = self._crew = SimulatedCrew(
            options,
            self.agenda,
            fates=self.fates,
            grids=self._grids,
            storage=self.storage,
            dice=dice,
            feed=self._feed,
            horizon_s=horizon_s,
        )
        self.inflow = Inflow(options, self.agenda, is_there=self._crew.has, merge=self._merge, miss=self._miss)
        self._checkpoint = Checkpoint(Standing(), {})
        self._merged_entries = 0
        self._is_restoring = False
        self._n_idle_ticks = self._n_idle_notices = 0
        self._execute_by_type = self._executors()
        self._fixed = self._draw_fixed(dice, horizon_s)
        self._joins = [(dice.uniform(0.0, self.ideal_s), SPEEDS[options.law](dice, options.spread))
                       for _ in range(int(options.joins * options.workers))]  # fmt: skip

    def _executors(self) -> dict[type, Callable[[Any], None]]:
        """Say who carries out which order; all others go to a worker as they are."""
        return {
            SendPacket: self._send_packet,
            TakeDelta: self._take,
            RefuseDelta: self._refuse,
            ForgetDelta: self._refuse,
            PassDelta: self._pass_delta,
            CallMerger: self._call_merger,
            CallIsolator: self._call_isolator,
            DismissWorker: self._dismiss,
            CloseQuery: self._close,
        }

    def _draw_fixed(self, dice: random.Random, horizon_s: float) -> list[Fixed]:
        """Say what happens at times of its own, whatever happens else: stops, checkpoints, the end of the master."""
        fixed: list[Fixed] = []
        if self._options.stop_s is not None:
            fixed.append((self._options.stop_s, self._feed, (StopRequested(),)))
        if self._options.expired_s is not None:
            expired = CredentialExpired(reason="the token has expired")
            fixed.append((self._options.expired_s, self._feed, (expired,)))
        for kill_s, saved_s in draw_master_losses(self._options, dice, horizon_s=horizon_s):
            fixed += [(saved_s, self._save, ()), (kill_s, self._kill_master, ())]
        return fixed

    @property
    def now(self) -> float:
        """Virtual seconds."""
        return self.agenda.now

    def run(self) -> None:
        """Let time pass until the query closes.

        Raises:
            InvariantError: the query hangs: nothing will ever happen again, and it is not closed.
        """
        for joined_s, speed in self._joins:
            self.agenda.at(joined_s, self._crew.hire, speed)
        self._begin()
        while self.final_state is None:
            self.agenda.step()

    def _begin(self) -> None:
        """Start the query, or go on with it: what is known is told before anybody joins."""
        for at_s, action, arguments in self._fixed:
            if at_s > self.now:
                self.agenda.at(at_s, action, *arguments)
        self.agenda.at(self.now + TICK_S, self._tick)
        self._crew.block_timeout_s = self.master.block_timeout_s
        self._is_restoring = True
        self._feed(QueryStarted())
        if self.storage.placed:
            self._feed(FilesLocated(replicas=self.storage.locate(), is_final=True))
        standing = self._checkpoint.standing
        for file, grid in standing.grids.items():
            self._feed(FileOpened(file=file, grid=grid))
        self._is_restoring = False
        if standing != Standing():
            self._feed(WorkRestored(standing=standing))
        if self._options.is_remembered:
            for file, known in enumerate(self._grids):
                if known is not None and file not in standing.grids:
                    self._feed(FileOpened(file=file, grid=known))
        if self.final_state is None:
            for speed, turn_s in zip(self._speeds, self._turns_s, strict=True):
                self._crew.hire(speed, turn_s)

    def _tick(self) -> None:
        is_alone = not len(self.agenda)
        self._crew.block_timeout_s = self.master.block_timeout_s
        self.agenda.at(self.now + TICK_S, self._tick)
        self._n_idle_ticks = 0 if self._feed(TimePassed()) or not is_alone else self._n_idle_ticks + 1
        if self._n_idle_ticks > MOST_IDLE_TICKS or self._n_idle_notices > MOST_IDLE_NOTICES:
            raise InvariantError(f"the query hangs after {self.now:.3f} s: {self.master.account}")

    # -- the master itself is killed

    def _save(self) -> None:
        """Keep what a checkpoint keeps.

        Raises:
            InvariantError: the standing does not belong to what is merged.
        """
        standing = self.master.standing
        merged = {(file, index) for file, bits in standing.merged.items() for index in _set_bits(bits)}
        if merged != set(self.merged):
            raise InvariantError(f"the standing says {sorted(merged)} are merged, but it is {sorted(self.merged)}")
        self._checkpoint = Checkpoint(standing, dict(self.merged))

    def _kill_master(self) -> None:
        """Let a new master go on from the last checkpoint, with new workers; all else is gone."""
        self.agenda.clear()
        self.inflow.clear()
        self._crew.forget()
        self.master = self._make_master()
        self.merged = dict(self._checkpoint.merged)
        self._merged_entries = sum(block.n_entries for block in self.merged.values())
        self._begin()

    # -- the driver

    def _feed(self, notice: Notice) -> list[Order]:
        """Tell the master one thing and do what it orders."""
        if self.final_state is not None:
            return []
        started_s = time.perf_counter()
        orders = self.master.handle(notice, now=self.now)
        self.master_s += time.perf_counter() - started_s
        self.n_notices += 1
        self._n_idle_notices += 1
        if self._options.keeps_log:
            self.log.append(Fact(at_s=self.now, what=notice))
            self.log += [Fact(at_s=self.now, what=order) for order in orders]
        if orders or not isinstance(notice, TimePassed):
            self._n_changes += 1
            if self._options.checks_every and self._n_changes % self._options.checks_every == 0:
                self._check()
        for order in orders:
            self._execute(order)
        return orders

    def _check(self) -> None:
        """Compare the account with what was merged, now.

        Raises:
            InvariantError: they differ, or the master's own rules are broken.
        """
        self.master.check()
        account = self.master.account
        if account.processed != self._merged_entries and not self._is_restoring:
            raise InvariantError(f"{self._merged_entries} entries were merged, the account says {account.processed}")
        if account.processed + account.excluded + account.missing + account.unread != account.total:
            raise InvariantError(f"the account does not add up: {account}")

    def _execute(self, order: Order) -> None:
        if self.final_state is not None:
            raise InvariantError(f"{order} comes after the query was closed")
        execute = self._execute_by_type.get(type(order))
        if execute is not None:
            execute(order)
        else:
            self._crew.deliver(order.worker, order)  # type: ignore[union-attr]  # the other orders are the driver's own

    def _send_packet(self, order: SendPacket) -> None:
        self.n_packets += 1
        self.n_decisions += 1
        if not order.packet.is_apart:
            self.handed_out_s = self.now
        self._crew.deliver(order.worker, order)

    def _take(self, order: TakeDelta) -> None:
        self.n_decisions += 1
        if self._options.output_mb:
            self.inflow.fetch(order.delta)
        elif self._options.merge_s:
            self.agenda.at(self.now + self._options.merge_s, self._merge, order.delta)
        else:
            self._merge(order.delta)

    def _miss(self, delta: Delta) -> None:
        self._feed(DeltaLost(delta=delta, reason=f"{delta.worker} is gone"))

    def _merge(self, delta: Delta) -> None:
        """Merge a delta as the driver would; that no block is merged twice is the first law of all.

        Raises:
            InvariantError: it would be.
        """
        for block in delta.blocks:
            key = (block.file, block.index)
            if key in self.merged:
                raise InvariantError(f"block {key} is merged more than once: {self.merged[key]}, then {block}")
            self.merged[key] = block
            self._merged_entries += block.n_entries
        self.n_deltas += 1
        self._n_idle_notices = 0
        self._feed(DeltaMerged(delta=delta, merge_s=self._options.merge_s))
        self._crew.deliver(delta.worker, TakeDelta(delta=delta), delta.epoch)

    def _refuse(self, order: RefuseDelta | ForgetDelta) -> None:
        self.n_decisions += 1
        self._crew.deliver(order.delta.worker, order, order.delta.epoch)

    def _pass_delta(self, order: PassDelta) -> None:
        self.n_decisions += 1
        self._crew.deliver(order.merger, order)

    def _call_merger(self, order: CallMerger) -> None:
        self._crew.call_merger(order.host)

    def _call_isolator(self, _: CallIsolator) -> None:
        self._crew.call_isolator()

    def _dismiss(self, order: DismissWorker) -> None:
        self._crew.dismiss(order.worker)

    def _close(self, order: CloseQuery) -> None:
        self.final_state = order.state


def _set_bits(bits: int) -> list[int]:
    return [index for index in range(bits.bit_length()) if bits >> index & 1]
