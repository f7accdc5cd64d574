"""The rules of the master, one by one; each driven by hand."""

from __future__ import annotations

import pytest

from overproof.query.master import Master
from overproof.query.packetizers import fixed
from overproof.records.account import Account
from overproof.records.block import Block, Delta, Packet
from overproof.records.dataset import FileGrid
from overproof.records.notices import (
    AbortRequested,
    BlockFailed,
    BlockUnreadable,
    DeltaMerged,
    DeltaOffered,
    EngineFailed,
    FileFailed,
    FileOpened,
    Notice,
    PacketDone,
    QueryStarted,
    StopRequested,
    WorkerJoined,
    WorkerLost,
)
from overproof.records.orders import (
    CallDelta,
    CloseQuery,
    HaltWorker,
    OpenFile,
    Order,
    RefuseDelta,
    SendPacket,
    TakeDelta,
)
from overproof.records.query import QueryOptions
from overproof.words.errors import InvariantError, OptionError
from overproof.words.states import QueryState


def grid(n_blocks: int, *, size: int = 10) -> FileGrid:
    return FileGrid(
        tree="Events", n_entries=n_blocks * size, stops=tuple(range(size, n_blocks * size + 1, size)), size_bytes=1
    )


class Table:
    """A master with a driver at the same table, who checks the invariants after every notice."""

    def __init__(self, n_files: int = 1, *, packet_blocks: int = 1, first: int = 0, entries: int | None = None) -> None:
        self.master = Master(n_files, QueryOptions(first=first, entries=entries), fixed(packet_blocks))
        self.now = 0.0
        self.n_deltas = 0

    def say(self, *notices: Notice) -> list[Order]:
        orders: list[Order] = []
        for notice in notices:
            self.now += 1.0
            orders += self.master.handle(notice, now=self.now)
            self.master.check()
        return orders

    def join(self, worker: str = "a", *, epoch: int = 1) -> list[Order]:
        return self.say(WorkerJoined(worker=worker, epoch=epoch))

    def opened(self, file: int = 0, *, n_blocks: int = 4) -> list[Order]:
        return self.say(FileOpened(file=file, grid=grid(n_blocks)))

    def done(self, packet: Packet, worker: str = "a", *, n_blocks: int | None = None) -> list[Order]:
        return self.say(PacketDone(worker=worker, epoch=1, packet=packet.number, compute_s=1.0, n_blocks=n_blocks))

    def delta(self, *blocks: Block, worker: str = "a", epoch: int = 1) -> Delta:
        self.n_deltas += 1
        return Delta(worker=worker, epoch=epoch, number=self.n_deltas, blocks=blocks)

    def hand_over(self, *blocks: Block, worker: str = "a") -> list[Order]:
        delta = self.delta(*blocks, worker=worker)
        assert self.say(DeltaOffered(delta=delta)) == [TakeDelta(delta=delta)]
        return self.say(DeltaMerged(delta=delta))


def packets(orders: list[Order], worker: str | None = None) -> list[Packet]:
    return [order.packet for order in orders if isinstance(order, SendPacket) and worker in (None, order.worker)]


def indices(orders: list[Order], worker: str | None = None) -> list[int]:
    return [block.index for packet in packets(orders, worker) for block in packet.blocks]


def closes(orders: list[Order]) -> list[QueryState]:
    return [order.state for order in orders if isinstance(order, CloseQuery)]


# -- files


def test_query_without_files_closes_on_its_start() -> None:
    """A query without files is over at once, and complete."""
    table = Table(0)
    assert table.say(QueryStarted()) == [CloseQuery(state=QueryState.FINISHED)]
    assert table.master.account == Account()
    assert table.master.account.is_complete


def test_empty_trees_close_as_soon_as_all_are_known() -> None:
    """Files without entries need no worker."""
    table = Table(2)
    assert table.opened(0, n_blocks=0) == []
    assert table.opened(1, n_blocks=0) == [CloseQuery(state=QueryState.FINISHED)]


def test_each_file_is_asked_of_one_worker() -> None:
    """Unknown files are spread over the idle workers, one each, and none twice."""
    table = Table(3)
    orders = table.join("a") + table.join("b")
    assert orders == [OpenFile(worker="a", file=0), OpenFile(worker="b", file=1)]
    assert table.master.account.files_unopened == 3


