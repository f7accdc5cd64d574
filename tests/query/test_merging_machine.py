"""A machine with mergers: they join, die, refuse and come late, like everybody else."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule
from test_machine import WHICH, QueryMachine

from overproof.query.merging import MergerPolicy
from overproof.query.merging.policy import LARGE_BYTES, just
from overproof.records.block import Block, Delta
from overproof.records.notices import (
    CredentialExpired,
    DeltaLost,
    DeltaNotPassed,
    DeltaOffered,
    DeltaPassed,
    MergerJoined,
    Notice,
    WorkerLost,
    WorkerStrained,
)
from overproof.records.orders import (
    CallDelta,
    CallMerger,
    DismissWorker,
    ForgetDelta,
    Order,
    PassDelta,
    RefuseDelta,
    SetApart,
    TakeDelta,
)


class Gathered:
    """What one merger has."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.n_deltas = 0
        self.was_called = False
        self.offered: list[Delta] = []


class MergingMachine(QueryMachine):
    """Adds in its mergers what is passed to them, and finds it in its book when they hand over."""

    MORE_BLOCKS = 5

    def merging(self) -> MergerPolicy | None:
        return just(2)

    def prepare(self) -> None:
        self.calls: list[str] = []
        self.mergers: dict[str, Gathered] = {}
        self.n_mergers = 0
        self.passing: list[PassDelta] = []
        self.said: list[Notice] = []
        self.shared: set[Block] = set()
        self.forgotten: set[tuple[str, int, int]] = set()

    def populate(self) -> None:
        for file in range(len(self.grids)):
            self.remember(file)
        for which in range(3):
            self.join(which)
        self.work(0, 1)
        while self.calls:
            self.merger_joins(0)

    def is_living(self, delta: Delta) -> bool:
        return delta.worker in self.mergers or super().is_living(delta)

    def obey(self, order: Order) -> None:
        match order:
            case CallMerger(host=host):
                assert host in ("h0", "h1", "localhost")
                self.calls.append(host)
            case PassDelta(delta=delta, merger=merger):
                assert merger in self.mergers
                assert not self.shared.intersection(delta.blocks), "a block with a second holder is passed"
                assert delta.worker not in self.mergers
                self.passing.append(order)
            case TakeDelta(delta=delta) | RefuseDelta(delta=delta):
                self.shared.difference_update(delta.blocks)
            case ForgetDelta(delta=delta):
                key = (delta.worker, delta.epoch, delta.number)
                assert key not in self.forgotten, "a delta is forgotten twice"
                self.forgotten.add(key)
            case SetApart(block=block):
                self.shared.add(block)
            case CallDelta(worker=name) if name in self.mergers:
                self.mergers[name].was_called = True
            case DismissWorker(worker=name):
                if name in self.mergers:
                    assert not self.mergers.pop(name).blocks, "a merger is sent away with what it holds"
                else:
                    del self.live[name]

    def feed(self, notice: Notice) -> None:
        if isinstance(notice, WorkerLost):
            self.shared.clear()  # one of the two holders may be gone
        elif getattr(notice, "block", None) is not None or type(notice).__name__ == "PacketDone":
            self.shared.clear()  # or has set it aside, or dropped it
        super().feed(notice)

    @rule(which=WHICH, n_blocks=st.integers(1, 3))
    def work(self, which: int, n_blocks: int) -> None:
        """A worker does what it is there for."""
        key = self.pick(which)
        if key:
            index = sorted(self.hands).index(key)
            self.look(which, True)
            for _ in range(n_blocks):
                self.compute(index, "good")
            self.offer(index)

    @rule(which=WHICH)
    def merger_joins(self, which: int) -> None:
        """One that was called, or now and then one that nobody has called."""
        host = self.calls.pop(which % len(self.calls)) if self.calls else "h0"
        if len(self.mergers) < 3:
            self.n_mergers += 1
            name = f"m{self.n_mergers}"
            self.mergers[name] = Gathered()
            self.feed(MergerJoined(merger=name, epoch=1, host=host))

    @rule(which=WHICH, die=st.integers(0, 2))
    def merger_is_lost(self, which: int, die: int) -> None:
        if self.mergers and not die:
            name = sorted(self.mergers)[which % len(self.mergers)]
            del self.mergers[name]
            self.feed(WorkerLost(worker=name))

    @rule(which=WHICH, fate=st.sampled_from(("good", "good", "good", "not")))
    def arrive(self, which: int, fate: str) -> None:
        """A delta gets to its merger, or does not; a merger that is lost may have said so before."""
        if not self.passing:
            return
        order = self.passing.pop(which % len(self.passing))
        gathered = self.mergers.get(order.merger)
        if fate == "good":
            if gathered is not None:
                gathered.blocks += order.delta.blocks
            said: Notice = DeltaPassed(merger=order.merger, epoch=1, delta=order.delta)
        else:
            said = DeltaNotPassed(merger=order.merger, epoch=1, delta=order.delta, reason="torn")
        self.said.append(said)
        self.feed(said)

    @rule(which=WHICH)
    def say_again(self, which: int) -> None:
        """What a merger has said comes once more; or a merger that is lost says what it never did."""
        if self.said:
            self.feed(self.said[which % len(self.said)])

    @rule(which=WHICH)
    def merger_offers(self, which: int) -> None:
        if self.mergers:
            self.hand_over(sorted(self.mergers)[which % len(self.mergers)])

    def hand_over(self, name: str) -> None:
        gathered = self.mergers[name]
        gathered.was_called = False
        if gathered.blocks:
            gathered.n_deltas += 1
            delta = Delta(worker=name, epoch=1, number=gathered.n_deltas, blocks=tuple(gathered.blocks))
            gathered.blocks = []
            self.offered.append(delta)
            self.feed(DeltaOffered(delta=delta, size_bytes=100))

    @rule(which=WHICH)
    def lose_payload(self, which: int) -> None:
        """A taken delta does not come."""
        if self.taken and not self.closed:
            self.feed(DeltaLost(delta=self.taken.pop(which % len(self.taken)), reason="its host is gone"))

    @rule(which=WHICH)
    def lose_what_is_not_taken(self, which: int) -> None:
        """The news of a loss comes for a delta that nobody waits for."""
        settled = [delta for delta in self.offered if delta not in self.taken]
        if settled:
            self.feed(DeltaLost(delta=settled[which % len(settled)], reason="late"))

    @rule(which=WHICH, die=st.integers(0, 2))
    def strain(self, which: int, die: int) -> None:
        names = sorted([*self.mergers, *self.live])
        if names and not die:
            name = names[which % len(names)]
            self.feed(WorkerStrained(worker=name, epoch=self.live.get(name, 1), reason="nearly full"))

    @rule(die=st.integers(0, 19))
    def expire(self, die: int) -> None:
        if die == 0:
            self.stopped = True
            self.feed(CredentialExpired(reason="its time is over"))

    @property
    def n_open(self) -> int:
        """Count what is on its way, and mergers that are to hand over."""
        return len(self.passing) + sum(gathered.was_called for gathered in self.mergers.values())

    def go_on(self) -> None:
        """Let deltas arrive; mergers hand over when they are called, and only then."""
        while self.passing and not self.closed:
            self.arrive(0, "good")
        for name in [name for name, gathered in self.mergers.items() if gathered.was_called]:
            if not self.closed and name in self.mergers:
                self.hand_over(name)


class LargeOutputsMachine(MergingMachine):
    """Has deltas so large that they wait for one another."""

    OFFER_BYTES = LARGE_BYTES

    def merging(self) -> MergerPolicy | None:
        return just(1)

    def populate(self) -> None:
        super().populate()
        for _ in range(2):
            for which in range(3):
                self.work(which, 1)


OFTEN = settings(max_examples=50, stateful_step_count=70, deadline=None, suppress_health_check=list(HealthCheck))
TestMergingMachine = MergingMachine.TestCase
TestMergingMachine.settings = OFTEN
TestLargeOutputsMachine = LargeOutputsMachine.TestCase
TestLargeOutputsMachine.settings = OFTEN
