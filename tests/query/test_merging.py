"""Mergers: deltas are passed to them, and whatever becomes of them, every block counts once."""

from __future__ import annotations

from typing import Any

import pytest
from table import OOPS, Table, closes, indices, packets

from overproof.query.merging import just, near_the_root
from overproof.query.merging.policy import LARGE_BYTES
from overproof.query.merging.staff import CALL_S, MAX_LOSSES, MAX_REFUSALS
from overproof.records.account import Account
from overproof.records.block import Delta, Packet
from overproof.records.notices import (
    BlockFailed,
    CredentialExpired,
    DeltaLost,
    DeltaMerged,
    DeltaNotPassed,
    DeltaOffered,
    DeltaPassed,
    MergerJoined,
    PacketDone,
    StopRequested,
    TimePassed,
    WorkerJoined,
    WorkerLost,
    WorkerStrained,
)
from overproof.records.orders import (
    CallDelta,
    CallMerger,
    CloseQuery,
    DismissWorker,
    ForgetDelta,
    HaltWorker,
    Order,
    PassDelta,
    RefuseDelta,
    TakeDelta,
)
from overproof.words.errors import InvariantError
from overproof.words.states import QueryState


def table_of(n_mergers: int = 1, *, n_blocks: int = 8, **options: Any) -> Table:
    """Have a query whose first delta has called mergers, which are there."""
    table = Table(merging=just(n_mergers), **options)
    table.opened(n_blocks=n_blocks)
    table.join("early")
    table.say(TimePassed())
    for number in range(n_mergers):
        table.say(MergerJoined(merger=f"m{number}", epoch=1))
    table.say(WorkerLost(worker="early"))
    return table


def offer(table: Table, packet: Packet, worker: str = "a") -> tuple[Delta, list[Order]]:
    delta = table.delta(*packet.blocks, worker=worker)
    return delta, table.say(DeltaOffered(delta=delta, size_bytes=10))


def passed(delta: Delta, merger: str = "m0") -> DeltaPassed:
    return DeltaPassed(merger=merger, epoch=1, delta=delta)


def not_passed(delta: Delta, merger: str = "m0") -> DeltaNotPassed:
    return DeltaNotPassed(merger=merger, epoch=1, delta=delta, reason="torn")


def gathered(*deltas: Delta, merger: str = "m0", number: int = 1) -> Delta:
    return Delta(worker=merger, epoch=1, number=number, blocks=tuple(block for d in deltas for block in d.blocks))


def test_a_delta_counts_when_its_merger_has_handed_over() -> None:
    """Passing moves nothing in the account; what the merger hands over does, when it is merged."""
    table = table_of(n_blocks=2)
    first, second = packets(table.join("a"))
    one, orders = offer(table, first)
    assert orders == [PassDelta(delta=one, merger="m0")]
    assert table.say(passed(one)) == [ForgetDelta(delta=one)]
    table.done(first)
    table.done(second)
    two, _ = offer(table, second)
    assert table.master.account.processed == 0
    assert table.say(passed(two)) == [ForgetDelta(delta=two), CallDelta(worker="m0")]
    both = gathered(one, two)
    assert table.say(DeltaOffered(delta=both)) == [TakeDelta(delta=both)]
    assert closes(table.say(DeltaMerged(delta=both))) == [QueryState.FINISHED]
    assert table.master.account == Account(processed=20, total=20)


def test_the_loss_of_a_worker_settles_nothing_while_its_delta_is_passed() -> None:
    """What it has in hand waits again, what is on its way does not; and it counts when it arrives."""
    table = table_of(n_blocks=3)
    first, _ = packets(table.join("a"))
    delta, _ = offer(table, first)
    table.say(WorkerLost(worker="a"))
    assert sorted(indices(table.join("b"))) == [1, 2]
    assert table.say(passed(delta)) == [ForgetDelta(delta=delta)]


