"""Deltas and losses: every block is in one place, and counts once."""

from __future__ import annotations

import pytest
from table import OOPS, Table, closes, indices, packets

from overproof.records.account import Account
from overproof.records.block import Block
from overproof.records.notices import (
    BlockFailed,
    BlockUnreadable,
    DeltaMerged,
    DeltaOffered,
    WorkerJoined,
    WorkerLost,
)
from overproof.records.orders import (
    CallDelta,
    CloseQuery,
    RefuseDelta,
    TakeDelta,
)
from overproof.words.errors import InvariantError
from overproof.words.states import QueryState


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
        BlockFailed(worker="a", epoch=1, block=block, failure=OOPS),
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
