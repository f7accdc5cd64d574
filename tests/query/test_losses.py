"""Laws of losses that a file has to do with: time and again is enough, and nobody blames the selector for it."""

from __future__ import annotations

from table import Table, closes, indices, packets

from overproof.records.account import Account
from overproof.records.notices import WorkerJoined, WorkerLost
from overproof.records.orders import OpenFile
from overproof.words.states import QueryState


def test_block_on_which_workers_are_lost_while_it_is_read_is_missing() -> None:
    """Two losses let it wait again; the third one makes it missing, in the phase `read`."""
    table = Table()
    table.opened(n_blocks=1)
    reason = "not read within 60 s"
    for name in ("a", "b", "c"):
        assert indices(table.join(name)) == [0]
        orders = table.say(WorkerLost(worker=name, block=(0, 0), read_failure=reason))
    assert closes(orders) == [QueryState.FINISHED]
    assert table.master.account == Account(missing=10, total=10)
    (gap,) = table.master.missing
    assert (gap.first, gap.stop, gap.phase, gap.reason) == (0, 10, "read", reason)
    assert table.master.n_suspects == 0


def test_file_on_which_workers_are_lost_while_they_open_it_is_unknown() -> None:
    """Two losses let it be asked again; the third one is the last word on it, and the other files go on."""
    table = Table(2)
    table.opened(1, n_blocks=1)
    for name in ("a", "b", "c"):
        orders = table.say(WorkerJoined(worker=name, epoch=1))
        assert OpenFile(worker=name, file=0) in orders
        table.say(WorkerLost(worker=name, opening=0, reason="did not open the file within 60 s"))
    (gap,) = table.master.missing
    assert (gap.file, gap.stop, gap.phase) == (0, None, "open")
    (packet,) = packets(table.join("d"))
    assert closes(table.hand_over(*packet.blocks, worker="d")) == [QueryState.FINISHED]
    assert table.master.account == Account(processed=10, total=10, files_unknown=1)


def test_loss_while_another_file_was_asked_says_nothing() -> None:
    """Only who was asked to look into a file can fail on it."""
    table = Table(2)
    table.join("a")
    for name in ("b", "c", "d"):
        table.join(name)
        table.say(WorkerLost(worker=name, opening=0))
    assert not table.master.missing