def test_what_neither_merger_nor_worker_has_waits_again() -> None:
    """A worker is lost, and then its delta does not get through; or the merger is lost, too."""
    for last_word in (not_passed, lambda _: WorkerLost(worker="m0")):
        table = table_of(n_blocks=1)
        (packet,) = packets(table.join("a"))
        delta, _ = offer(table, packet)
        table.say(WorkerLost(worker="a"))
        (refusal,) = table.say(last_word(delta))
        assert isinstance(refusal, RefuseDelta)
        assert indices(table.join("b")) == [0]


def test_what_does_not_get_through_is_taken_from_its_worker() -> None:
    """The master takes it itself; so it does with the worker's next ones, until mergers come or go."""
    table = table_of()
    first, second = packets(table.join("a"))
    delta, _ = offer(table, first)
    assert table.say(not_passed(delta)) == [TakeDelta(delta=delta)]
    table.say(DeltaMerged(delta=delta))
    following, orders = offer(table, second)
    assert orders == [TakeDelta(delta=following)]
    assert table.say(passed(delta), not_passed(delta)) == []
    assert table.master.account.processed == 10


def test_a_lost_merger_costs_what_it_held() -> None:
    """That waits again; what was on its way to it is passed to another one, or taken, as its worker still has it."""
    table = table_of(2)
    (one, two), (three, _) = (packets(table.join(worker)) for worker in ("a", "b"))
    held, (order,) = offer(table, one)
    assert isinstance(order, PassDelta)
    merger, other = order.merger, {"m0": "m1", "m1": "m0"}[order.merger]
    table.say(passed(held, merger))
    moving, orders = offer(table, two)
    assert orders == [PassDelta(delta=moving, merger=merger)]
    orders = table.say(WorkerLost(worker=merger))
    assert PassDelta(delta=moving, merger=other) in orders
    assert table.say(passed(moving, merger), not_passed(moving, merger)) == []
    assert table.say(passed(moving, other)) == [ForgetDelta(delta=moving)]
    assert table.say(passed(held, merger)) == []
    late = gathered(held, merger=merger)
    assert isinstance(table.say(DeltaOffered(delta=late))[0], RefuseDelta)
    offer(table, three, "b")
    assert sum(isinstance(order, TakeDelta) for order in table.say(WorkerLost(worker=other))) == 1


def test_a_merger_that_comes_back_is_another_one() -> None:
    """What it held in its old epoch waits again, and what it says in that epoch is not heard."""
    table = table_of(n_blocks=4)
    first, second = packets(table.join("a"))
    one, _ = offer(table, first)
    table.say(passed(one))
    again = MergerJoined(merger="m0", epoch=2)
    table.say(again)
    two, orders = offer(table, second)
    assert orders == [PassDelta(delta=two, merger="m0")]
    assert table.say(passed(two), not_passed(two), again, MergerJoined(merger="m0", epoch=1)) == []
    (refusal,) = table.say(DeltaOffered(delta=gathered(one)))
    assert isinstance(refusal, RefuseDelta)
    assert "given up in epoch 1" in refusal.reason
    assert ForgetDelta(delta=two) in table.say(DeltaPassed(merger="m0", epoch=2, delta=two))
    assert table.master.n_mergers == 1


def test_a_merger_hands_over_only_what_it_holds() -> None:
    """Twice the same, or what is only on its way, is refused; what it did hold of it waits again."""
    table = table_of(n_blocks=2)
    first, second = packets(table.join("a"))
    one, _ = offer(table, first)
    table.say(passed(one))
    two, _ = offer(table, second)
    mixed = gathered(one, two)
    refusal, *_ = table.say(DeltaOffered(delta=mixed))
    assert isinstance(refusal, RefuseDelta)
    assert "on its way to a merger" in refusal.reason
    table.say(passed(two))
    own = gathered(two, number=2)
    assert table.say(DeltaOffered(delta=own)) == [TakeDelta(delta=own)]
    assert isinstance(table.say(DeltaOffered(delta=own))[0], RefuseDelta)
    table.say(DeltaMerged(delta=own))
    assert table.master.account.processed == 10


