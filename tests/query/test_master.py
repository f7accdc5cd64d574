"""How a query meets failures, and how it ends."""

from __future__ import annotations

from table import OOPS, Table, closes, packets

from overproof.records.account import Account
from overproof.records.notices import (
    AbortRequested,
    BlockFailed,
    BlockUnreadable,
    DeltaOffered,
    EngineFailed,
    StopRequested,
    WorkerLost,
)
from overproof.records.orders import (
    CallDelta,
    CloseQuery,
    HaltWorker,
)
from overproof.words.states import QueryState


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
    """Where failures stop: what others have computed is still handed over before the query closes as failed."""
    table = Table(on_error="stop")
    table.opened()
    a, b = packets(table.join("a")), packets(table.join("b"))
    orders = table.say(BlockFailed(worker="a", epoch=1, block=a[0].blocks[0], failure=OOPS))
    assert orders == [HaltWorker(worker="a"), HaltWorker(worker="b")]
    table.hand_over(b[0].blocks[0], worker="b")
    for packet, worker in ((a[0], "a"), (a[1], "a"), (b[0], "b")):
        assert not closes(table.done(packet, worker, n_blocks=0))
    assert closes(table.done(b[1], "b", n_blocks=0)) == [QueryState.FAILED]
    assert table.master.account == Account(processed=10, excluded=10, unread=20, total=40)
    assert [(item.first, item.stop, item.failure) for item in table.master.excluded] == [(0, 10, OOPS)]


def test_block_of_a_delta_that_cannot_be_merged_is_excluded() -> None:
    """When the payload of a taken delta does not fit, the driver says that its blocks failed, and they count so."""
    table = Table(packet_blocks=2, on_error="stop")
    table.opened(n_blocks=2)
    (packet,) = packets(table.join())
    table.done(packet)
    table.say(DeltaOffered(delta=table.delta(*packet.blocks)))
    failures = [BlockFailed(worker="a", epoch=1, block=block, failure=OOPS) for block in packet.blocks]
    assert closes(table.say(*failures)) == [QueryState.FAILED]
    assert table.master.account == Account(excluded=20, total=20)


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
