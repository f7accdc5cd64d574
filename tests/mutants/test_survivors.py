"""Laws that a mutant once broke without any other test noticing."""

from __future__ import annotations

from dataclasses import replace

from table import OOPS, Table, packets

from overproof.records.notices import BlockFailed, DeltaMerged, DeltaOffered, RangeProbed, WorkerJoined, WorkerStrained
from overproof.records.orders import DismissWorker, ProbeRange, RefuseDelta, TakeDelta
from overproof.words.states import QueryState


def test_nobody_hands_over_what_another_one_holds() -> None:
    """A delta with a block of somebody else is refused, by name of the holder; the holder keeps the block."""
    table = Table()
    table.opened(n_blocks=4)
    (of_a, *_), (of_b, *_) = (packets(orders) for orders in (table.join("a"), table.join("b")))
    stolen = table.delta(*of_a.blocks, worker="b")
    (refusal,) = table.say(DeltaOffered(delta=stolen))
    assert isinstance(refusal, RefuseDelta)
    assert "it is held by a, epoch 1" in refusal.reason
    own = table.delta(*of_a.blocks, worker="a")
    assert table.say(DeltaOffered(delta=own)) == [TakeDelta(delta=own)]
    assert of_b.blocks != of_a.blocks


def test_failures_that_differ_are_no_evidence() -> None:
    """A block that fails four times alone, twice like before at most, and then passes, is merged whole."""
    table = Table()
    table.opened(n_blocks=1)
    (packet, *_) = packets(table.join("a"))
    table.say(BlockFailed(worker="a", epoch=1, block=packet.blocks[0], failure=OOPS))
    table.done(packet)
    orders = table.say(WorkerJoined(worker="i", epoch=1, is_isolator=True))
    for cause in ("one", "one", "two", "two"):
        (trial,) = packets(orders, "i")
        failure = replace(OOPS, cause=cause)
        table.say(BlockFailed(worker="i", epoch=1, block=trial.blocks[0], failure=failure))
        orders = table.done(trial, worker="i")
    (trial,) = packets(orders, "i")
    assert trial.blocks == packet.blocks
    table.hand_over(*trial.blocks, worker="i")
    table.done(trial, worker="i")
    assert table.master.account.is_complete
    assert table.master.state is QueryState.FINISHED


def test_answer_to_another_probe_is_no_answer() -> None:
    """The isolator's answer counts for the probe that it has in hand, by its number, and for no other."""
    table = Table(max_excluded=10)
    table.opened(n_blocks=1)
    (packet, *_) = packets(table.join("a"))
    table.say(BlockFailed(worker="a", epoch=1, block=packet.blocks[0], failure=OOPS))
    table.done(packet)
    orders = table.say(WorkerJoined(worker="i", epoch=1, is_isolator=True))
    for _ in range(3):
        (trial,) = packets(orders, "i")
        table.say(BlockFailed(worker="i", epoch=1, block=trial.blocks[0], failure=OOPS))
        orders = table.done(trial, worker="i")
    (asked,) = orders
    assert isinstance(asked, ProbeRange)
    answer = RangeProbed(worker="i", epoch=1, probe=asked.probe, failure=None)
    assert table.say(replace(answer, probe=asked.probe + 1), replace(answer, probe=asked.probe - 1)) == []
    (next_asked,) = table.say(answer)
    assert isinstance(next_asked, ProbeRange)
    assert next_asked.part != asked.part


def test_strained_worker_is_dismissed_when_it_has_handed_over() -> None:
    """It is called, stays until its delta is merged, and goes then: nothing is computed again."""
    table = Table()
    table.opened(n_blocks=2)
    first, second = packets(table.join("a"))
    table.done(first)
    table.done(second)
    orders = table.say(WorkerStrained(worker="a", epoch=1, reason="nearly full"))
    assert not [order for order in orders if isinstance(order, DismissWorker)]
    delta = table.delta(*first.blocks, *second.blocks)
    orders = table.say(DeltaOffered(delta=delta))
    assert orders == [TakeDelta(delta=delta)]
    orders = table.say(DeltaMerged(delta=delta))
    assert [order.worker for order in orders if isinstance(order, DismissWorker)] == ["a"]
    assert table.master.state is QueryState.FINISHED
