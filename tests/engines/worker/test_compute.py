"""Laws of a worker: what it computes, what it says, and in which order it hands over."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from overproof.engines.local.logbook import AtHand, Logbook
from overproof.engines.messages import EventNamed, Halt, HandOver, KeepApart, Probe, Settled
from overproof.records.block import Block
from overproof.records.dataset import Dataset, FileSpec
from overproof.records.notices import BlockFailed, BlockUnreadable, DeltaOffered, PacketDone, RangeProbed


def block(index: int, *ranges: tuple[int, int]) -> Block:
    first = 100 * index
    return Block(file=0, index=index, first=first, stop=first + 100, ranges=ranges or None)


def spans(cycles: Any) -> dict[str, Any]:
    return {"spans": [(cycles.first, cycles.stop)], "n": len(cycles)}


def fails_at(entry: int) -> Any:
    def process(cycles: Any) -> dict[str, Any]:
        if cycles.first <= entry < cycles.stop:
            raise ValueError(f"I do not like {entry}")
        return spans(cycles)

    return process


# -- ranges


def test_a_block_with_ranges_is_the_ordered_sum_of_its_parts(bench: Any) -> None:
    """Each range is a call of its own, in order; all together make the output of the block."""
    bench.begin(spans)
    bench.give(block(0, (0, 42), (43, 50), (50, 100)))
    bench.work()
    bench.worker.handle(HandOver())
    assert bench.offers() == [
        ((block(0, (0, 42), (43, 50), (50, 100)),), {"spans": [(0, 42), (43, 50), (50, 100)], "n": 99})
    ]


def test_a_block_without_any_range_counts_and_gives_nothing(bench: Any) -> None:
    """Of a block whose entries are all excluded nothing is computed, but it is handed over."""
    empty = Block(file=0, index=0, first=0, stop=100, ranges=())
    bench.begin(fails_at(0))
    bench.give(empty)
    bench.work()
    bench.worker.handle(HandOver())
    assert bench.offers() == [((empty,), {})]


def test_a_part_has_the_dice_of_its_own_first_entry(bench: Any) -> None:
    """A range gives what a block of just these entries gives, dice included."""

    def roll(cycles: Any) -> dict[str, float]:
        return {"sum": float(cycles.rng.normal())}

    bench.begin(roll)
    bench.give(block(0, (40, 60)), Block(file=1, index=0, first=40, stop=60), is_apart=True)
    bench.work()
    bench.worker.handle(Settled(number=1))
    (_, part), (_, whole) = bench.offers()
    assert part == whole


def test_a_block_is_all_or_nothing(bench: Any) -> None:
    """When a later range fails, nothing of the earlier ones is kept, and the range is named."""
    bench.begin(fails_at(70))
    bench.give(block(0, (0, 42), (43, 100)), block(1))
    bench.work()
    bench.worker.handle(HandOver())
    (failed,) = bench.said(BlockFailed)
    assert (failed.block, failed.part) == (block(0, (0, 42), (43, 100)), (43, 100))
    assert bench.offers() == [((block(1),), {"spans": [(100, 200)], "n": 100})]


def test_of_a_whole_block_no_part_is_named(bench: Any) -> None:
    """A block without ranges fails as a whole."""
    bench.begin(fails_at(70))
    bench.give(block(0))
    bench.work()
    (failed,) = bench.said(BlockFailed)
    assert failed.part is None


def test_an_output_that_cannot_be_added_fails_its_part(bench: Any) -> None:
    """Whatever spoils the sum is the selector's fault, told with the range that it came from."""

    def process(cycles: Any) -> dict[str, Any]:
        return {"n": 1 if cycles.first < 50 else "one"}

    bench.begin(process)
    bench.give(block(0, (0, 50), (50, 100)))
    bench.work()
    bench.worker.handle(HandOver())
    (failed,) = bench.said(BlockFailed)
    assert failed.failure.cause == "MergeError"
    assert bench.offers() == []


def test_the_logbook_tells_the_range_in_hand(make_bench: Any) -> None:
    """While user code runs its range is noted; afterwards nothing is in hand, also when it failed."""
    book = Logbook()
    bench = make_bench(logbook=book)
    seen: list[AtHand] = []

    def process(cycles: Any) -> dict[str, int]:
        seen.append(book.read())
        if cycles.first == 43:
            raise ValueError
        return {}

    bench.begin(spans)
    bench.worker._selector.process = process  # the book is of this process: it cannot travel in a pickle
    bench.give(block(0, (0, 42), (43, 100)))
    bench.work()
    assert [(at.block, at.part) for at in seen] == [((0, 0), (0, 42)), ((0, 0), (43, 100))]
    assert book.read().block is None
    book.close()


