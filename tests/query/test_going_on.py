"""Laws of going on: a query that was interrupted knows where it stood; a dataset may name the entries asked for."""

from __future__ import annotations

import pytest
from table import OOPS, Table, closes, grid, indices, packets

from overproof.records.account import Account
from overproof.records.block import Block
from overproof.records.notices import (
    BlockFailed,
    BlockUnreadable,
    DeltaMerged,
    DeltaOffered,
    FileFailed,
    FileOpened,
    PacketDone,
    QueryStarted,
    WorkerStrained,
    WorkRestored,
)
from overproof.records.orders import DismissWorker, HaltWorker, OpenFile, TakeDelta
from overproof.words.errors import InvariantError, OptionError
from overproof.words.states import QueryState


def interrupted() -> Table:
    """Two files and one that cannot be opened: one block merged, one missing, one skipped, one in hand."""
    table = Table(3, on_error="skip")
    table.say(FileFailed(file=1, reason="not ROOT"))
    table.opened(0)
    table.opened(2)
    held = packets(table.join("a"))
    table.hand_over(*held[0].blocks)
    held += packets(table.done(held[0]))
    table.say(BlockUnreadable(worker="a", epoch=1, block=held[1].blocks[0], phase="decode", reason="torn"))
    held += packets(table.done(held[1]))
    table.say(BlockFailed(worker="a", epoch=1, block=held[2].blocks[0], failure=OOPS))
    return table


def go_on(before: Table) -> Table:
    """Feed a new master with where the other one stood."""
    standing = before.master.standing
    after = Table(3, on_error="skip")
    after.say(QueryStarted())
    after.say(*[FileOpened(file=file, grid=known) for file, known in standing.grids.items()])
    after.say(WorkRestored(standing=standing))
    return after


def test_what_was_done_stays_done() -> None:
    """The account is that of the interrupted query; only what it lacked waits."""
    before = interrupted()
    after = go_on(before)
    assert after.master.account == before.master.account
    assert after.master.account == Account(processed=10, missing=10, excluded=10, unread=50, total=80, files_unknown=1)
    assert (after.master.missing, after.master.excluded) == (before.master.missing, before.master.excluded)
    assert after.master.standing == before.master.standing
    todo = []
    orders = after.join("b")
    while more := packets(orders):
        todo += indices(orders)
        orders = [order for packet in more for order in after.done(packet, "b")]
    assert sorted(todo) == [0, 1, 2, 3, 3]


def test_query_that_was_done_closes_at_once() -> None:
    """Nothing is left: the query finishes when the first worker comes, or before."""
    before = Table()
    before.opened(n_blocks=1)
    (packet,) = packets(before.join())
    before.hand_over(*packet.blocks)
    after = Table()
    after.say(QueryStarted(), FileOpened(file=0, grid=grid(1)))
    assert closes(after.say(WorkRestored(standing=before.master.standing))) == [QueryState.FINISHED]


def test_standing_of_other_blocks_is_refused() -> None:
    """A file with fewer blocks than were merged is not the one it was: a defect of the caller."""
    before = interrupted()
    after = Table(3)
    after.opened(2)
    with pytest.raises(InvariantError, match="the query has not"):
        after.say(WorkRestored(standing=before.master.standing))


def test_only_steps_are_asked_for() -> None:
    """Blocks are those of the grid, cut at the steps; a file without any is not opened."""
    table = Table(3, steps={0: ((15, 20), (22, 24), (27, 31)), 1: ()})
    assert table.join("a") == [OpenFile(worker="a", file=0)]
    todo = packets(table.opened(2, n_blocks=1) + table.say(FileOpened(file=0, grid=grid(4), worker="a")))
    blocks = []
    while todo:
        packet = todo.pop(0)
        blocks += packet.blocks
        todo += packets(table.done(packet))
    assert sorted(blocks, key=lambda block: (block.file, block.index)) == [
        Block(file=0, index=1, first=15, stop=20),
        Block(file=0, index=2, first=22, stop=30, ranges=((22, 24), (27, 30))),
        Block(file=0, index=3, first=30, stop=31),
        Block(file=2, index=0, first=0, stop=10),
    ]
    assert table.master.account.total == 5 + 2 + 3 + 1 + 10


def test_steps_behind_the_end_are_not_the_file_that_was_meant() -> None:
    """A file shorter than its steps is unknown, with that reason."""
    table = Table(1, steps={0: ((0, 100),)})
    table.opened(0)
    (gap,) = table.master.missing
    assert "entries up to 100 are asked for" in gap.reason
    assert table.master.account.files_unknown == 1


def test_steps_and_limits_do_not_mix() -> None:
    """`first` counts over whole files."""
    with pytest.raises(OptionError, match="leave `first` and `entries` out"):
        Table(1, steps={0: ((0, 1),)}, first=3)


def test_strained_worker_hands_over_and_goes() -> None:
    """It drops its packets after the block in hand, hands over, and goes when that is merged; the rest waits."""
    table = Table(packet_blocks=2)
    table.opened(n_blocks=4)
    first, second = packets(table.join("a"))
    assert table.say(WorkerStrained(worker="a", epoch=1, reason="1.5 GB")) == [HaltWorker(worker="a")]
    delta = table.delta(first.blocks[0])
    assert table.say(DeltaOffered(delta=delta)) == [TakeDelta(delta=delta)]
    assert table.say(PacketDone(worker="a", epoch=1, packet=first.number, compute_s=1.0, n_blocks=1)) == []
    assert table.say(PacketDone(worker="a", epoch=1, packet=second.number, compute_s=1.0, n_blocks=0)) == []
    orders = table.say(DeltaMerged(delta=delta))
    assert orders == [DismissWorker(worker="a", reason="its memory has grown near the limit")]
    assert sorted(indices(table.join("b"))) == [1, 2, 3]


def test_idle_strained_worker_goes_at_once() -> None:
    """It has nothing to hand over."""
    table = Table()
    table.join("a")
    assert any(isinstance(order, OpenFile) for order in table.join("b")) is False
    orders = table.say(WorkerStrained(worker="b", epoch=1, reason="1.5 GB"))
    assert orders == [DismissWorker(worker="b", reason="its memory has grown near the limit")]
