"""What one copy does not give is read from another, each copy once; only then it is missing."""

from __future__ import annotations

from collections import Counter

from farm import Farm, copies
from table import Table, grid, packets

from overproof.records.block import Block
from overproof.records.dataset import Replica
from overproof.records.notices import (
    BlockFailed,
    BlockUnreadable,
    FileFailed,
    FileOpened,
    FilesLocated,
    PacketDone,
    RangeProbed,
    WorkerJoined,
    WorkerLost,
)
from overproof.records.orders import OpenFile, ProbeRange, SendPacket
from overproof.records.outcome.failure import Failure
from overproof.words.states import QueryState

A, B = Replica(path="root://a//f", host="a"), Replica(path="root://b//f", host="b")
OOPS = Failure(kind="exception", cause="oops", reason="oops")


def test_a_broken_server_costs_nothing_but_time_where_there_are_copies() -> None:
    """Everything is read from the other one, and no copy of a file is opened twice in vain."""
    farm = Farm([10] * 8, copies(8, "ab", n_copies=2), hosts=["a", "b"], broken=["b"]).run()
    assert farm.closed is QueryState.FINISHED
    assert farm.master.account.is_complete
    assert farm.blocks_from == {"a": 80}
    assert all(n == 1 for n in farm.tries.values())


def test_a_server_that_breaks_in_the_middle_costs_what_has_no_copy() -> None:
    """Blocks of files with a copy elsewhere are all read; those without are missing, each with its reason."""
    replicas = copies(4, "ab", n_copies=2) | {4: (Replica(path="root://b//f4", host="b"),)}
    farm = Farm([10] * 5, replicas, hosts=["a", "b"])
    farm.at(5.5, lambda: farm.broken.add("b"))
    farm.run()
    assert farm.closed is QueryState.FINISHED
    assert {gap.file for gap in farm.master.missing} == {4}
    assert all("no answer from b" in gap.reason for gap in farm.master.missing)
    account = farm.master.account
    assert account.processed + account.missing == account.total == 5_000
    assert account.processed >= 4_000
    assert all(n == 1 for n in farm.merged.values())


def test_a_file_that_no_copy_opens_is_told_with_all_reasons() -> None:
    """Each copy is tried once, and the reasons of all of them are kept."""
    farm = Farm([10, 10], copies(2, "abc", n_copies=3), hosts=["x"], broken=["a", "b", "c"]).run()
    assert farm.tries == Counter({(file, f"root://{home}//f{file}"): 1 for file in (0, 1) for home in "abc"})
    (gap, _) = farm.master.missing
    assert all(f"root://{home}//f0" in gap.reason for home in "abc")


class Near:
    """A table with one file that has two copies, and a worker near each."""

    def __init__(self, *replicas: Replica, n_blocks: int = 4) -> None:
        self.table = Table(1)
        self.table.say(FilesLocated(replicas={0: replicas or (A, B)}, is_final=True))
        self.table.say(FileOpened(file=0, grid=grid(n_blocks)))

    def join(self, worker: str) -> list[SendPacket]:
        orders = self.table.say(WorkerJoined(worker=worker, epoch=1, host=worker))
        return [order for order in orders if isinstance(order, SendPacket)]

    def unreadable(self, block: Block, worker: str, *, phase: str = "read") -> list[SendPacket]:
        orders = self.table.say(
            BlockUnreadable(worker=worker, epoch=1, block=block, phase=phase, reason=f"torn at {worker}")  # type: ignore[arg-type]  # one of the phases
        )
        return [order for order in orders if isinstance(order, SendPacket)]


def test_a_block_that_one_copy_does_not_give_is_read_from_the_other() -> None:
    """It waits again; when the second copy does not give it either, it is missing, and both reasons are told."""
    near = Near()
    first = near.join("a")[0].packet
    assert first.path == A.path
    assert not near.unreadable(first.blocks[0], "a")
    assert not near.table.master.missing
    again = near.join("b")[0].packet
    assert (again.blocks, again.path) == (first.blocks, B.path)
    near.unreadable(again.blocks[0], "b")
    (gap,) = near.table.master.missing
    assert "torn at a" in gap.reason
    assert "torn at b" in gap.reason


def test_a_copy_that_failed_is_read_no_more_while_there_is_another() -> None:
    """Its worker goes on with the other copy, from afar."""
    near = Near()
    orders = near.join("a")
    near.unreadable(orders[0].packet.blocks[0], "a")
    (later, *_) = packets(near.table.done(orders[0].packet, "a"))
    assert later.path == B.path


