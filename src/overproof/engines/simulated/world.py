"""The world around the master: virtual time, messages, merging, and what goes wrong."""

from __future__ import annotations

import heapq
import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from overproof.engines.simulated.faults import Plan, draw_delay, draw_plan
from overproof.engines.simulated.laws import SPEEDS
from overproof.engines.simulated.options import SimulationOptions
from overproof.engines.simulated.workers import SimulatedWorker
from overproof.query.master import Master
from overproof.records.block import Block, Delta
from overproof.records.dataset import FileGrid
from overproof.records.facts import Fact
from overproof.records.notices import (
    DeltaMerged,
    DeltaOffered,
    FileOpened,
    Notice,
    QueryStarted,
    StopRequested,
    WorkerLost,
)
from overproof.records.orders import CloseQuery, Order, RefuseDelta, SendPacket, TakeDelta
from overproof.words.errors import InvariantError
from overproof.words.states import QueryState

REPLACED_S = 1.0
"""Seconds after which a lost worker is replaced, when it was the last one."""


class World:
    """Drives a master to the close of its query, in virtual time.

    Attributes:
        now: virtual seconds.
        merged: how often each block was merged, by (file, index).
        final_state: state in which the query was closed.
        n_packets: packets handed out.
        n_decisions: packets handed out, deltas taken or refused.
        n_notices: notices heard by the master.
        master_s: real seconds spent inside the master.
        log: facts, if kept.
        total_speed: of the workers at the start.
        slowest_speed: of the workers at the start.
    """

    def __init__(
        self, options: SimulationOptions, grids: list[FileGrid], *, master: Master, dice: random.Random
    ) -> None:
        self.now = 0.0
        self.block_s_per_entry = options.block_s / options.block_entries
        self.open_s = options.open_s
        self.delta_interval_s = options.delta_interval_s
        self.merged: Counter[tuple[int, int]] = Counter()
        self.final_state: QueryState | None = None
        self.n_packets = self.n_decisions = self.n_notices = 0
        self.master_s = 0.0
        self.log: list[Fact] = []
        self._options = options
        self._master = master
        self._dice = dice
        self._grids = [None if dice.random() < options.bad_files else grid for grid in grids]
        self._fates: dict[tuple[int, int], str] = {}
        self._events: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._n_events = 0
        self._workers: dict[str, SimulatedWorker] = {}
        self._arrivals: dict[tuple[str, bool], float] = {}
        self._joined_s: dict[str, float] = {}
        speeds = [SPEEDS[options.law](dice, options.spread) for _ in range(options.workers)]
        self.total_speed, self.slowest_speed = sum(speeds), min(speeds)
        work = sum(grid.n_entries for grid in grids) * self.block_s_per_entry
        self.ideal_s = (work + (0.0 if options.is_remembered else self.open_s * len(grids))) / self.total_speed
        self._execute_by_type: dict[type, Callable[[Any], None]] = {
            SendPacket: self._send_packet,
            TakeDelta: self._take,
            RefuseDelta: self._refuse,
            CloseQuery: self._close,
        }
        for speed in speeds:
            self._hire(speed)
        for _ in range(int(options.joins * options.workers)):
            joined_s = dice.uniform(0.0, self.ideal_s)
            self._at(joined_s, self._hire, SPEEDS[options.law](dice, options.spread))

    def run(self) -> None:
        """Let time pass until the query closes.

        Raises:
            InvariantError: the query hangs: nothing will ever happen again, and it is not closed.
        """
        self._feed(QueryStarted())
        if self._options.is_remembered:
            for file, grid in enumerate(self._grids):
                if grid is not None and self.final_state is None:
                    self._feed(FileOpened(file=file, grid=grid))
        if self._options.stop_s is not None:
            self._at(self._options.stop_s, self._feed, StopRequested())
        while self.final_state is None:
            if not self._events:
                raise InvariantError(f"the query hangs after {self.now:.3f} s: {self._master.account}")
            self.now, _, action, arguments = heapq.heappop(self._events)
            action(*arguments)

    # -- what a worker needs

    def wake(self, worker: SimulatedWorker, at_s: float) -> None:
        """Call `worker.resume` at a time."""
        self._at(at_s, worker.resume)

    def tell(self, worker: SimulatedWorker, notice: Notice) -> None:
        """Carry a notice to the master; those of one worker arrive in order, copies of deltas at any time."""
        self._travel((worker.name, True), self._feed, notice)
        if isinstance(notice, DeltaOffered) and self._dice.random() < self._options.duplicates:
            self._at(self.now + 2 * draw_delay(self._options, self._dice), self._feed, notice)

    def grid(self, file: int) -> FileGrid | None:
        """Return what a file holds; None when it cannot be opened."""
        return self._grids[file]

    def fate(self, block: Block) -> str:
        """Say what becomes of a block, whoever computes it."""
        key = (block.file, block.index)
        if key not in self._fates:
            die, options = self._dice.random(), self._options
            bad = "failing" if die < options.bad_blocks + options.failing_blocks else "good"
            self._fates[key] = "unreadable" if die < options.bad_blocks else bad
        return self._fates[key]

    # -- time and messages

    def _at(self, at_s: float, action: Callable[..., None], *arguments: Any) -> None:
        self._n_events += 1
        heapq.heappush(self._events, (at_s, self._n_events, action, arguments))

    def _travel(self, way: tuple[str, bool], action: Callable[..., None], *arguments: Any) -> None:
        at_s = max(self.now + draw_delay(self._options, self._dice), self._arrivals.get(way, 0.0))
        self._arrivals[way] = at_s
        self._at(at_s, action, *arguments)

    # -- workers come and go

    def _hire(self, speed: float) -> None:
        worker = SimulatedWorker(f"w{len(self._workers)}", speed=speed, place=self)
        self._workers[worker.name] = worker
        plan = draw_plan(self._options, self._dice, horizon_s=max(self.ideal_s, 1.0))
        if plan.loss_s is not None:
            self._at(self.now + plan.loss_s, self._kill, worker, plan)
        elif plan.freeze_s is not None:
            self._at(self.now + plan.freeze_s, self._freeze, worker, plan)
        worker.join()
        self._joined_s[worker.name] = self._arrivals[worker.name, True]

    def _kill(self, worker: SimulatedWorker, plan: Plan) -> None:
        worker.is_alive = False
        lag_s = plan.noticed_s - (plan.loss_s or 0.0)
        if plan.is_late and (words := worker.last_words()) is not None:
            self._at(self.now + 1.5 * lag_s + 0.1, self._feed, words)
        self._give_up(worker, self.now + lag_s, reason="died")
        if not any(other.is_alive for other in self._workers.values()):
            self._at(self.now + lag_s + REPLACED_S, self._hire, worker.speed)

    def _freeze(self, worker: SimulatedWorker, plan: Plan) -> None:
        start_s = plan.freeze_s or 0.0
        worker.freeze(self.now + plan.thaw_s - start_s)
        if plan.given_up_s is not None:
            self._give_up(worker, self.now + plan.given_up_s - start_s, reason="frozen")
            self._at(self.now + plan.return_s - start_s, worker.come_back)

    def _give_up(self, worker: SimulatedWorker, at_s: float, *, reason: str) -> None:
        """Say that a worker is lost, whatever of it still travels; but none is lost before it has joined."""
        at_s = max(at_s, self._joined_s[worker.name])
        self._at(at_s, self._feed, WorkerLost(worker=worker.name, reason=reason))

    # -- the driver

    def _feed(self, notice: Notice) -> None:
        """Tell the master one thing and do what it orders."""
        if self.final_state is not None:
            return
        started_s = time.perf_counter()
        orders = self._master.handle(notice, now=self.now)
        self.master_s += time.perf_counter() - started_s
        self.n_notices += 1
        if self._options.keeps_log:
            self.log.append(Fact(at_s=self.now, what=notice))
            self.log += [Fact(at_s=self.now, what=order) for order in orders]
        if self._options.checks_every and self.n_notices % self._options.checks_every == 0:
            self._master.check()
        for order in orders:
            self._execute(order)

    def _execute(self, order: Order) -> None:
        if self.final_state is not None:
            raise InvariantError(f"{order} comes after the query was closed")
        execute = self._execute_by_type.get(type(order))
        if execute is not None:
            execute(order)
        else:
            self._deliver(order)

    def _deliver(self, order: Order) -> None:
        worker = self._workers[order.worker]  # type: ignore[union-attr]  # the other orders are the driver's own
        self._travel((worker.name, False), self._arrive, worker, order, worker.epoch)

    def _arrive(self, worker: SimulatedWorker, order: Order, epoch: int) -> None:
        if worker.is_alive and worker.epoch == epoch:
            worker.receive(order)

    def _send_packet(self, order: SendPacket) -> None:
        self.n_packets += 1
        self.n_decisions += 1
        self._deliver(order)

    def _take(self, order: TakeDelta) -> None:
        self.n_decisions += 1
        if self._options.merge_s:
            self._at(self.now + self._options.merge_s, self._merge, order.delta)
        else:
            self._merge(order.delta)

    def _merge(self, delta: Delta) -> None:
        self.merged.update([(block.file, block.index) for block in delta.blocks])
        self._feed(DeltaMerged(delta=delta, merge_s=self._options.merge_s))

    def _refuse(self, _: RefuseDelta) -> None:
        self.n_decisions += 1

    def _close(self, order: CloseQuery) -> None:
        self.final_state = order.state
