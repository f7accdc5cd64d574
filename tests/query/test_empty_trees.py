"""Laws of trees without entries: where the query takes them, each is one block, computed exactly once."""

from __future__ import annotations

import pytest
from table import OOPS, Table, closes, grid, packets

from overproof.query.packetizers import packetizer_by_name
from overproof.records.account import Account
from overproof.records.block import NO_ENTRIES, Block, Range
from overproof.records.notices import (
    BlockFailed,
    BlockUnreadable,
    FileOpened,
    PacketDone,
    QueryStarted,
    RangeProbed,
    WorkerJoined,
    WorkerLost,
    WorkRestored,
)
from overproof.records.orders import ProbeRange
from overproof.words.states import QueryState

EMPTY = Block(file=0, index=0, first=0, stop=0)


def test_an_empty_tree_is_computed_once_and_then_the_query_is_over() -> None:
    """Its block is given, handed over and merged as any other; it has no entries in the account."""
    table = Table(takes_empty=True)
    table.opened(0, n_blocks=0)
    (packet,) = packets(table.join("a"))
    assert packet.blocks == (EMPTY,)
    assert closes(table.done(packet)) == []
    assert closes(table.hand_over(EMPTY)) == [QueryState.FINISHED]
    assert table.master.account == Account()
    assert table.master.standing.merged == {0: 1}


def test_the_block_of_a_lost_worker_is_given_again() -> None:
    """What a lost worker held waits again, also without entries."""
    table = Table(takes_empty=True)
    table.opened(0, n_blocks=0)
    table.join("a")
    table.say(WorkerLost(worker="a"))
    (packet,) = packets(table.join("b"))
    table.done(packet, "b")
    assert closes(table.hand_over(EMPTY, worker="b")) == [QueryState.FINISHED]


@pytest.mark.parametrize("packetizer", ["adaptive", "fixed"])
def test_many_empty_trees_beside_full_ones(packetizer: str) -> None:
    """Blocks without entries tell nothing of a worker's rate, and nobody divides by their size."""
    table = Table(6, takes_empty=True)
    table.master._handout._packetizer = packetizer_by_name(packetizer)
    for file in range(6):
        table.opened(file, n_blocks=0 if file % 2 else 3)
    waiting = packets(table.join("a"))
    seen: set[tuple[int, int]] = set()
    while waiting:
        packet = waiting.pop(0)
        seen |= {(block.file, block.index) for block in packet.blocks}
        table.hand_over(*packet.blocks)
        waiting += packets(table.done(packet))
    assert seen == {(file, index) for file in (0, 2, 4) for index in range(3)} | {(file, 0) for file in (1, 3, 5)}
    assert table.master.state is QueryState.FINISHED
    assert table.master.account == Account(processed=90, total=90)


@pytest.mark.parametrize(
    ("first", "entries", "asked"),
    [(0, None, [0, 2, 4]), (0, 20, [0]), (0, 21, [0, 2]), (5, None, [2, 4]), (20, 10, [2]), (20, None, [2, 4])],
)
def test_limits_pass_over_empty_trees_by_their_place_in_the_chain(
    first: int, entries: int | None, asked: list[int]
) -> None:
    """An empty tree is asked for when the entry at its place is; files are empty, 20, empty, 20, empty."""
    table = Table(5, takes_empty=True, first=first, entries=entries)
    for file in range(5):
        table.opened(file, n_blocks=2 * (file % 2))
    assert [file for file, _ in table.master.blocks if not file % 2] == asked


@pytest.mark.parametrize(
    ("steps", "n_blocks", "asked"), [(NO_ENTRIES, 0, 1), ((), 0, 0), (NO_ENTRIES, 2, 0), (((0, 20),), 2, 2)]
)
def test_steps_say_whether_an_empty_tree_is_asked_for(steps: tuple[Range, ...], n_blocks: int, asked: int) -> None:
    """`[[0, 0]]` asks for a tree without entries, and for nothing of one that has some; no steps ask for nothing."""
    table = Table(2, takes_empty=True, steps={0: steps})
    table.opened(0, n_blocks=n_blocks)
    table.opened(1, n_blocks=1)
    assert sum(file == 0 for file, _ in table.master.blocks) == asked
    assert table.master.account.total == (30 if asked == 2 else 10)


