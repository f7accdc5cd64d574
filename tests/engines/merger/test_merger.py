"""Laws of a merger: what it hands over is what it said it has, once and bit for bit."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import boost_histogram as bh
import pytest

from overproof.engines.messages import AddDelta, Brief, HandOver
from overproof.engines.worker import handover
from overproof.outputs.state import OutputState
from overproof.records.block import Block, Delta
from overproof.records.notices import DeltaNotPassed, DeltaOffered, DeltaPassed, MergerJoined


class Stubborn:
    """Adds up, but not with everybody; and travels, but not when it is large."""

    def __init__(self, n: int) -> None:
        self.n = n

    def __add__(self, other: Stubborn) -> Stubborn:
        if 13 in (self.n, other.n):
            raise ValueError("not with thirteen")
        return Stubborn(self.n + other.n)

    def __reduce__(self) -> tuple[Any, ...]:
        if self.n > 100:
            raise ValueError("too large to travel")
        return (Stubborn, (self.n,))


def output_of(index: int) -> dict[str, Any]:
    """Return what depends on the order of summing in doubles, and on the order of blocks."""
    dice = random.Random(index)
    large = bh.Histogram(bh.axis.Regular(20, 0, 1), storage=bh.storage.Weight())
    large.fill([dice.random() for _ in range(50)], weight=[10.0 ** dice.randint(-20, 20) for _ in range(50)])
    return {"large": large, "total": dice.uniform(-1, 1) * 10.0 ** dice.randint(-20, 20), "order": [index]}


def test_it_joins_when_it_has_its_brief(make_bench: Callable[[], Any]) -> None:
    """Before that it takes nothing, and says so."""
    bench = make_bench()
    refused = bench.give({0: {"n": 1}})
    assert isinstance(refused, DeltaNotPassed)
    assert "m0 takes nothing" in refused.reason
    bench.merger.handle(Brief(query=1, selector=b"", dataset=None, block_entries=100, seed=0, search_path=()))
    assert bench.said()[-1] == MergerJoined(merger="m0", epoch=1)
    assert {letter.query for letter in bench.letters[1:]} == {1}


@pytest.mark.parametrize("seed", range(3))
def test_what_it_hands_over_is_the_sum_bit_for_bit(seed: int, bench: Any) -> None:
    """Whatever the order in which deltas come; the label names each of their blocks once."""
    dice = random.Random(seed)
    order = list(range(12))
    dice.shuffle(order)
    expected = OutputState()
    for index in range(12):
        expected.add_block(block_at(index), output_of(index))
    for few in (order[:5], order[5:6], order[6:]):
        answer = bench.give({index: output_of(index) for index in few})
        assert isinstance(answer, DeltaPassed)
        assert [each.index for each in answer.delta.blocks] == few
    bench.merger.handle(HandOver())
    ((delta, value),) = bench.offers()
    assert (delta.worker, delta.epoch, delta.number) == ("m0", 1, 1)
    assert sorted(each.index for each in delta.blocks) == list(range(12))
    assert value == expected.value()
    assert value["order"] == list(range(12))


def block_at(index: int) -> Block:
    return Block(file=0, index=index, first=100 * index, stop=100 * index + 100)


def test_what_cannot_be_added_changes_nothing(bench: Any) -> None:
    """Neither a user's type that raises, nor outputs of another kind, nor a block that is there already."""
    assert isinstance(bench.give({0: {"some": Stubborn(1), "n": 1}}), DeltaPassed)
    refused = [
        bench.give({1: {"some": Stubborn(13), "n": 10}, 2: {"n": 10}}),
        bench.give({3: {"n": "a word"}}),
        bench.give({0: {"n": 1}, 4: {"n": 1}}),
    ]
    assert [type(each) for each in refused] == [DeltaNotPassed] * 3
    assert "not with thirteen" in refused[0].reason
    assert "block 0 of file 0" in refused[2].reason
    assert isinstance(bench.give({5: {"some": Stubborn(2), "n": 1}}), DeltaPassed)
    bench.merger.handle(HandOver())
    ((delta, value),) = bench.offers()
    assert [each.index for each in delta.blocks] == [0, 5]
    assert (value["n"], value["some"].n) == (2, 3)


def test_bytes_that_are_no_outputs_are_not_passed(bench: Any) -> None:
    """They are said to be none; the merger lives."""
    bench.merger.handle(AddDelta(delta=Delta(worker="w0", epoch=1, number=1, blocks=(block_at(0),))), b"x" * 40)
    assert isinstance(bench.said()[-1], DeltaNotPassed)
    assert isinstance(bench.give({0: {"n": 1}}), DeltaPassed)


def test_it_hands_over_from_time_to_time_also_when_nothing_comes(bench: Any) -> None:
    """At the pace of the brief; and once, not again while that waits for an answer."""
    bench.give({0: {"n": 1}})
    bench.merger.look()
    assert not bench.offers()
    bench.clock.advance(1.0)
    bench.merger.look()
    assert [value for _, value in bench.offers()] == [{"n": 1}]
    bench.give({1: {"n": 10}})
    bench.clock.advance(5.0)
    bench.merger.look()
    assert len(bench.offers()) == 1
    bench.give({2: {"n": 100}})
    bench.settle(1)
    (_, first), (delta, second) = bench.offers()
    assert (first, second) == ({"n": 1}, {"n": 110})
    assert [each.index for each in delta.blocks] == [1, 2]
    assert delta.number == 2
    assert not bench.merger.is_settled
    bench.settle(2)
    assert bench.merger.is_settled


def test_it_says_how_large_a_payload_is(bench: Any) -> None:
    """So that whoever orders it about knows what that costs."""
    bench.give({0: {"n": 1}})
    bench.merger.handle(HandOver())
    letter = bench.letters[-1]
    assert isinstance(letter.reply, DeltaOffered)
    assert letter.reply.size_bytes == len(letter.payload) > 0


def test_who_has_nothing_offers_nothing(bench: Any) -> None:
    """Asked or not."""
    bench.merger.handle(HandOver())
    bench.clock.advance(10.0)
    bench.merger.look()
    assert not bench.offers()
    assert bench.merger.is_settled


def test_what_grows_is_handed_over_early(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists grow with each delta; a histogram is as large after one as after a hundred."""
    monkeypatch.setattr(handover, "MAX_GROWTH_BYTES", 10_000)
    for index in range(5):
        bench.give({index: {"large": output_of(index)["large"]}})
        bench.merger.look()
    assert not bench.offers()
    bench.give({5: {"list": list(range(20_000))}})
    bench.merger.look()
    assert len(bench.offers()) == 1


def test_who_leaves_takes_nothing_more_and_hands_over(bench: Any) -> None:
    """What it has said to have, it still gives."""
    bench.give({0: {"n": 1}})
    bench.merger.leave()
    assert isinstance(bench.give({1: {"n": 10}}), DeltaNotPassed)
    assert [value for _, value in bench.offers()] == [{"n": 1}]
    bench.settle(1)
    assert bench.merger.is_settled


def test_sums_that_cannot_travel_end_the_merger(bench: Any) -> None:
    """Nobody else can tell which of them is to blame: they are computed again, and merged elsewhere."""
    for index in range(4):
        bench.give({index: {"some": Stubborn(60)}})
    with pytest.raises(Exception, match="too large to travel"):
        bench.merger.handle(HandOver())