def test_a_copy_of_an_offer_on_its_way_changes_nothing() -> None:
    """Its merger will say what becomes of it, whether its worker lives or not."""
    table = table_of()
    first, _ = packets(table.join("a"))
    delta, _ = offer(table, first)
    assert table.say(DeltaOffered(delta=delta)) == []
    table.say(WorkerLost(worker="a"))
    assert table.say(DeltaOffered(delta=delta)) == []


@pytest.mark.parametrize("worker", ["a", "b"])
def test_a_block_with_a_second_holder_is_never_passed(worker: str) -> None:
    """The master takes it from whoever of the two is first, so that the other one is refused at once."""
    table = table_of(n_blocks=4)
    one, late = packets(table.join("a"))
    two, three = packets(table.join("b"))
    for packet, computer in ((one, "a"), (two, "b"), (three, "b")):
        table.done(packet, computer)
        delta, orders = offer(table, packet, computer)
        assert orders == [PassDelta(delta=delta, merger="m0")]
        table.say(passed(delta))
    table.now += 60.0
    (copy,) = packets(table.say(TimePassed()), "b")
    assert copy.blocks == late.blocks
    delta, orders = offer(table, copy, worker)
    assert orders == [TakeDelta(delta=delta), CallDelta(worker="m0")]
    _, (refusal,) = offer(table, copy, {"a": "b", "b": "a"}[worker])
    assert isinstance(refusal, RefuseDelta)


def test_a_payload_that_does_not_come_waits_again() -> None:
    """`DeltaLost` for a taken delta lets its blocks wait, whoever offered it; for any other it says nothing."""
    table = table_of(n_blocks=2)
    first, second = packets(table.join("a"))
    one, _ = offer(table, first)
    table.say(passed(one))
    assert table.say(DeltaLost(delta=one, reason="late")) == []
    whole = gathered(one)
    table.say(DeltaOffered(delta=whole))
    assert table.master.awaits(whole)
    table.say(WorkerLost(worker="a"))
    refusal, *_ = table.say(DeltaLost(delta=whole, reason="its host is gone"))
    assert refusal == RefuseDelta(delta=whole, reason="its host is gone")
    assert not table.master.awaits(whole)
    assert sorted(indices(table.join("b"))) == [0, 1]
    assert table.say(DeltaLost(delta=whole, reason="again")) == []
    assert table.master.account.processed == 0
    assert second.blocks[0].index == 1


def test_a_suspect_whose_delta_does_not_come_is_tried_again() -> None:
    """It was handed over alone, and is lost with its host before its trial is over."""
    table = table_of(n_blocks=1)
    (packet,) = packets(table.join("a"))
    table.say(BlockFailed(worker="a", epoch=1, block=packet.blocks[0], failure=OOPS))
    table.done(packet)
    (trial,) = packets(table.say(WorkerJoined(worker="i", epoch=1, is_isolator=True)))
    delta, orders = offer(table, trial, "i")
    assert orders == [TakeDelta(delta=delta)]
    table.say(DeltaLost(delta=delta, reason="its host is gone"))
    (again,) = packets(table.done(trial, "i"), "i")
    assert again.blocks == packet.blocks


def test_a_stopping_query_gets_what_mergers_have() -> None:
    """Workers are halted, their last deltas go the usual way, and mergers are called when nobody else has any."""
    table = table_of()
    first, second = packets(table.join("a"))
    one, _ = offer(table, first)
    table.say(passed(one))
    assert HaltWorker(worker="a") in table.say(StopRequested())
    two, orders = offer(table, second)
    assert orders == [PassDelta(delta=two, merger="m0")]
    table.say(*(PacketDone(worker="a", epoch=1, packet=p.number, compute_s=1.0, n_blocks=1) for p in (first, second)))
    assert CallDelta(worker="m0") in table.say(passed(two))
    both = gathered(one, two)
    table.say(DeltaOffered(delta=both))
    assert table.say(DeltaMerged(delta=both)) == [CloseQuery(state=QueryState.STOPPED)]
    assert table.master.account == Account(processed=20, unread=60, total=80)