def test_first_packet_does_not_wait_for_all_files() -> None:
    """With 10,000 files the first packet goes out after the first of them, and a further file is asked meanwhile."""
    table = Table(10_000)
    table.join()
    orders = table.say(FileOpened(file=0, grid=grid(2), worker="a"))
    assert orders[0] == SendPacket(worker="a", packet=Packet(number=1, blocks=(table.master.blocks[0, 0],)))
    assert orders[1] == OpenFile(worker="a", file=1)


def test_known_files_are_not_looked_into() -> None:
    """A remembered file is never asked for."""
    table = Table(2)
    table.opened(0)
    table.opened(1)
    assert not [order for order in table.join() if isinstance(order, OpenFile)]


def test_file_of_a_lost_worker_is_asked_again() -> None:
    """Looking into a file is asked of the next worker when the one who was asked is lost."""
    table = Table(1)
    table.join("a")
    table.join("b")
    assert table.say(WorkerLost(worker="a")) == [OpenFile(worker="b", file=0)]


def test_failed_file_is_missing_with_unknown_length() -> None:
    """A file that cannot be opened is a line of its own and does not stop the others."""
    table = Table(2)
    table.join("a")
    orders = table.say(FileFailed(file=0, reason="not ROOT", worker="a"))
    assert orders == [OpenFile(worker="a", file=1)]
    assert table.master.account.files_unknown == 1
    (missing,) = table.master.missing
    assert (missing.file, missing.stop, missing.phase, missing.reason) == (0, None, "open", "not ROOT")


def test_late_failure_of_a_file_is_not_heard_but_a_late_grid_is() -> None:
    """A lost worker may have failed because it was dying; the grid comes from the file alone."""
    table = Table(2)
    table.join("a")
    table.join("b")
    table.say(WorkerLost(worker="a"))
    table.say(FileFailed(file=0, reason="host is dying", worker="a"))
    assert table.master.account.files_unknown == 0
    table.say(FileOpened(file=0, grid=grid(4), worker="a"))
    assert table.master.account.total == 40


def test_first_word_on_a_file_is_the_last() -> None:
    """A file that is known stays as it is, whatever is said later."""
    table = Table(1)
    table.opened(n_blocks=4)
    table.say(FileFailed(file=0, reason="too late"))
    table.opened(n_blocks=8)
    assert table.master.account == Account(total=40, unread=40)


def test_a_file_that_the_query_does_not_have_is_a_defect() -> None:
    """The driver cannot speak of file 7 of 1."""
    with pytest.raises(InvariantError, match="file 7"):
        Table(1).opened(7)


def test_a_grid_that_does_not_cover_its_file_is_a_defect() -> None:
    """Blocks must cover every entry, else entries would vanish."""
    with pytest.raises(InvariantError, match="does not cover"):
        Table(1).say(FileOpened(file=0, grid=FileGrid(tree="t", n_entries=30, stops=(10, 20))))


# -- limits


def test_limits_cut_blocks_over_the_chain() -> None:
    """`first` and `entries` count over the files in order, and cut blocks; indices are those of the full grid."""
    table = Table(3, first=15, entries=40)
    for file in range(3):
        table.opened(file, n_blocks=3)
    cuts = [(block.file, block.index, block.first, block.stop) for block in table.master.blocks.values()]
    assert cuts == [(0, 1, 15, 20), (0, 2, 20, 30), (1, 0, 0, 10), (1, 1, 10, 20), (1, 2, 20, 25)]
    assert table.master.account == Account(total=40, unread=40)


def test_with_limits_a_file_waits_for_those_before_it() -> None:
    """The place of a file in the chain is known when all files before it are."""
    table = Table(2, entries=25)
    table.opened(1, n_blocks=3)
    assert table.master.account == Account(files_unopened=1)
    table.opened(0, n_blocks=1)
    assert table.master.account == Account(total=25, unread=25)


def test_with_limits_a_failed_file_counts_none() -> None:
    """The chain goes on behind a file that cannot be opened; its line says that it is unknown."""
    table = Table(2, entries=25)
    table.say(FileFailed(file=0, reason="gone"))
    table.opened(1, n_blocks=3)
    assert table.master.account == Account(total=25, unread=25, files_unknown=1)