def test_steps_behind_the_end_of_an_empty_tree() -> None:
    """A tree without entries is not the one of which some are asked for."""
    table = Table(2, takes_empty=True, steps={0: ((0, 20),)})
    table.opened(0, n_blocks=0)
    assert [gap.stop for gap in table.master.missing] == [None]
    assert table.master.account.files_unknown == 1


def test_others_do_not_compute_empty_trees() -> None:
    """Without the wish a tree without entries has no block, whatever its steps."""
    table = Table(2, steps={0: NO_ENTRIES})
    table.opened(0, n_blocks=0)
    assert closes(table.opened(1, n_blocks=0)) == [QueryState.FINISHED]
    assert table.master.blocks == {}


def test_an_unreadable_empty_tree_is_told() -> None:
    """The block is missing, by a range without entries; what stands on disk knows it again."""
    table = Table(takes_empty=True)
    table.opened(0, n_blocks=0)
    (packet,) = packets(table.join("a"))
    unreadable = BlockUnreadable(worker="a", epoch=1, block=EMPTY, phase="branch", reason="no such branch")
    assert packet.blocks == (EMPTY,)
    assert closes(table.say(unreadable)) == [QueryState.FINISHED]
    assert [(gap.first, gap.stop, gap.reason) for gap in table.master.missing] == [(0, 0, "no such branch")]
    again = Table(takes_empty=True)
    again.say(QueryStarted(), FileOpened(file=0, grid=grid(0)))
    assert closes(again.say(WorkRestored(standing=table.master.standing))) == [QueryState.FINISHED]


@pytest.mark.parametrize("on_error", ["isolate", "skip"])
def test_a_selector_that_fails_on_no_entries(on_error: str) -> None:
    """There is no entry to find: after the same evidence as ever the block is excluded, and nothing is probed."""
    table = Table(2, takes_empty=True, on_error=on_error)
    table.opened(0, n_blocks=0)
    table.opened(1, n_blocks=1)
    empty, full = packets(table.join("a"))
    orders = table.say(BlockFailed(worker="a", epoch=1, block=EMPTY, failure=OOPS))
    orders += table.done(empty)
    orders += table.say(WorkerJoined(worker="i", epoch=1, is_isolator=True)) if on_error == "isolate" else []
    n_trials = 0
    while trial := packets(orders, "i"):
        n_trials += 1
        table.say(BlockFailed(worker="i", epoch=1, block=EMPTY, failure=OOPS, part=(0, 0)))
        orders = table.say(PacketDone(worker="i", epoch=1, packet=trial[0].number, compute_s=1.0))
        assert not [order for order in orders if isinstance(order, ProbeRange | RangeProbed)]
    assert n_trials == (3 if on_error == "isolate" else 0)
    assert [(item.file, item.first, item.stop) for item in table.master.excluded] == [(0, 0, 0)]
    table.hand_over(*full.blocks)
    table.done(full)
    assert table.master.state is QueryState.FINISHED
    assert table.master.account == Account(processed=10, total=10)


def test_a_query_that_stops_at_a_failure_stops_here_too() -> None:
    """`on_error="stop"` holds for a tree without entries as well."""
    table = Table(takes_empty=True, on_error="stop")
    table.opened(0, n_blocks=0)
    (packet,) = packets(table.join("a"))
    table.say(BlockFailed(worker="a", epoch=1, block=EMPTY, failure=OOPS))
    table.done(packet)
    assert table.master.state is QueryState.FAILED


def test_what_was_done_is_not_done_again() -> None:
    """Merged blocks without entries are remembered by where the query stood."""
    before = Table(2, takes_empty=True)
    before.opened(0, n_blocks=0)
    before.opened(1, n_blocks=0)
    first, second = packets(before.join("a"))
    before.hand_over(*first.blocks)
    after = Table(2, takes_empty=True)
    after.say(QueryStarted(), *[FileOpened(file=file, grid=grid(0)) for file in range(2)])
    after.say(WorkRestored(standing=before.master.standing))
    assert [packet.blocks for packet in packets(after.join("b"))] == [second.blocks]
