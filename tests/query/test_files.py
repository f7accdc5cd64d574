"""Files: asked once, settled in order, cut at the limits."""

from __future__ import annotations

import pytest
from table import Table, closes, grid, packets

from overproof.records.account import Account
from overproof.records.block import Packet
from overproof.records.dataset import FileGrid
from overproof.records.notices import (
    FileFailed,
    FileOpened,
    QueryStarted,
    WorkerLost,
)
from overproof.records.orders import (
    CloseQuery,
    OpenFile,
    SendPacket,
)
from overproof.words.errors import InvariantError, OptionError
from overproof.words.states import QueryState


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