def test_files_behind_the_limit_are_not_needed() -> None:
    """The query ends although nobody looked into the last files."""
    table = Table(1000, entries=10)
    table.join()
    (packet,) = packets(table.say(FileOpened(file=0, grid=grid(3), worker="a")))
    table.done(packet)
    assert closes(table.hand_over(*packet.blocks)) == [QueryState.FINISHED]
    assert table.master.account == Account(processed=10, total=10)


@pytest.mark.parametrize(("first", "entries"), [(0, 0), (7, 0)])
def test_nothing_asked_for_is_over_at_once(first: int, entries: int) -> None:
    """`entries=0` needs no file."""
    table = Table(2, first=first, entries=entries)
    assert table.say(QueryStarted()) == [CloseQuery(state=QueryState.FINISHED)]


def test_first_beyond_the_end_is_empty_and_complete() -> None:
    """Passing over more entries than there are leaves nothing, once all files are known."""
    table = Table(2, first=1000, entries=10)
    table.opened(0)
    assert closes(table.opened(1)) == [QueryState.FINISHED]
    assert table.master.account == Account()


def test_negative_limits_are_an_error() -> None:
    """A limit below zero is refused before anything starts."""
    with pytest.raises(OptionError, match="first=-1"):
        Table(1, first=-1)


# -- packets


def test_worker_has_two_packets_in_hand() -> None:
    """One is computed, one waits; the next goes out when one is done."""
    table = Table()
    table.opened()
    orders = table.join()
    assert indices(orders) == [0, 1]
    assert indices(table.done(packets(orders)[0])) == [2]
    assert table.master.n_active == 1


def test_packet_is_a_run_of_blocks_of_one_file() -> None:
    """A packet does not reach over the end of its file."""
    table = Table(2, packet_blocks=3)
    table.opened(0, n_blocks=4)
    table.opened(1, n_blocks=4)
    orders = table.join()
    assert [[(b.file, b.index) for b in p.blocks] for p in packets(orders)] == [[(0, 0), (0, 1), (0, 2)], [(0, 3)]]


def test_workers_spread_over_files_and_stay_there() -> None:
    """A new worker goes to the file with the fewest workers; one with a file stays while blocks wait in it."""
    table = Table(2)
    table.opened(0)
    table.opened(1)
    a, b = packets(table.join("a")), packets(table.join("b"))
    assert {block.file for packet in a for block in packet.blocks} == {0}
    assert {block.file for packet in b for block in packet.blocks} == {1}
    assert [packet.blocks[0].file for packet in packets(table.done(a[0], "a"))] == [0]


def test_unknown_packet_is_not_heard() -> None:
    """A packet is done once; a second report changes nothing."""
    table = Table()
    table.opened()
    first = packets(table.join())[0]
    table.done(first)
    seen = table.master.n_entries_seen
    assert table.done(first) == []
    assert table.master.n_entries_seen == seen == 10


def test_somebody_works_whatever_the_packetizer_says() -> None:
    """As long as blocks wait, the fastest worker gets a block even if the policy grants none."""
    master = Master(1, QueryOptions(), lambda _: 0)
    master.handle(FileOpened(file=0, grid=grid(2)), now=0.0)
    assert indices(master.handle(WorkerJoined(worker="a", epoch=1), now=1.0)) == [0]
    assert master.handle(WorkerJoined(worker="b", epoch=1), now=2.0) == []
    master.check()


# -- deltas


def test_block_counts_when_its_delta_is_merged() -> None:
    """Neither computing nor offering nor taking moves the account; merging does."""
    table = Table()
    table.opened(n_blocks=1)
    (packet,) = packets(table.join())
    table.done(packet)
    delta = table.delta(*packet.blocks)
    table.say(DeltaOffered(delta=delta))
    assert table.master.account == Account(unread=10, total=10)
    assert table.say(DeltaMerged(delta=delta)) == [CloseQuery(state=QueryState.FINISHED)]
    assert table.master.account == Account(processed=10, total=10)