# -- probes


def test_a_probe_says_whether_a_range_fails_and_keeps_nothing(bench: Any) -> None:
    """The answer is a failure or none; outputs are thrown away, and the block can still be computed."""
    bench.begin(fails_at(70))
    bench.worker.handle(Probe(probe=1, block=block(0), part=(0, 70)))
    bench.worker.handle(Probe(probe=2, block=block(0), part=(70, 100)))
    good, bad = bench.said(RangeProbed)
    assert (good.probe, good.failure) == (1, None)
    assert (bad.probe, bad.failure.kind) == (2, "exception")
    bench.worker.handle(HandOver())
    assert bench.offers() == []


def test_outputs_that_cannot_travel_fail_a_probe(bench: Any) -> None:
    """A probe does all that is done with a block."""
    bench.begin(lambda cycles: {"lock": [threading.Lock()]})
    bench.worker.handle(Probe(probe=1, block=block(0), part=(0, 10)))
    bench.give(block(0), is_apart=True)
    bench.work()
    (probed,), (failed,) = bench.said(RangeProbed), bench.said(BlockFailed)
    assert probed.failure.is_like(failed.failure)


def test_a_range_that_cannot_be_read_is_no_failure_of_the_selector(bench: Any, tmp_path: Path) -> None:
    """The file is to blame: the probe passes, and the block itself is reported unreadable."""
    bench.begin(spans, dataset=Dataset(name="x", files=(FileSpec(path=str(tmp_path / "gone.root"), tree="Events"),)))
    bench.worker.handle(Probe(probe=1, block=block(0), part=(0, 1)))
    bench.give(block(0))
    bench.work()
    assert bench.said(EventNamed) == [EventNamed(probe=1, event=None)]
    assert [reply.failure for reply in bench.said(RangeProbed)] == [None]
    assert len(bench.said(BlockUnreadable)) == 1


def test_the_name_of_an_event_is_said_before_it_is_tried(bench: Any, shared_file: Any) -> None:
    """Nobody may live to tell it afterwards."""
    path = shared_file("nano_dy.root")

    def process(events: Any) -> dict[str, Any]:
        raise ValueError

    bench.begin(process, dataset=Dataset(name="x", files=(FileSpec(path=str(path), tree="Events"),)))
    bench.worker.handle(Probe(probe=1, block=Block(file=0, index=0, first=0, stop=9), part=(3, 4)))
    named, probed = bench.said()
    assert isinstance(named, EventNamed)
    assert named.event.event > 0
    assert probed.failure is not None


# -- deltas


def test_blocks_are_handed_over_together_when_it_is_time(bench: Any) -> None:
    """A delta a second; what is computed meanwhile is in it, in one piece."""
    bench.begin(spans, delta_interval_s=1.0)
    bench.give(block(0), block(1), block(2))
    bench.worker.step()
    bench.worker.step()
    assert bench.offers() == []
    bench.clock.advance(1.5)
    bench.worker.step()
    assert bench.offers() == [((block(0), block(1), block(2)), {"spans": [(0, 100), (100, 200), (200, 300)], "n": 300})]


def test_slow_blocks_are_handed_over_one_by_one(bench: Any) -> None:
    """When a block takes longer than the interval, no more than one can be lost."""
    clock = bench.clock
    bench.begin(spans, delta_interval_s=1.0)
    bench.give(block(0), block(1))
    for number in (1, 2):
        clock.advance(2.0)
        bench.worker.step()
        bench.worker.handle(Settled(number=number))
    assert [blocks for blocks, _ in bench.offers()] == [(block(0),), (block(1),)]


def test_one_delta_is_offered_at_a_time(bench: Any) -> None:
    """The next one waits until the last one is settled, and grows meanwhile."""
    bench.begin(spans)
    bench.give(block(0), block(1), block(2))
    for _ in range(3):
        bench.worker.step()
        bench.worker.handle(HandOver())
    assert [blocks for blocks, _ in bench.offers()] == [(block(0),)]
    assert not bench.worker.is_settled
    bench.worker.handle(Settled(number=1))
    assert [blocks for blocks, _ in bench.offers()] == [(block(0),), (block(1), block(2))]
    bench.worker.handle(Settled(number=2))
    assert bench.worker.is_settled


