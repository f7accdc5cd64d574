"""A machine that does anything a driver and its workers may do, in any order."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from table import OOPS

from overproof.query.master import Master
from overproof.query.merging import MergerPolicy
from overproof.query.packetizers import packetizer_by_name
from overproof.records.account import Account
from overproof.records.block import Block, Delta, Packet
from overproof.records.dataset import FileGrid
from overproof.records.notices import (
    BlockFailed,
    BlockUnreadable,
    DeltaMerged,
    DeltaOffered,
    FileFailed,
    FileOpened,
    Notice,
    PacketDone,
    QueryStarted,
    StopRequested,
    TimePassed,
    WorkerJoined,
    WorkerLost,
)
from overproof.records.orders import CloseQuery, HaltWorker, OpenFile, Order, SendPacket, TakeDelta
from overproof.records.query import QueryOptions
from overproof.words.states import TRANSITIONS, QueryState

PARTS = [field.name for field in fields(Account)]
WHICH = st.integers(0, 7)


class Hands:
    """What one worker has, in one epoch."""

    def __init__(self) -> None:
        self.files: list[int] = []
        self.packets: list[tuple[Packet, int]] = []
        self.computed: list[Block] = []
        self.n_deltas = 0
        self.is_halted = False


class QueryMachine(RuleBasedStateMachine):
    """Keeps its own book of what was merged, and compares it with the account after every step."""

    MORE_BLOCKS = 0
    """In each file, than are drawn."""
    OFFER_BYTES = 0
    """Size of a delta of a worker."""

    @initialize(
        sizes=st.lists(st.integers(0, 6), max_size=4),
        first=st.sampled_from((0, 0, 7)),
        entries=st.sampled_from((None, None, 0, 25)),
        packetizer=st.sampled_from(("adaptive", "fixed")),
        takes_empty=st.booleans(),
    )
    def start(self, sizes: list[int], first: int, entries: int | None, packetizer: str, takes_empty: bool) -> None:
        self.now = 0.0
        self.grids = [
            FileGrid(tree="t", n_entries=5 * size, stops=tuple(range(5, 5 * size + 1, 5)), size_bytes=1)
            for size in (size + self.MORE_BLOCKS for size in sizes)
        ]
        self.master = Master(
            len(sizes),
            QueryOptions(first=first, entries=entries, on_error="stop", takes_empty=takes_empty),
            packetizer_by_name(packetizer, packet_blocks=2),
            members=(1, len(sizes) - 2, 1) if len(sizes) > 2 else (),
            merging=self.merging(),
        )
        self.prepare()
        self.hands: dict[tuple[str, int], Hands] = {}
        self.live: dict[str, int] = {}
        self.taken: list[Delta] = []
        self.offered: list[Delta] = []
        self.merged: Counter[Block] = Counter()
        self.closed: list[QueryState] = []
        self.failed = False
        self.stopped = False
        self.feed(QueryStarted())
        self.populate()

    def populate(self) -> None:
        """Let some things have happened already."""

    def merging(self) -> MergerPolicy | None:
        """Choose how many mergers there should be."""
        return None

    def prepare(self) -> None:
        """Have what the orders of the first notice need."""

    def obey(self, order: Order) -> None:
        """Do what only some machines must."""

    def is_living(self, delta: Delta) -> bool:
        return self.live.get(delta.worker) == delta.epoch

    def feed(self, notice: Notice) -> None:
        self.now += 0.5
        for order in self.master.handle(notice, now=self.now):
            assert not self.closed, f"{order} after the close"
            match order:
                case OpenFile(worker=worker, file=file):
                    self.hands[worker, self.live[worker]].files.append(file)
                case SendPacket(worker=worker, packet=packet):
                    hands = self.hands[worker, self.live[worker]]
                    assert len(hands.packets) < 2
                    assert not self.stopped
                    hands.packets.append((packet, 0))
                case HaltWorker(worker=worker):
                    self.hands[worker, self.live[worker]].is_halted = True
                case TakeDelta(delta=delta):
                    assert self.is_living(delta)
                    self.taken.append(delta)
                case CloseQuery(state=state):
                    self.closed.append(state)
            self.obey(order)

    def pick(self, which: int, *, lost: bool = False) -> tuple[str, int] | None:
        """Choose a worker, live or (if `lost`) any that ever was."""
        keys = sorted(self.hands if lost else self.live.items())
        return keys[which % len(keys)] if keys else None

    @rule(which=WHICH)
    def join(self, which: int) -> None:
        name = f"w{which % 3}"
        if name not in self.live:
            epoch = 1 + max((epoch for other, epoch in self.hands if other == name), default=0)
            self.live[name] = epoch
            self.hands[name, epoch] = Hands()
            self.feed(WorkerJoined(worker=name, epoch=epoch, host=f"h{which % 2}"))

    @rule(which=WHICH)
    def lose(self, which: int) -> None:
        key = self.pick(which)
        if key:
            del self.live[key[0]]
            self.feed(WorkerLost(worker=key[0]))

    @rule(which=WHICH, is_good=st.booleans())
    def look(self, which: int, is_good: bool) -> None:
        key = self.pick(which)
        if key and self.hands[key].files:
            file = self.hands[key].files.pop(0)
            if is_good:
                self.feed(FileOpened(file=file, grid=self.grids[file], worker=key[0]))
            else:
                self.feed(FileFailed(file=file, reason="bad", worker=key[0]))

    @rule(which=WHICH)
    def remember(self, which: int) -> None:
        if self.grids:
            file = which % len(self.grids)
            self.feed(FileOpened(file=file, grid=self.grids[file]))

    @rule(which=WHICH, fate=st.sampled_from(("good", "good", "good", "good", "unreadable", "failing")))
    def compute(self, which: int, fate: str) -> None:
        """Compute a block, also as a worker that does not know that it was given up."""
        key = self.pick(which, lost=True)
        if not key or not self.hands[key].packets:
            return
        hands = self.hands[key]
        packet, n_done = hands.packets[0]
        if hands.is_halted:
            self.offer(which)
            for halted, n_blocks in hands.packets:
                self.report(key, halted, n_blocks)
            hands.packets.clear()
            return
        block, who = packet.blocks[n_done], {"worker": key[0], "epoch": key[1]}
        if fate == "good":
            hands.computed.append(block)
        elif fate == "unreadable":
            self.feed(BlockUnreadable(**who, block=block, phase="read", reason="torn"))
        else:
            self.failed |= self.live.get(key[0]) == key[1]
            self.feed(BlockFailed(**who, block=block, failure=OOPS))
        if hands.packets and hands.packets[0][0] is packet:
            hands.packets[0] = (packet, n_done + 1)
            if n_done + 1 == len(packet.blocks):
                hands.packets.pop(0)
                self.report(key, packet, n_done + 1)

    def report(self, key: tuple[str, int], packet: Packet, n_blocks: int) -> None:
        done = PacketDone(
            worker=key[0], epoch=key[1], packet=packet.number, compute_s=0.1 * n_blocks, n_blocks=n_blocks
        )
        self.feed(done)

    @rule(which=WHICH)
    def offer(self, which: int) -> None:
        key = self.pick(which, lost=True)
        if key and self.hands[key].computed:
            hands = self.hands[key]
            hands.n_deltas += 1
            delta = Delta(worker=key[0], epoch=key[1], number=hands.n_deltas, blocks=tuple(hands.computed))
            hands.computed = []
            self.offered.append(delta)
            self.feed(DeltaOffered(delta=delta, size_bytes=self.OFFER_BYTES))

    @rule()
    def let_time_pass(self) -> None:
        """Late blocks get a second holder."""
        self.feed(TimePassed())

    @rule(which=WHICH)
    def offer_again(self, which: int) -> None:
        if self.offered:
            self.feed(DeltaOffered(delta=self.offered[which % len(self.offered)]))

    @rule(which=WHICH)
    def merge(self, which: int) -> None:
        if self.taken and not self.closed:
            delta = self.taken.pop(which % len(self.taken))
            self.merged.update(delta.blocks)
            self.feed(DeltaMerged(delta=delta))

    @rule(die=st.integers(0, 19))
    def stop(self, die: int) -> None:
        if die == 0:
            self.stopped = True
            self.feed(StopRequested())

    @invariant()
    def book_and_account_agree(self) -> None:
        if not hasattr(self, "master"):
            return
        self.master.check()
        account = self.master.account
        accounts = self.master.accounts
        assert [sum(getattr(each, part) for each in accounts) for part in PARTS] == [
            getattr(account, part) for part in PARTS
        ]
        assert all(count == 1 for count in self.merged.values())
        assert account.processed == sum(block.n_entries for block in self.merged)
        assert account.processed + account.excluded + account.missing + account.unread == account.total
        assert bool(self.closed) == (not TRANSITIONS[self.master.state])
        assert len(self.closed) <= 1
        assert not account.excluded or self.failed

    def teardown(self) -> None:
        """Let a good worker join and do everything: the query must close, whatever happened before."""
        if not hasattr(self, "master"):
            return
        for name in list(self.live):
            self.lose_by_name(name)
        self.live["last"] = 1
        hands = self.hands["last", 1] = Hands()
        while self.taken and not self.closed:
            self.merge(0)
        self.feed(WorkerJoined(worker="last", epoch=1))
        index = sorted(self.hands).index(("last", 1))
        for _ in range(1_000):
            if self.closed:
                break
            before: Any = (len(hands.files), len(hands.packets), len(hands.computed), len(self.taken), self.n_open)
            self.look(0, True)
            self.compute(index, "good")
            self.offer(index)
            self.go_on()
            self.merge(0)
            assert any(before) or self.closed, "the query hangs"
        assert len(self.closed) == 1

    @property
    def n_open(self) -> int:
        """Count what is still to be done by others than workers."""
        return 0

    def go_on(self) -> None:
        """Let others than workers do something."""

    def lose_by_name(self, name: str) -> None:
        del self.live[name]
        self.feed(WorkerLost(worker=name))


TestQueryMachine = QueryMachine.TestCase
TestQueryMachine.settings = settings(
    max_examples=150, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck)
)