def test_delta_may_come_before_its_packet_is_done() -> None:
    """A long packet is handed over in parts."""
    table = Table(packet_blocks=4)
    table.opened()
    (packet,) = packets(table.join())
    table.hand_over(*packet.blocks[:2])
    assert table.master.account.processed == 20
    table.done(packet)
    assert closes(table.hand_over(*packet.blocks[2:])) == [QueryState.FINISHED]


def test_same_delta_twice_is_refused() -> None:
    """A copy of a delta that was taken is refused, before and after the merging, and nothing is computed again."""
    table = Table()
    table.opened()
    (packet, _) = packets(table.join())
    delta = table.delta(*packet.blocks)
    table.say(DeltaOffered(delta=delta))
    (refusal,) = table.say(DeltaOffered(delta=delta))
    assert isinstance(refusal, RefuseDelta)
    assert "it is taken" in refusal.reason
    table.say(DeltaMerged(delta=delta))
    (refusal,) = table.say(DeltaOffered(delta=delta))
    assert isinstance(refusal, RefuseDelta)
    assert "it is merged" in refusal.reason
    assert table.master.account.processed == 10


def test_late_delta_of_a_lost_worker_is_refused() -> None:
    """What a lost worker held is computed by others; its own delta would count it twice."""
    table = Table()
    table.opened()
    (packet, _) = packets(table.join())
    table.say(WorkerLost(worker="a"))
    (refusal,) = table.say(DeltaOffered(delta=table.delta(*packet.blocks)))
    assert isinstance(refusal, RefuseDelta)
    assert "given up" in refusal.reason


def test_delta_of_an_old_epoch_is_refused() -> None:
    """A worker that was given up and came back hands over in its new epoch only."""
    table = Table()
    table.opened()
    (packet, _) = packets(table.join(epoch=1))
    table.say(WorkerLost(worker="a"))
    again = table.join(epoch=2)
    assert indices(again) == [0, 1]
    (refusal,) = table.say(DeltaOffered(delta=table.delta(*packet.blocks, epoch=1)))
    assert isinstance(refusal, RefuseDelta)
    delta = table.delta(*packet.blocks, epoch=2)
    assert table.say(DeltaOffered(delta=delta)) == [TakeDelta(delta=delta)]


@pytest.mark.parametrize(
    ("blocks", "reason"),
    [
        ((), "no block is named"),
        ((0, 0), "named twice"),
        ((0, 3), "it is waiting"),
        ((0, 99), "not a block of this query"),
    ],
)
def test_delta_is_all_or_nothing(blocks: tuple[int, ...], reason: str) -> None:
    """One wrong block spoils a delta; what the worker held of it waits again, as the outputs are lost."""
    table = Table()
    table.opened()
    table.join("a")
    named = [Block(file=0, index=index, first=10 * index, stop=10 * index + 10) for index in blocks]
    (refusal,) = table.say(DeltaOffered(delta=table.delta(*named)))
    assert isinstance(refusal, RefuseDelta)
    assert reason in refusal.reason
    assert indices(table.join("b")) == ([0, 2] if blocks else [2, 3])


def test_block_with_other_bounds_is_not_ours() -> None:
    """A block is known by all of its fields, so that a delta of another block size cannot be merged."""
    table = Table()
    table.opened()
    table.join()
    (refusal,) = table.say(DeltaOffered(delta=table.delta(Block(file=0, index=0, first=0, stop=11))))
    assert isinstance(refusal, RefuseDelta)
    assert "not a block of this query" in refusal.reason


def test_merging_what_was_never_taken_is_a_defect() -> None:
    """The driver merges on order only, and once."""
    table = Table()
    table.opened()
    (packet, _) = packets(table.join())
    with pytest.raises(InvariantError, match="never taken"):
        table.say(DeltaMerged(delta=table.delta(*packet.blocks)))


def test_worker_may_die_while_its_delta_is_merged() -> None:
    """From the moment in which a delta is taken its blocks are the driver's: they do not wait again."""
    table = Table()
    table.opened(n_blocks=2)
    (packet, _) = packets(table.join())
    delta = table.delta(*packet.blocks)
    table.say(DeltaOffered(delta=delta), WorkerLost(worker="a"))
    assert indices(table.join("b")) == [1]
    table.say(DeltaMerged(delta=delta))
    assert table.master.account.processed == 10