def test_a_branch_that_is_not_there_is_in_no_copy() -> None:
    """What is not a matter of the copy is missing at once."""
    near = Near()
    near.unreadable(near.join("a")[0].packet.blocks[0], "a", phase="branch")
    assert len(near.table.master.missing) == 1


def test_without_a_copy_a_block_is_missing_at_once() -> None:
    """One place alone is no other place to try."""
    near = Near(A)
    near.unreadable(near.join("a")[0].packet.blocks[0], "a")
    assert len(near.table.master.missing) == 1


def test_a_worker_lost_in_reading_speaks_against_its_copy() -> None:
    """One that hung while it read is not waited for twice at the same server."""
    near = Near()
    block = near.join("a")[0].packet.blocks[0]
    near.table.say(WorkerLost(worker="a", block=(block.file, block.index), read_failure="not read within 60 s"))
    again = near.join("b")[0].packet
    assert (again.blocks[0], again.path) == (block, B.path)
    assert not near.table.master.missing


def test_a_file_is_asked_of_another_copy_first() -> None:
    """A failure to open is heard of the copy that was asked; the next is asked in its turn; then it is unknown."""
    table = Table(1)
    table.say(FilesLocated(replicas={0: (A, B)}, is_final=True))
    (order,) = table.say(WorkerJoined(worker="a", epoch=1, host="a"))
    assert order == OpenFile(worker="a", file=0, path=A.path)
    (order,) = table.say(FileFailed(file=0, reason="refused", worker="a"))
    assert order == OpenFile(worker="a", file=0, path=B.path)
    table.say(FileFailed(file=0, reason="gone", worker="a"))
    (gap,) = table.master.missing
    assert (gap.stop, gap.reason) == (None, "gone (other copies: refused)")
    assert table.master.state is QueryState.FINISHED


def test_a_worker_lost_in_opening_speaks_against_its_copy() -> None:
    """The file is opened from the other copy at once, and not a second time from this one."""
    table = Table(1)
    table.say(FilesLocated(replicas={0: (A, B)}, is_final=True))
    (order,) = table.say(WorkerJoined(worker="a", epoch=1, host="a"))
    assert order == OpenFile(worker="a", file=0, path=A.path)
    table.say(WorkerLost(worker="a", reason="hung", opening=0))
    (order,) = table.say(WorkerJoined(worker="again", epoch=1, host="a"))
    assert order == OpenFile(worker="again", file=0, path=B.path)


def test_the_last_resort_is_the_path_in_the_dataset() -> None:
    """A copy of which nobody knows where it is is read when all others have failed, and not before."""
    near = Near(A, B, Replica())
    seen = []
    for worker in ("a", "b"):
        packet = near.join(worker)[0].packet
        seen.append(packet.path)
        near.unreadable(packet.blocks[0], worker)
    (again, *_) = packets(near.table.say(PacketDone(worker="b", epoch=1, packet=packet.number, compute_s=1.0)))
    assert [*seen, again.path] == [A.path, B.path, ""]
    assert not near.table.master.missing


def test_a_suspect_is_tried_and_probed_from_a_copy_too() -> None:
    """The isolator is told what to read, and gets another copy when one fails."""
    near = Near()
    block = near.join("a")[0].packet.blocks[0]
    near.table.say(BlockFailed(worker="a", epoch=1, block=block, failure=OOPS))
    trial = packets(near.table.say(WorkerJoined(worker="i", epoch=1, host="b", is_isolator=True)), "i")[0]
    assert trial.path == B.path
    near.table.say(BlockUnreadable(worker="i", epoch=1, block=block, phase="read", reason="torn"))
    again = packets(near.table.say(PacketDone(worker="i", epoch=1, packet=trial.number, compute_s=1.0)), "i")[0]
    assert again.path == A.path
    orders = []
    for _ in range(3):
        near.table.say(BlockFailed(worker="i", epoch=1, block=block, failure=OOPS))
        orders = near.table.say(PacketDone(worker="i", epoch=1, packet=again.number, compute_s=1.0))
        again = next(iter(packets(orders, "i")), again)
    (probe,) = (order for order in orders if isinstance(order, ProbeRange))
    assert probe.path == A.path
    near.table.say(RangeProbed(worker="i", epoch=1, probe=probe.probe, failure=None))