def test_an_expired_credential_stops_the_query_and_keeps_what_is_computed() -> None:
    """Nothing is handed out any more, also not to who joins; the query has failed, the rest is unread."""
    table = Table(packet_blocks=2)
    table.opened(n_blocks=8)
    first, second = packets(table.join("a"))
    orders = table.say(CredentialExpired(reason="the token was valid until 12:00"))
    assert orders == [HaltWorker(worker="a")]
    assert table.join("b") == []
    delta = table.delta(*first.blocks)
    table.say(DeltaOffered(delta=delta), DeltaMerged(delta=delta))
    table.done(first, n_blocks=2)
    assert table.done(second, n_blocks=0) == [CloseQuery(state=QueryState.FAILED)]
    assert table.master.account == Account(processed=20, unread=60, total=80)


def test_a_credential_that_expires_while_the_user_stops_changes_nothing() -> None:
    """The query was stopped, not failed."""
    table = Table()
    table.opened()
    table.join("a")
    table.say(StopRequested())
    assert table.say(CredentialExpired(reason="too late")) == []
    assert closes(table.say(WorkerLost(worker="a"))) == [QueryState.STOPPED]


def test_a_strained_merger_hands_over_and_goes() -> None:
    """Nothing more is passed to it; it goes when its last delta is merged, and another one is called."""
    table = table_of()
    first, second = packets(table.join("a"))
    one, _ = offer(table, first)
    table.say(passed(one))
    two, _ = offer(table, second)
    assert table.say(WorkerStrained(worker="m0", epoch=1, reason="full")) == [CallDelta(worker="m0")]
    assert table.say(passed(two)) == [ForgetDelta(delta=two), CallDelta(worker="m0")]
    both = gathered(one, two)
    table.say(DeltaOffered(delta=both))
    assert DismissWorker(worker="m0", reason="its memory has grown near the limit") in table.say(
        DeltaMerged(delta=both)
    )
    assert table.master.n_mergers == 0
    assert CallMerger(host="localhost") in table.say(TimePassed())


def test_a_strained_worker_stays_until_its_delta_has_got_through() -> None:
    """It alone has the payload that its merger is to get."""
    table = table_of(n_blocks=1)
    (packet,) = packets(table.join("a"))
    table.done(packet)
    table.say(WorkerStrained(worker="a", epoch=1, reason="full"))
    delta, orders = offer(table, packet)
    assert orders == [PassDelta(delta=delta, merger="m0")]
    gone = DismissWorker(worker="a", reason="its memory has grown near the limit")
    assert gone in table.say(passed(delta))


def test_mergers_that_are_lost_time_and_again_are_not_called_any_more() -> None:
    """Users' outputs may kill whoever adds them: the master has them then, as long as it lives."""
    table = table_of(1, n_blocks=20)
    table.say(WorkerLost(worker="m0"))
    n_calls = 1
    for number in range(1, 10):
        calls = [order for order in table.say(TimePassed()) if isinstance(order, CallMerger)]
        if not calls and not table.master.n_workers:
            calls = [order for order in table.join("a") + table.say(TimePassed()) if isinstance(order, CallMerger)]
        if calls:
            n_calls += 1
            table.say(MergerJoined(merger=f"again{number}", epoch=1), WorkerLost(worker=f"again{number}"))
    assert n_calls == MAX_LOSSES
    first, *_ = packets(table.join("b"))
    delta, orders = offer(table, first, "b")
    assert orders == [TakeDelta(delta=delta)]


def test_a_merger_that_refuses_time_and_again_gets_nothing_more() -> None:
    """It is called at once for what it has, goes when that is merged, and then another one is called."""
    table = table_of(1, n_blocks=20)
    workers = [f"w{number}" for number in range(MAX_REFUSALS + 1)]
    handed = [packets(table.join(worker)) for worker in workers]
    kept, _ = offer(table, handed[0][0], workers[0])
    table.say(passed(kept))
    for worker, (_, packet) in list(zip(workers, handed, strict=True))[:MAX_REFUSALS]:
        delta, orders = offer(table, packet, worker)
        assert PassDelta(delta=delta, merger="m0") in orders
        orders = table.say(not_passed(delta))
        table.say(DeltaMerged(delta=delta))
    assert CallDelta(worker="m0") in orders
    delta, orders = offer(table, handed[-1][0], workers[-1])
    assert TakeDelta(delta=delta) in orders
    assert not [order for order in table.say(TimePassed()) if isinstance(order, CallMerger)]
    last = gathered(kept)
    assert table.say(DeltaOffered(delta=last)) == [TakeDelta(delta=last)]
    (gone,) = [order for order in table.say(DeltaMerged(delta=last)) if isinstance(order, DismissWorker)]
    assert (gone.worker, "3 deltas in a row" in gone.reason) == ("m0", True)
    assert CallMerger(host="localhost") in table.say(TimePassed())