def test_idle_worker_is_called_once() -> None:
    """A worker without packets that has unmerged blocks is asked for them, once in a spell of idleness."""
    table = Table()
    table.opened(n_blocks=2)
    (first, second) = packets(table.join())
    assert table.done(first) == []
    assert table.done(second) == [CallDelta(worker="a")]
    table.join("b")
    assert table.say(WorkerLost(worker="b")) == []


# -- losses


def test_blocks_of_a_lost_worker_wait_again_in_order() -> None:
    """Computed or not, what was not taken waits again, merged into runs, and idle workers are fed at once."""
    table = Table(packet_blocks=2)
    table.opened(n_blocks=4)
    (first, _) = packets(table.join("a"))
    table.join("b")
    table.done(first)
    table.hand_over(first.blocks[1])
    orders = table.say(WorkerLost(worker="a"))
    assert [[block.index for block in packet.blocks] for packet in packets(orders, "b")] == [[0], [2, 3]]
    assert table.master.account == Account(processed=10, unread=30, total=40)


def test_runs_that_touch_become_one_packet() -> None:
    """Blocks of two lost workers that lie side by side are handed out together."""
    table = Table(packet_blocks=2)
    table.opened(n_blocks=8)
    table.join("a")
    table.join("b")
    table.say(WorkerLost(worker="b"), WorkerLost(worker="a"))
    assert [[block.index for block in packet.blocks] for packet in packets(table.join("c"))] == [[0, 1], [2, 3]]


def test_late_notices_of_a_lost_worker_are_not_heard() -> None:
    """A lost worker cannot finish packets, nor spoil blocks."""
    table = Table()
    table.opened()
    (packet, _) = packets(table.join())
    table.say(WorkerLost(worker="a"))
    before = table.master.account
    block = packet.blocks[0]
    table.done(packet)
    table.say(
        BlockUnreadable(worker="a", epoch=1, block=block, phase="read", reason="late"),
        BlockFailed(worker="a", epoch=1, block=block, kind="exception", reason="late"),
        WorkerLost(worker="a"),
        WorkerJoined(worker="a", epoch=1),
    )
    assert table.master.account == before
    assert table.master.state is QueryState.RUNNING
    assert table.master.n_workers == 0


def test_joining_in_a_new_epoch_gives_up_the_old_one() -> None:
    """A worker that comes back before its loss was noticed starts with empty hands; nothing it held is lost."""
    table = Table()
    table.opened(n_blocks=2)
    table.join(epoch=1)
    assert indices(table.join(epoch=2)) == [0, 1]


def test_entries_seen_go_back_when_a_worker_is_lost() -> None:
    """Progress counts what is computed and not lost again."""
    table = Table()
    table.opened()
    table.done(packets(table.join())[0])
    assert table.master.n_entries_seen == 10
    table.say(WorkerLost(worker="a"))
    assert table.master.n_entries_seen == 0


# -- blocks that fail


def test_unreadable_blocks_are_missing_and_the_rest_is_computed() -> None:
    """Neighbours that lack for the same reason are one range; the query finishes, incomplete."""
    table = Table(packet_blocks=4)
    table.opened()
    (packet,) = packets(table.join())
    for index in (1, 2):
        block = packet.blocks[index]
        table.say(BlockUnreadable(worker="a", epoch=1, block=block, phase="read", reason="torn"))
    table.done(packet)
    assert closes(table.hand_over(packet.blocks[0], packet.blocks[3])) == [QueryState.FINISHED]
    assert table.master.account == Account(processed=20, missing=20, total=40)
    (missing,) = table.master.missing
    assert (missing.tree, missing.first, missing.stop, missing.phase) == ("Events", 10, 30, "read")


