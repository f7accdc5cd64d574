"""Laws of isolation: exactly the bad entries are excluded, whatever happens to the isolator."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table import OOPS, Table, closes, packets

from overproof.query.isolation.limit import is_too_much
from overproof.records.account import Account
from overproof.records.block import Block, Range
from overproof.records.notices import (
    BlockFailed,
    DeltaMerged,
    DeltaOffered,
    EngineFailed,
    PacketDone,
    RangeProbed,
    StopRequested,
    WorkerJoined,
    WorkerLost,
)
from overproof.records.orders import CallIsolator, Order, ProbeRange, SendPacket
from overproof.records.outcome.failure import EventName, Failure
from overproof.records.query import QueryOptions
from overproof.words.states import QueryState

TOO_LARGE = Failure(kind="memory", cause="memory", reason="took too much memory")
SIGNAL = Failure(kind="signal", cause="SIGSEGV", reason="died by SIGSEGV")


@dataclass
class House:
    """A worker and an honest isolator at a table: an entry in `bad` fails, and so does a range longer than `most`."""

    table: Table
    bad: dict[int, Failure]
    most: int = 10**9
    flaky: dict[int, Failure] = field(default_factory=dict)
    merged: dict[int, Block] = field(default_factory=dict)
    n_isolators: int = 0
    n_probes: int = 0
    n_trials: int = 0
    pending: list[Order] = field(default_factory=list)

    def fate(self, part: Range) -> Failure | None:
        first, stop = part
        bad = next((failure for entry, failure in sorted(self.bad.items()) if first <= entry < stop), None)
        return bad or (TOO_LARGE if stop - first > self.most else None)

    def hear(self, orders: list[Order]) -> None:
        self.pending += orders

    def work(self, *, kills: list[bool] | None = None) -> None:
        """Do whatever is ordered until nothing is; `kills` says which orders the isolator does not survive."""
        kills = list(kills or [])
        for _ in range(100_000):
            if not self.pending:
                return
            order = self.pending.pop(0)
            if isinstance(order, CallIsolator):
                self.join_isolator()
            elif isinstance(order, SendPacket | ProbeRange):
                is_isolator = order.worker.startswith("i")
                if is_isolator and kills and kills.pop():
                    self.hear(self.table.say(WorkerLost(worker=order.worker)))
                    self.join_isolator()
                elif isinstance(order, ProbeRange):
                    self.probe(order)
                else:
                    self.compute(order)
        raise AssertionError("the query hangs")

    def join_isolator(self) -> None:
        self.n_isolators += 1
        self.hear(self.table.say(WorkerJoined(worker=f"i{self.n_isolators}", epoch=1, is_isolator=True)))

    def probe(self, order: ProbeRange) -> None:
        self.n_probes += 1
        first, stop = order.part
        event = EventName(event=first) if stop == first + 1 else None
        failure = self.fate(order.part) or (self.flaky.pop(first, None) if stop == first + 1 else None)
        answer = RangeProbed(worker=order.worker, epoch=1, probe=order.probe, failure=failure, event=event)
        self.hear(self.table.say(answer))

    def compute(self, order: SendPacket) -> None:
        for block in order.packet.blocks:
            self.n_trials += order.worker.startswith("i")
            part = next((part for part in block.parts if self.fate(part)), None)
            if part is not None:
                failure = self.fate(part)
                assert failure is not None
                notice = BlockFailed(worker=order.worker, epoch=1, block=block, failure=failure, part=part)
                self.hear(self.table.say(notice))
            else:
                self.deliver(order.worker, block)
        done = PacketDone(worker=order.worker, epoch=1, packet=order.packet.number, compute_s=1.0)
        self.hear(self.table.say(done))

    def deliver(self, worker: str, block: Block) -> None:
        delta = self.table.delta(block, worker=worker)
        self.hear(self.table.say(DeltaOffered(delta=delta)))
        assert block.index not in self.merged
        self.merged[block.index] = block
        self.hear(self.table.say(DeltaMerged(delta=delta)))


def house(bad: dict[int, Failure], *, n_blocks: int = 4, most: int = 10**9, **options: object) -> House:
    table = Table(**options)  # type: ignore[arg-type]  # whatever the test says
    made = House(table, bad, most)
    made.hear(table.opened(n_blocks=n_blocks))
    made.hear(table.join("a"))
    return made


def computed(made: House) -> set[int]:
    return {entry for block in made.merged.values() for first, stop in block.parts for entry in range(first, stop)}


@settings(max_examples=150, deadline=None)
@given(
    bad=st.dictionaries(st.integers(0, 39), st.sampled_from([OOPS, SIGNAL]), max_size=8),
    most=st.sampled_from([10**9, 10**9, 5, 2]),
    kills=st.lists(st.booleans(), max_size=60),
)
def test_exactly_the_bad_entries_are_excluded(bad: dict[int, Failure], most: int, kills: list[bool]) -> None:
    """Each bad entry is named with its failure and its event; all others are computed, whoever is killed."""
    made = house(bad, most=most, max_excluded=100)
    made.work(kills=kills)
    found = {item.first: item.failure for item in made.table.master.excluded}
    assert found == bad
    assert all(item.stop == item.first + 1 and item.event for item in made.table.master.excluded)
    assert computed(made) == set(range(40)) - set(bad)
    assert made.table.master.account == Account(processed=40 - len(bad), excluded=len(bad), total=40)
    assert made.table.master.state is QueryState.FINISHED


def test_ranges_are_the_longest_good_ones() -> None:
    """What is left of a block is cut at bad entries only."""
    made = house({13: OOPS, 14: SIGNAL, 19: OOPS}, max_excluded=100)
    made.work()
    assert made.merged[1].ranges == ((10, 13), (15, 19))
    assert made.merged[0].ranges is None
    assert not made.table.master.splits


def test_block_too_large_whole_is_halved_at_fixed_midpoints() -> None:
    """Nothing is excluded, and the halvings are listed."""
    made = house({}, n_blocks=1, most=5)
    made.work()
    assert made.merged[0].ranges == ((0, 5), (5, 10))
    assert [(split.first, split.at, split.stop, split.failure) for split in made.table.master.splits] == [
        (0, 5, 10, TOO_LARGE)
    ]
    assert made.table.master.account == Account(processed=10, total=10)


def test_good_ranges_that_are_too_large_together_are_halved_too() -> None:
    """A bad entry in a block that is too large: the longest good range is tried, fails, and is halved."""
    made = house({0: OOPS}, n_blocks=1, most=5, max_excluded=100)
    made.work()
    assert computed(made) == set(range(1, 10))
    assert all(stop - first <= 5 for first, stop in made.merged[0].parts)
    assert [item.first for item in made.table.master.excluded] == [0]


def test_block_that_passes_alone_counts() -> None:
    """A failure that does not happen again is no evidence: the block is computed whole, nothing is excluded."""
    made = house({})
    (packet, _) = packets(made.pending)
    made.pending.clear()
    made.hear(made.table.say(BlockFailed(worker="a", epoch=1, block=packet.blocks[0], failure=OOPS)))
    made.hear(made.table.done(packet))
    assert made.table.master.n_suspects == 1
    made.work()
    assert made.merged[0].ranges is None
    assert made.n_trials == 1


def test_three_equal_failures_alone_are_evidence() -> None:
    """A block is tried three times by the isolator before it is searched."""
    made = house({5: OOPS}, n_blocks=1)
    made.work()
    assert made.n_trials == 3 + 1  # the last one is of what is left


def test_lost_worker_is_no_evidence() -> None:
    """A worker that was simply lost puts its block back; nobody is accused."""
    table = Table()
    table.opened(n_blocks=2)
    table.join("a")
    table.say(WorkerLost(worker="a", block=(0, 0)))
    assert table.master.n_suspects == 0
    assert sorted(block.index for packet in packets(table.join("b")) for block in packet.blocks) == [0, 1]


def test_block_on_which_workers_are_lost_time_and_again_is_tried_alone() -> None:
    """After three losses the block is a suspect without a failure; when it passes alone, it counts."""
    made = house({}, n_blocks=1)
    made.pending.clear()
    for old, new in (("a", "b"), ("b", "c"), ("c", "d")):
        made.hear(made.table.say(WorkerLost(worker=old, block=(0, 0))))
        if new != "d":
            made.hear(made.table.join(new))
    assert made.table.master.n_suspects == 1
    made.pending = [order for order in made.pending if not isinstance(order, SendPacket)]
    made.work()
    assert made.table.master.account == Account(processed=10, total=10)


def test_signal_accuses_only_the_block_in_hand() -> None:
    """Other blocks of the worker that died wait again and are computed by others."""
    made = house({3: SIGNAL}, n_blocks=3)
    made.pending.clear()
    made.hear(made.table.say(WorkerLost(worker="a", block=(0, 0), failure=SIGNAL)))
    made.hear(made.table.join("b"))
    made.work()
    assert [(item.first, item.failure) for item in made.table.master.excluded] == [(3, SIGNAL)]
    assert made.table.master.account == Account(processed=29, excluded=1, total=30)


def test_selector_that_fails_everywhere_is_found_out_by_a_few_entries() -> None:
    """Five entries that fail by themselves, of a block larger than may be excluded, say that the selector is wrong."""
    made = house(dict.fromkeys(range(40), OOPS), max_excluded=5)
    made.work()
    assert made.table.master.state is QueryState.FAILED
    assert made.n_probes == 5
    assert made.table.master.account == Account(excluded=5, unread=35, total=40)


def test_block_that_may_be_excluded_whole_is_searched() -> None:
    """A small block of which every entry is bad costs these entries, and no more."""
    made = house(dict.fromkeys(range(10, 20), OOPS), max_excluded=10)
    made.work()
    assert made.table.master.account == Account(processed=30, excluded=10, total=40)
    assert made.table.master.state is QueryState.FINISHED


def test_entry_that_fails_once_in_another_way_is_no_bad_entry() -> None:
    """A failure of a single entry that is unlike that of its block must insist."""
    made = house({3: OOPS}, n_blocks=1)
    made.flaky[7] = SIGNAL
    made.work()
    assert [item.first for item in made.table.master.excluded] == [3]
    assert made.table.master.account == Account(processed=9, excluded=1, total=10)


def test_too_many_excluded_entries_stop_the_query() -> None:
    """One more than allowed is too many; what is done is kept."""
    bad = dict.fromkeys((1, 11, 21), OOPS)
    stopped, finished = house(bad, max_excluded=2), house(bad, max_excluded=3)
    stopped.work()
    finished.work()
    assert stopped.table.master.state is QueryState.FAILED
    assert finished.table.master.state is QueryState.FINISHED
    assert stopped.table.master.account.excluded == 3
    assert stopped.table.master.account.processed > 0


def test_skip_excludes_blocks_whole() -> None:
    """Without isolation nothing is searched, and the query goes on."""
    made = house({3: OOPS}, on_error="skip")
    made.work()
    assert made.n_probes == made.n_trials == 0
    assert made.table.master.account == Account(processed=30, excluded=10, total=40)
    assert made.table.master.state is QueryState.FINISHED


def test_death_under_skip_needs_evidence() -> None:
    """A block that kills workers is tried alone before it is excluded."""
    made = house({3: SIGNAL}, on_error="skip")
    made.pending.clear()
    made.hear(made.table.say(WorkerLost(worker="a", block=(0, 0), failure=SIGNAL)))
    made.hear(made.table.join("b"))
    made.work()
    assert made.n_trials == 3
    assert made.table.master.account == Account(processed=30, excluded=10, total=40)


def test_stop_gives_suspects_up() -> None:
    """Blocks that were being isolated remain unread, and the query closes."""
    made = house({3: OOPS}, n_blocks=1)
    made.table.say(BlockFailed(worker="a", epoch=1, block=Block(file=0, index=0, first=0, stop=10), failure=OOPS))
    made.pending.clear()
    made.join_isolator()
    orders = made.table.say(StopRequested())
    (packet,) = packets(made.pending, "i1")
    orders += made.table.say(PacketDone(worker="a", epoch=1, packet=1, compute_s=1.0, n_blocks=0))
    assert packet.blocks[0].index == 0
    assert closes(orders) == [QueryState.STOPPED]
    assert made.table.master.account == Account(unread=10, total=10)


def test_query_that_is_closed_orders_nothing_more() -> None:
    """When the engine gives up on a selector that is wrong, the query is closed, whatever else would follow."""
    table = Table(on_error="stop", packet_blocks=2)
    table.opened(n_blocks=4)
    (packet, _) = packets(table.join())
    table.say(BlockFailed(worker="a", epoch=1, block=packet.blocks[0], failure=OOPS))
    assert closes(table.say(EngineFailed(reason="outputs cannot be added"))) == [QueryState.FAILED]
    assert table.say(BlockFailed(worker="a", epoch=1, block=packet.blocks[1], failure=OOPS)) == []


@pytest.mark.parametrize(
    ("n_excluded", "n_processed", "at_end", "options", "is_wrong"),
    [
        (101, 10**9, False, QueryOptions(), True),
        (100, 10**9, False, QueryOptions(), False),
        (51, 5_000, False, QueryOptions(), False),
        (51, 5_000, True, QueryOptions(), True),
        (50, 5_000, True, QueryOptions(), False),
        (99, 9_000, False, QueryOptions(), False),
        (100, 9_901, False, QueryOptions(), False),
        (1, 1, True, QueryOptions(), False),
        (1, 0, True, QueryOptions(), True),
        (500, 10, True, QueryOptions(max_excluded=500), False),
        (1, 10**9, False, QueryOptions(max_excluded=0), True),
        (10**6, 10**6, True, QueryOptions(on_error="skip"), False),
        (10**6, 0, True, QueryOptions(on_error="skip"), True),
    ],
)
def test_limit(n_excluded: int, n_processed: int, *, at_end: bool, options: QueryOptions, is_wrong: bool) -> None:
    """The smaller of 100 and 1 % of those done, once 10,000 are done or at the end; one is always allowed."""
    assert is_too_much(n_excluded, n_processed, options, at_end=at_end) is is_wrong
