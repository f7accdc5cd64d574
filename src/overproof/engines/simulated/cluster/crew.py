"""Who is there: hires workers and an isolator, loses them, replaces them, and carries letters both ways."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from overproof.engines.simulated.agenda import Agenda
from overproof.engines.simulated.cluster.isolator import SimulatedIsolator
from overproof.engines.simulated.cluster.merger import SimulatedMerger
from overproof.engines.simulated.cluster.storage import MB, Storage
from overproof.engines.simulated.cluster.surroundings import Hand
from overproof.engines.simulated.cluster.worker import SimulatedWorker
from overproof.engines.simulated.options import SimulationOptions
from overproof.engines.simulated.troubles.fates import Fates, Trial
from overproof.engines.simulated.troubles.faults import Plan, draw_delay, draw_plan
from overproof.records.block import Block, Delta, Packet, Range
from overproof.records.dataset import FileGrid
from overproof.records.notices import DeltaOffered, Notice, WorkerLost, WorkerStrained
from overproof.records.orders import Order
from overproof.records.outcome.access import FileAccess
from overproof.records.outcome.failure import Failure
from overproof.words.ids import WorkerId

REPLACED_S = 1.0
"""Seconds after which a worker that died is replaced."""
DEATH_NOTICED_S = 0.2
"""A death by what was computed is noticed within this time."""
LARGE_BYTES = 1_000_000
"""Of outputs this large the next ones wait: settling them may not take more than a part of the time."""
MAX_SHARE = 0.05
"""That part."""
LONGEST_PAUSE_S = 20.0
LATE_DELTAS = 0.3
"""Chance that a delta of a killed isolator arrives after its loss."""


class SimulatedCrew:
    """Brings up those who pretend to work, and everything that happens to them.

    Workers that die by themselves are not replaced, unless they were the last; all others are.

    Args:
        options: with the chances.
        agenda: virtual time.
        fates: what becomes of blocks.
        grids: of the files; None for one that cannot be opened.
        storage: where the files lie.
        dice: for everything that happens here.
        feed: tells the master.
        horizon_s: about the time that the query takes.

    Attributes:
        n_mergers: mergers that joined.
        n_passed: deltas that a merger has added.
        most_payloads: outputs that one merger had at most.
    """

    def __init__(
        self,
        options: SimulationOptions,
        agenda: Agenda,
        *,
        fates: Fates,
        grids: Sequence[FileGrid | None],
        storage: Storage,
        dice: random.Random,
        feed: Callable[[Notice], object],
        horizon_s: float,
    ) -> None:
        self.block_s_per_entry = options.block_s / options.block_entries
        self.open_s = options.open_s
        self.delta_interval_s = options.delta_interval_s
        self.block_timeout_s = 0.0  # the master says
        self.entry_bytes = options.entry_bytes
        self.output_bytes = int(options.output_mb * MB)
        self.pass_s = options.latency_s + options.output_mb / options.network_mb_s
        self.pass_s += options.output_mb / options.merge_mb_s
        self.n_mergers = self.n_passed = self.most_payloads = 0
        self._options = options
        self._agenda = agenda
        self._fates = fates
        self._grids = grids
        self._storage = storage
        self._dice = dice
        self._feed = feed
        self._horizon_s = horizon_s
        self._hands: dict[WorkerId, Hand] = {}
        self._arrivals: dict[tuple[WorkerId, bool], float] = {}
        self._joined_s: dict[WorkerId, float] = {}
        self._n_hired = 0
        self._n_living = 0
        self._is_isolator_called = False

    # -- what a worker needs

    @property
    def now(self) -> float:
        return self._agenda.now

    def wake(self, hand: Hand, at_s: float) -> None:
        self._agenda.at(at_s, hand.resume)

    def tell(self, hand: Hand, notice: Notice) -> None:
        """Carry a notice to the master; those of one worker arrive in order, copies of deltas at any time."""
        self._travel((hand.name, True), self._feed, notice)
        if isinstance(notice, DeltaOffered) and self._dice.random() < self._options.duplicates:
            self._agenda.at(self.now + 2 * draw_delay(self._options, self._dice), self._feed, notice)

    def grid(self, file: int) -> FileGrid | None:
        return self._grids[file]

    def can_read(self, file: int, path: str) -> bool:
        storage = self._storage
        return not storage.placed or storage.is_there(storage.server(file, path), self.now)

    def read_s(self, host: str, packet: Packet, block: Block) -> float:
        if not self._storage.placed:
            return 0.0
        server = self._storage.server(block.file, packet.path)
        n_bytes = block.n_entries * self.entry_bytes
        return self._storage.read(server, n_bytes, host=host, now=self.now) - self.now

    def accesses(self, packet: Packet, n_bytes: int, waited_s: float) -> tuple[FileAccess, ...]:
        if not self._storage.placed or not n_bytes:
            return ()
        server = self._storage.server(packet.blocks[0].file, packet.path)
        return (FileAccess(path=packet.path, server=f"s{server}", read_bytes=n_bytes, n_reads=1, read_s=waited_s),)

    def pause_s(self, settling_s: float) -> float:
        if self.output_bytes < LARGE_BYTES:
            return self.delta_interval_s
        return max(self.delta_interval_s, min(LONGEST_PAUSE_S, settling_s / MAX_SHARE))

    def can_pass(self, delta: Delta) -> bool:
        is_had = self.has(delta) and not (self._options.unpassed and self._dice.random() < self._options.unpassed)
        self.n_passed += is_had
        return is_had

    def note_payloads(self, n_payloads: int) -> None:
        self.most_payloads = max(self.most_payloads, n_payloads)

    def try_block(self, block: Block) -> Trial:
        return self._fates.try_block(block)

    def try_range(self, block: Block, part: Range) -> Trial:
        return self._fates.try_range(block, part)

    # -- the driver's orders

    def deliver(self, name: WorkerId, order: Order, epoch: int | None = None) -> None:
        """Carry an order to a worker, in order; one that has died or joined anew meanwhile does not get it."""
        hand = self._hands.get(name)
        if hand is not None and hand.is_alive:
            self._travel((name, False), self._arrive, hand, order, hand.epoch if epoch is None else epoch)

    def has(self, delta: Delta) -> bool:
        """Tell whether the payload of a delta is to be had from whoever offered it."""
        hand = self._hands.get(delta.worker)
        return hand is not None and hand.epoch == delta.epoch and hand.has(delta)

    def call_merger(self, host: str) -> None:
        """Bring a merger up on a host; one that is lost is not replaced."""
        self._agenda.at(self.now + self._options.isolator_s, self._hire_merger, host)

    def call_isolator(self) -> None:
        """Bring an isolator up, and another one whenever it is lost."""
        self._is_isolator_called = True
        self._agenda.at(self.now + self._options.isolator_s, self._hire_isolator)

    def dismiss(self, name: WorkerId) -> None:
        """End a worker, or the isolator, and bring another one up in its place."""
        hand = self._hands.get(name)
        if hand is not None and hand.is_alive:
            self._bury(hand)
            self._replace(hand)

    def forget(self) -> None:
        """Let everybody be gone, because the master is."""
        self._hands.clear()
        self._arrivals.clear()
        self._joined_s.clear()
        self._n_living = 0
        self._is_isolator_called = False

    # -- workers come

    def hire(self, speed: float, turn_s: float | None = None) -> None:
        """Bring a worker up, which becomes a straggler at `turn_s`; draw what else will happen to it."""
        host = self._storage.host(self._n_hired)
        worker = SimulatedWorker(f"w{self._n_hired}", speed=speed, host=host, place=self)
        self._enter(worker)
        if turn_s is not None:
            self._agenda.at(max(turn_s, self.now), worker.slow_down, self._options.slowdown)
        self._n_living += 1
        plan = draw_plan(self._options, self._dice, horizon_s=self._horizon_s)
        if plan.strain_s is not None:
            self._agenda.at(self.now + plan.strain_s, self._strain, worker)
        if plan.loss_s is not None:
            self._agenda.at(self.now + plan.loss_s, self._lose, worker, plan)
        elif plan.freeze_s is not None:
            self._agenda.at(self.now + plan.freeze_s, self._freeze, worker, plan)
        worker.join()
        self._joined_s[worker.name] = self._arrivals[worker.name, True]

    def _hire_merger(self, host: str) -> None:
        merger = SimulatedMerger(f"m{self._n_hired}", host=host, place=self)
        self._enter(merger)
        self.n_mergers += 1
        if self._options.merger_losses and self._dice.random() < self._options.merger_losses:
            self._agenda.at(self.now + self._dice.uniform(0.0, self._horizon_s), self._lose_merger, merger)
        merger.join()
        self._joined_s[merger.name] = self._arrivals[merger.name, True]

    def _hire_isolator(self) -> None:
        isolator = SimulatedIsolator(f"i{self._n_hired}", place=self)
        self._enter(isolator)
        isolator.join()
        self._joined_s[isolator.name] = self._arrivals[isolator.name, True]

    def _enter(self, hand: Hand) -> None:
        self._n_hired += 1
        self._hands[hand.name] = hand

    def _replace(self, hand: Hand) -> None:
        if isinstance(hand, SimulatedWorker):
            self._agenda.at(self.now + REPLACED_S, self.hire, hand.speed)
        elif isinstance(hand, SimulatedIsolator) and self._is_isolator_called:
            self._agenda.at(self.now + self._options.isolator_s, self._hire_isolator)

    # -- workers go

    def die(self, hand: Hand, block: Block, failure: Failure) -> None:
        """End a worker by what it computes; the crew can tell by what."""
        self._bury(hand)
        lag_s = self._dice.uniform(0.0, DEATH_NOTICED_S)
        self._give_up(hand, self.now + lag_s, block=block, failure=failure)
        self._replace(hand)

    def endanger(self, hand: Hand, duration_s: float) -> None:
        """Kill an isolator perhaps, while it does something or a little later."""
        if self._dice.random() < self._options.isolator_losses:
            self._agenda.at(self.now + self._dice.uniform(0.0, 1.5 * duration_s), self._kill_isolator, hand)

    def _kill_isolator(self, isolator: Hand) -> None:
        if not isolator.is_alive:
            return
        self._bury(isolator)
        lag_s = self._dice.uniform(0.0, DEATH_NOTICED_S)
        if self._dice.random() < LATE_DELTAS:
            for words in isolator.last_words():
                self._agenda.at(self.now + self._dice.uniform(0.0, 2 * DEATH_NOTICED_S), self._feed, words)
        self._give_up(isolator, self.now + lag_s, block=isolator.at_hand)
        self._replace(isolator)

    def _lose_merger(self, merger: SimulatedMerger) -> None:
        if not merger.is_alive:
            return
        self._bury(merger)
        lag_s = self._dice.uniform(0.0, DEATH_NOTICED_S)
        if self._dice.random() < LATE_DELTAS:
            for words in merger.last_words():
                self._agenda.at(self.now + self._dice.uniform(0.0, 2 * DEATH_NOTICED_S), self._feed, words)
        self._give_up(merger, self.now + lag_s, block=None)

    def _lose(self, worker: SimulatedWorker, plan: Plan) -> None:
        if not worker.is_alive:
            return
        self._bury(worker)
        lag_s = plan.noticed_s - (plan.loss_s or 0.0)
        if plan.is_late:
            for words in worker.last_words():
                self._agenda.at(self.now + 1.5 * lag_s + 0.1, self._feed, words)
        self._give_up(worker, self.now + lag_s, block=worker.at_hand)
        if not self._n_living:
            self._agenda.at(self.now + lag_s + REPLACED_S, self.hire, worker.speed)

    def _freeze(self, worker: SimulatedWorker, plan: Plan) -> None:
        if not worker.is_alive:
            return
        start_s = plan.freeze_s or 0.0
        worker.freeze(self.now + plan.thaw_s - start_s)
        if plan.given_up_s is not None:
            self._agenda.at(self.now + plan.given_up_s - start_s, self._give_up_frozen, worker)
            self._agenda.at(self.now + plan.return_s - start_s, self._come_back, worker)

    def _give_up_frozen(self, worker: SimulatedWorker) -> None:
        if worker.is_alive:
            self._give_up(worker, self.now, block=worker.at_hand)

    def _come_back(self, worker: SimulatedWorker) -> None:
        if worker.is_alive:
            worker.come_back()

    def _strain(self, worker: SimulatedWorker) -> None:
        if worker.is_alive:
            self.tell(worker, WorkerStrained(worker=worker.name, epoch=worker.epoch, reason="80 % of its memory"))

    def _bury(self, hand: Hand) -> None:
        hand.is_alive = False
        if isinstance(hand, SimulatedWorker):
            self._n_living -= 1

    def _give_up(self, hand: Hand, at_s: float, *, block: Block | None, failure: Failure | None = None) -> None:
        """Say that a worker is lost, whatever of it still travels; but none is lost before it has joined."""
        at_s = max(at_s, self._joined_s[hand.name])
        key = None if block is None else (block.file, block.index)
        self._agenda.at(at_s, self._feed, WorkerLost(worker=hand.name, reason="lost", block=key, failure=failure))

    # -- letters

    def _travel(self, way: tuple[WorkerId, bool], action: Callable[..., object], *arguments: object) -> None:
        at_s = max(self.now + draw_delay(self._options, self._dice), self._arrivals.get(way, 0.0))
        self._arrivals[way] = at_s
        self._agenda.at(at_s, action, *arguments)

    @staticmethod
    def _arrive(hand: Hand, order: Order, epoch: int) -> None:
        if hand.is_alive and hand.epoch == epoch:
            hand.receive(order)