def test_a_block_that_another_one_may_have_is_handed_over_alone(bench: Any) -> None:
    """What was there before goes first; the block never shares a delta; what comes after is gathered anew."""
    bench.begin(spans)
    bench.give(block(0))
    bench.give(block(1), block(2), is_apart=True)
    bench.give(block(3), block(4))
    bench.work()
    for number in (1, 2, 3):
        bench.worker.handle(Settled(number=number))
    bench.worker.handle(HandOver())
    assert [blocks for blocks, _ in bench.offers()] == [
        (block(0),), (block(1),), (block(2),), (block(3), block(4)),
    ]  # fmt: skip
    assert [reply.delta.number for reply in bench.said(DeltaOffered)] == [1, 2, 3, 4]


def test_an_apart_block_is_handed_over_before_its_packet_is_done(bench: Any) -> None:
    """Whoever hears that the packet is done has heard what came of the block."""
    bench.begin(spans)
    bench.give(block(0), is_apart=True)
    bench.work()
    assert [type(reply) for reply in bench.said()] == [DeltaOffered, PacketDone]


def test_a_block_may_be_set_apart_while_it_is_computed(bench: Any) -> None:
    """The order to keep it apart may come in the middle of the very block, from another thread."""
    bench.begin(spans)

    def process(cycles: Any) -> dict[str, Any]:
        if cycles.first == 100:
            bench.worker.keep_apart(block(1))
        return spans(cycles)

    bench.worker._selector.process = process  # it knows its worker, and so cannot travel in a pickle
    bench.give(block(0), block(1), block(2))
    bench.work()
    bench.worker.handle(Settled(number=1))
    bench.worker.handle(Settled(number=2))
    bench.worker.handle(HandOver())
    assert [blocks for blocks, _ in bench.offers()] == [(block(0),), (block(1),), (block(2),)]


def test_setting_a_block_apart_too_late_changes_nothing(bench: Any) -> None:
    """A block that is computed already stays with the others."""
    bench.begin(spans)
    bench.give(block(0), block(1))
    bench.work()
    bench.worker.handle(KeepApart(block=block(0)))
    bench.worker.handle(HandOver())
    assert [blocks for blocks, _ in bench.offers()] == [(block(0), block(1))]


def test_a_halted_worker_drops_packets_and_tells_how_far_they_came(bench: Any) -> None:
    """What is computed is handed over first; each packet is answered, the one not begun too."""
    bench.begin(spans)
    bench.give(block(0), block(1))
    bench.give(block(2))
    bench.worker.step()
    bench.worker.handle(Halt())
    assert [blocks for blocks, _ in bench.offers()] == [(block(0),)]
    assert [reply.n_blocks for reply in bench.said(PacketDone)] == [1, 0]
    assert not bench.worker.has_work


def test_a_leaving_worker_hands_over_and_says_nothing_of_its_packets(bench: Any) -> None:
    """It wants no other packet: what it has not computed waits again when it is gone."""
    bench.begin(spans)
    bench.give(block(0), block(1))
    bench.worker.step()
    bench.worker.leave()
    assert [blocks for blocks, _ in bench.offers()] == [(block(0),)]
    assert bench.said(PacketDone) == []
    assert not bench.worker.has_work
    bench.worker.handle(Settled(number=1))
    assert bench.worker.is_settled


@pytest.mark.parametrize("is_apart", [False, True])
def test_outputs_that_cannot_travel_are_failures_of_their_blocks(is_apart: bool, bench: Any) -> None:
    """They are found when they are handed over; each block of the delta is told, and the next delta goes."""

    def process(cycles: Any) -> dict[str, Any]:
        return {"lock": [threading.Lock()]} if cycles.first == 0 else {"a": np.ones(3)}

    bench.begin(process)
    bench.give(block(0), is_apart=is_apart)
    bench.work()
    bench.worker.handle(HandOver())
    bench.give(block(1), is_apart=is_apart)
    bench.work()
    bench.worker.handle(HandOver())
    assert [reply.block for reply in bench.said(BlockFailed)] == [block(0)]
    assert [blocks for blocks, _ in bench.offers()] == [(block(1),)]