def test_a_merger_that_refuses_as_it_dies_counts_as_lost_only() -> None:
    """Where mergers do good between their deaths, another one is called each time."""
    table = table_of(1, n_blocks=100)
    table.say(WorkerLost(worker="m0"), TimePassed())
    for number in range(1, 2 * MAX_LOSSES):
        merger = f"m{number}"
        table.say(MergerJoined(merger=merger, epoch=1))
        workers = [f"{merger}w{n}" for n in range(MAX_REFUSALS + 1)]
        handed = [packets(table.join(worker)) for worker in workers]
        good, kept = (offer(table, packet, workers[0])[0] for packet in handed[0])
        table.say(passed(good, merger))
        whole = gathered(good, merger=merger)
        table.say(DeltaOffered(delta=whole), DeltaMerged(delta=whole), passed(kept, merger))
        dying = [offer(table, packet, worker)[0] for worker, (packet, _) in zip(workers[1:], handed[1:], strict=True)]
        table.say(*(not_passed(delta, merger) for delta in dying))
        assert table.master.n_mergers == 1
        orders = table.say(WorkerLost(worker=merger)) + table.say(TimePassed())
        assert CallMerger(host="localhost") in orders


def test_a_merger_that_does_not_come_is_called_again() -> None:
    """Its host may be gone, or its process may never have begun."""
    table = Table(merging=just(1))
    table.opened()
    table.join("a")
    assert table.say(TimePassed()) == [CallMerger(host="localhost")]
    assert table.say(TimePassed()) == []
    table.now += CALL_S
    assert table.say(TimePassed()) == [CallMerger(host="localhost")]


def test_mergers_serve_their_own_host_first() -> None:
    """Deltas of a host with a merger stay there; those of another go to whoever has the fewest workers."""
    table = Table(merging=just(2), packet_blocks=1)
    table.opened(n_blocks=40)
    given = {}
    for worker, host in (("a1", "a"), ("a2", "a"), ("b1", "b"), ("b2", "b"), ("c1", "c")):
        given[worker] = packets(table.say(WorkerJoined(worker=worker, epoch=1, host=host)))[0]
    calls = table.say(TimePassed())
    assert calls == [CallMerger(host="a"), CallMerger(host="b")]
    table.say(MergerJoined(merger="ma", epoch=1, host="a"), MergerJoined(merger="mb", epoch=1, host="b"))
    chosen = {}
    for worker in ("a1", "a2", "b1", "b2"):
        (order,) = [order for order in offer(table, given[worker], worker)[1] if isinstance(order, PassDelta)]
        chosen[worker] = order.merger
    assert chosen == {"a1": "ma", "a2": "ma", "b1": "mb", "b2": "mb"}


def test_large_deltas_come_one_after_the_other() -> None:
    """The master takes two at a time; the next is decided upon when one of them has come, or is lost."""
    table, (one, two, three, four) = late_mergers()
    deltas = [large(table, packet, worker) for worker, packet in zip("abcd", (one, two, three, four), strict=True)]
    orders = [table.say(DeltaOffered(delta=delta, size_bytes=LARGE_BYTES)) for delta in deltas]
    assert [order for each in orders for order in each] == [TakeDelta(delta=delta) for delta in deltas[:2]]
    assert table.say(DeltaOffered(delta=deltas[2], size_bytes=LARGE_BYTES)) == []
    assert table.say(DeltaMerged(delta=deltas[1])) == [TakeDelta(delta=deltas[2])]
    assert TakeDelta(delta=deltas[3]) in table.say(DeltaLost(delta=deltas[0], reason="gone"))