def test_failing_block_is_excluded_and_fails_the_query_at_the_end() -> None:
    """What others have computed is still handed over before the query closes as failed."""
    table = Table()
    table.opened()
    a, b = packets(table.join("a")), packets(table.join("b"))
    orders = table.say(BlockFailed(worker="a", epoch=1, block=a[0].blocks[0], kind="exception", reason="oops"))
    assert orders == [HaltWorker(worker="a"), HaltWorker(worker="b")]
    table.hand_over(b[0].blocks[0], worker="b")
    for packet, worker in ((a[0], "a"), (a[1], "a"), (b[0], "b")):
        assert not closes(table.done(packet, worker, n_blocks=0))
    assert closes(table.done(b[1], "b", n_blocks=0)) == [QueryState.FAILED]
    assert table.master.account == Account(processed=10, excluded=10, unread=20, total=40)
    assert [(item.first, item.stop, item.reason) for item in table.master.excluded] == [(0, 10, "oops")]


def test_block_of_a_delta_that_cannot_be_merged_is_excluded() -> None:
    """When the payload of a taken delta does not fit, the driver says that its blocks failed, and they count so."""
    table = Table(packet_blocks=2)
    table.opened(n_blocks=2)
    (packet,) = packets(table.join())
    table.done(packet)
    table.say(DeltaOffered(delta=table.delta(*packet.blocks)))
    failures = [
        BlockFailed(worker="a", epoch=1, block=block, kind="exception", reason="no +") for block in packet.blocks
    ]
    assert closes(table.say(*failures)) == [QueryState.FAILED]
    assert table.master.account == Account(excluded=20, total=20)


# -- the end


def test_stop_keeps_what_is_computed() -> None:
    """Workers with packets are halted, idle ones called; the query closes when nobody holds a block."""
    table = Table(packet_blocks=2)
    table.opened(n_blocks=4)
    (packet, other) = packets(table.join("a"))
    assert table.say(StopRequested()) == [HaltWorker(worker="a")]
    assert table.say(StopRequested()) == []
    table.hand_over(packet.blocks[0])
    assert table.done(packet, n_blocks=1) == []
    assert table.done(other, n_blocks=0) == [CloseQuery(state=QueryState.STOPPED)]
    assert table.master.account == Account(processed=10, unread=30, total=40)


def test_stop_waits_for_a_packet_that_was_done_before_the_halt_arrived() -> None:
    """A worker that was done when the order reached it says so by `n_blocks`, and is called for its delta."""
    table = Table(packet_blocks=2)
    table.opened(n_blocks=2)
    (packet,) = packets(table.join())
    table.say(StopRequested())
    assert table.done(packet, n_blocks=2) == [CallDelta(worker="a")]
    assert closes(table.hand_over(*packet.blocks)) == [QueryState.STOPPED]


def test_stop_of_an_idle_query_closes_at_once() -> None:
    """With no worker nobody holds anything."""
    table = Table()
    table.opened()
    assert table.say(StopRequested()) == [CloseQuery(state=QueryState.STOPPED)]


def test_stopping_query_survives_the_loss_of_its_workers() -> None:
    """A halted worker that dies leaves its blocks unread, and the query closes."""
    table = Table()
    table.opened()
    table.join()
    table.say(StopRequested())
    assert closes(table.say(WorkerLost(worker="a"))) == [QueryState.STOPPED]
    assert table.master.account == Account(unread=40, total=40)


def test_stopping_query_hands_out_nothing() -> None:
    """A worker that joins, or a file that opens, gets no work any more."""
    table = Table(2)
    table.opened(0)
    table.join("a")
    table.say(StopRequested())
    assert table.join("b") == []
    assert table.opened(1) == []


def test_abort_and_failure_of_the_engine_close_at_once() -> None:
    """Nothing is waited for."""
    for notice, state in ((AbortRequested(), QueryState.ABORTED), (EngineFailed(reason="gone"), QueryState.FAILED)):
        table = Table()
        table.opened()
        table.join()
        assert table.say(notice) == [CloseQuery(state=state)]


def test_closed_query_is_silent() -> None:
    """The close is the last order; whatever comes later changes nothing."""
    table = Table()
    table.opened()
    (packet, _) = packets(table.join())
    table.say(AbortRequested())
    account = table.master.account
    late = [DeltaOffered(delta=table.delta(*packet.blocks)), StopRequested(), AbortRequested(), WorkerLost(worker="a")]
    assert table.say(*late) == []
    assert table.done(packet) == []
    assert (table.master.account, table.master.state) == (account, QueryState.ABORTED)
