"""Laws of second copies: the first delta counts, the other is refused, and nothing is lost with either holder."""

from __future__ import annotations

import pytest
from table import Table, closes, packets

from overproof.records.account import Account
from overproof.records.block import Packet
from overproof.records.notices import DeltaOffered, PacketDone, TimePassed, WorkerLost
from overproof.records.orders import Order, RefuseDelta, SendPacket, SetApart, TakeDelta
from overproof.words.states import QueryState


def late_table(**options: bool) -> tuple[Table, Packet, Packet, list[Order]]:
    """`a` has block 1 in hand for long, `b` has done the others as fast as always and idles; then time passes."""
    table = Table(**options)
    table.opened(n_blocks=4)
    slow, *_ = packets(table.join("a"))
    first, second = packets(table.join("b"))
    table.say(PacketDone(worker="a", epoch=1, packet=slow.number, compute_s=1.0))
    table.hand_over(*slow.blocks, worker="a")
    table.say(PacketDone(worker="b", epoch=1, packet=first.number, compute_s=1.0))
    table.say(PacketDone(worker="b", epoch=1, packet=second.number, compute_s=1.0))
    table.hand_over(*first.blocks, *second.blocks, worker="b")
    table.now += 60.0
    (late,) = [packet for packet in table_packets(table) if packet.number == 2]
    return table, slow, late, table.say(TimePassed())


def table_packets(table: Table) -> list[Packet]:
    worker = table.master._roster.workers["a"]
    return [
        Packet(number=number, blocks=tuple(table.master._ledger.blocks[hand.start : hand.stop]))
        for number, hand in worker.packets.items()
    ]


def test_idle_worker_gets_a_copy_of_a_late_block() -> None:
    """The holder is told to keep the block apart; the copy is handed over alone."""
    _, _, late, orders = late_table()
    (copy,) = packets(orders)
    assert copy.blocks == late.blocks
    assert copy.is_apart
    assert orders[0] == SetApart(worker="a", block=late.blocks[0])


def test_nobody_copies_when_the_user_does_not_want_it() -> None:
    """`speculates=False` leaves the last blocks to who has them."""
    assert late_table(speculates=False)[-1] == []


def test_copy_is_not_copied() -> None:
    """A block has two holders at most."""
    table, *_ = late_table()
    table.join("c")
    assert not packets(table.say(TimePassed()))


def unoffered_table(idle: str) -> tuple[Table, Packet, Packet, list[Order]]:
    """`a` has computed one block and not handed it over, and is late with the next; others idle; then time passes."""
    table = Table()
    table.opened(n_blocks=2 + len(idle))
    computed, late = packets(table.join("a"))
    for name in idle:
        for packet in packets(table.join(name), name):
            table.done(packet, name)
            table.hand_over(*packet.blocks, worker=name)
    table.done(computed)
    table.now += 60.0
    return table, computed, late, table.say(TimePassed())


def test_what_a_late_worker_has_not_handed_over_is_copied_too() -> None:
    """It would come no sooner than the late block; of both only the late one can still be kept apart."""
    table, computed, late, orders = unoffered_table("bc")
    copies = packets(orders)
    assert {packet.blocks for packet in copies} == {computed.blocks, late.blocks}
    assert {order.block for order in orders if isinstance(order, SetApart)} == set(late.blocks)
    (copier,) = [o.worker for o in orders if isinstance(o, SendPacket) and o.packet.blocks == computed.blocks]
    table.hand_over(*computed.blocks, worker=copier)
    delta = table.delta(*computed.blocks)
    assert isinstance(table.say(DeltaOffered(delta=delta))[0], RefuseDelta)
    assert closes(table.hand_over(*late.blocks, worker="a")) == [QueryState.FINISHED]


def test_not_all_of_it_could_be_copied_so_none_is() -> None:
    """One idle worker gets the late block; a part of what was not handed over would make the rest be refused."""
    _, _, late, orders = unoffered_table("b")
    assert [packet.blocks for packet in packets(orders)] == [late.blocks]


@pytest.mark.parametrize("first", ["a", "b"])
def test_first_delta_counts(first: str) -> None:
    """Whoever is first, the query closes with every entry once, and the other delta is refused."""
    table, _, late, _ = late_table()
    assert closes(table.hand_over(*late.blocks, worker=first)) == [QueryState.FINISHED]
    assert table.master.account == Account(processed=40, total=40)


def test_second_delta_is_refused() -> None:
    """While the first delta is being merged, the other one is refused."""
    table, _, late, _ = late_table()
    for worker, answer in (("b", TakeDelta), ("a", RefuseDelta)):
        (order,) = table.say(DeltaOffered(delta=table.delta(*late.blocks, worker=worker)))
        assert isinstance(order, answer)


@pytest.mark.parametrize(("lost", "left"), [("a", "b"), ("b", "a")])
def test_loss_of_one_holder_leaves_the_block_to_the_other(lost: str, left: str) -> None:
    """The block does not wait again as long as somebody computes it."""
    table, _, late, _ = late_table()
    assert not packets(table.say(WorkerLost(worker=lost)))
    assert closes(table.hand_over(*late.blocks, worker=left)) == [QueryState.FINISHED]


def test_loss_of_both_holders_lets_the_block_wait() -> None:
    """Then the next worker gets it."""
    table, _, late, _ = late_table()
    table.say(WorkerLost(worker="a"), WorkerLost(worker="b"))
    assert [packet.blocks for packet in packets(table.join("c"))] == [late.blocks]


def test_block_pre_merged_with_others_is_refused_with_them() -> None:
    """A holder that was told too late hands over the block with others: all of them wait again, none counts twice."""
    table = Table(packet_blocks=2)
    table.opened(n_blocks=4)
    (mine, _), _ = packets(table.join("a")), table.join("b")
    assert mine.number == 1
    delta = table.delta(*mine.blocks)
    table.say(DeltaOffered(delta=delta))
    (order,) = table.say(DeltaOffered(delta=table.delta(mine.blocks[1], worker="b")))
    assert isinstance(order, RefuseDelta)