def test_large_deltas_that_wait_find_a_merger() -> None:
    """As soon as there is one; to it, too, come two at a time."""
    table, (one, two, three, four) = late_mergers()
    early = [large(table, packet, worker) for worker, packet in (("a", one), ("b", two))]
    late = [large(table, packet, worker) for worker, packet in (("c", three), ("d", four))]
    for delta in (*early, *late):
        table.say(DeltaOffered(delta=delta, size_bytes=LARGE_BYTES))
    orders = table.say(MergerJoined(merger="m0", epoch=1))
    assert orders == [PassDelta(delta=delta, merger="m0") for delta in late]
    (packet,) = packets(table.join("e"))[:1]
    fifth = large(table, packet, "e")
    assert table.say(DeltaOffered(delta=fifth, size_bytes=LARGE_BYTES)) == []
    assert PassDelta(delta=fifth, merger="m0") in table.say(passed(late[0]))


def test_a_large_delta_that_waits_dies_with_its_worker() -> None:
    """Its blocks wait again at once, and the payload is refused when its turn comes."""
    table, (one, two, three, _) = late_mergers()
    deltas = [large(table, packet, worker) for worker, packet in zip("abc", (one, two, three), strict=True)]
    for delta in deltas:
        table.say(DeltaOffered(delta=delta, size_bytes=LARGE_BYTES))
    table.say(WorkerLost(worker="c"))
    assert three.blocks[0].index in indices(table.join("e"))
    (refusal,) = table.say(DeltaMerged(delta=deltas[0]))
    assert isinstance(refusal, RefuseDelta)
    assert refusal.delta == deltas[2]


def late_mergers() -> tuple[Table, list[Packet]]:
    """Give four workers a packet each, where a merger was called and has not come."""
    table = Table(merging=just(1))
    table.opened(n_blocks=20)
    given = [packets(table.join(worker))[0] for worker in "abcd"]
    assert table.say(TimePassed()) == [CallMerger(host="localhost")]
    return table, given


def large(table: Table, packet: Packet, worker: str) -> Delta:
    return table.delta(*packet.blocks, worker=worker)


def test_mergers_are_called_when_workers_become_many() -> None:
    """By the policy of many workers; where outputs are large, of fewer."""
    table = Table(merging=near_the_root)
    table.opened(n_blocks=200)
    given = [packets(table.join(f"w{number}"))[0] for number in range(9)]
    assert table.say(TimePassed()) == []
    delta = table.delta(*given[0].blocks, worker="w0")
    orders = table.say(DeltaOffered(delta=delta, size_bytes=50_000_000))
    assert orders == [CallMerger(host="localhost")] * 3 + [TakeDelta(delta=delta)]


def test_a_merger_without_anything_to_come_is_called_early() -> None:
    """When nothing waits: its workers have handed over everything, while those of another one still work."""
    table = Table(merging=just(2), speculates=False)
    table.opened(n_blocks=4)
    mine, theirs = (packets(table.say(WorkerJoined(worker=name, epoch=1, host=name))) for name in ("a", "b"))
    table.say(TimePassed())
    table.say(MergerJoined(merger="ma", epoch=1, host="a"), MergerJoined(merger="mb", epoch=1, host="b"))
    table.say(passed(offer(table, theirs[0], "b")[0], "mb"))
    for packet in mine:
        assert CallDelta(worker="ma") not in table.say(TimePassed())
        table.done(packet, "a")
        table.say(passed(offer(table, packet, "a")[0], "ma"))
    calls = [order for order in table.say(TimePassed()) if isinstance(order, CallDelta)]
    assert calls == [CallDelta(worker="ma")]
    assert table.say(TimePassed()) == []


def test_merging_what_was_never_taken_is_our_own_fault() -> None:
    """A delta that is on its way to a merger cannot be merged by the driver."""
    table = table_of()
    first, _ = packets(table.join("a"))
    delta, _ = offer(table, first)
    with pytest.raises(InvariantError, match="never taken"):
        table.say(DeltaMerged(delta=delta))
