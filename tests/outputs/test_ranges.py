"""Blocks that were computed range by range: the ordered sum, against a plain oracle."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import reduce
from typing import Any

import awkward as ak
import boost_histogram as bh
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overproof.outputs.state import OutputState
from overproof.records.block import Block
from overproof.words.errors import MergeError

# Within 2**128 of each other: sums of these are exact.
NUMBERS = st.builds(math.ldexp, st.integers(-(2**53), 2**53), st.integers(-40, 20))
ENTRIES = st.tuples(st.sampled_from("abcdef"), NUMBERS, st.integers(-5, 20))
RANGES = st.lists(st.lists(ENTRIES, max_size=3), max_size=4)
BLOCKS = st.dictionaries(st.tuples(st.integers(0, 2), st.integers(0, 6)), RANGES, min_size=1, max_size=6)


class Trace:
    """Writes down how it was added."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __add__(self, other: Trace) -> Trace:
        return Trace(f"({self.text}+{other.text})")


def output_of(entries: list[tuple[str, float, int]]) -> dict[str, Any] | None:
    """Do what a selector would do with the entries of one range: every kind of output, keys as they come."""
    if not entries:
        return None
    letters = bh.Histogram(bh.axis.StrCategory([], growth=True), bh.axis.Integer(0, 1, growth=True))
    for letter, _, number in entries:
        letters.fill(letter, number)
    return {
        **{letter: 1 for letter, _, _ in entries},
        "sum": math.fsum(x for _, x, _ in entries),
        "array": np.array([entries[0][1], entries[-1][1]]),
        "list": [letter for letter, _, _ in entries],
        "text": "".join(letter for letter, _, _ in entries),
        "table": ak.Array([{"n": n} for _, _, n in entries]),
        "counter": Counter(letter for letter, _, _ in entries),
        "set": {n for _, _, n in entries},
        "dict": {letter: {"n": n} for letter, _, n in entries},
        "histogram": letters,
        "trace": Trace(entries[0][0]),
    }


def exact(numbers: list[float]) -> float:
    return float(sum(map(Fraction, numbers), Fraction(0)))


def dyadic(leaves: dict[int, str]) -> str:
    """Add texts over the dyadic tree of their places."""
    if len(leaves) == 1:
        return next(iter(leaves.values()))
    half = 1 << (max(leaves).bit_length() - 1)
    left, right = {i: t for i, t in leaves.items() if i < half}, {i - half: t for i, t in leaves.items() if i >= half}
    return f"({dyadic(left)}+{dyadic(right)})" if left and right else dyadic(left or right)


def oracle(blocks: dict[tuple[int, int], list[list[Any]]]) -> dict[str, Any]:
    """Do it all at once, in plain Python, from the ranges in order."""
    parts = [part for position in sorted(blocks) for part in blocks[position] if part]
    flat = [entry for part in parts for entry in part]
    traces: dict[int, dict[int, str]] = {}
    for (file, index), ranges in blocks.items():
        texts = [part[0][0] for part in ranges if part]
        if texts:
            traces.setdefault(file, {})[index] = reduce("({}+{})".format, texts)
    dicts: dict[str, int] = {}
    for part in parts:
        for letter, n in {letter: n for letter, _, n in part}.items():
            dicts[letter] = dicts.get(letter, 0) + n
    keys = list(dict.fromkeys(key for part in parts for key in output_of(part) or {}))
    expected = {
        **{letter: sum(letter in {each for each, _, _ in part} for part in parts) for letter in "abcdef"},
        "sum": exact([math.fsum(x for _, x, _ in part) for part in parts]),
        "array": [exact([part[i][1] for part in parts]) for i in (0, -1)],
        "list": [letter for letter, _, _ in flat],
        "text": "".join(letter for letter, _, _ in flat),
        "table": [{"n": n} for _, _, n in flat],
        "counter": list(Counter(letter for letter, _, _ in flat).items()),
        "set": {n for _, _, n in flat},
        "dict": [(letter, {"n": n}) for letter, n in dicts.items()],
        "histogram": (list(dict.fromkeys(letter for letter, _, _ in flat)), Counter((a, n) for a, _, n in flat)),
        "trace": dyadic({file: dyadic(leaves) for file, leaves in traces.items()}) if traces else "",
    }
    return {key: expected[key] for key in keys}


def plain(value: dict[str, Any]) -> dict[str, Any]:
    """Turn outputs into plain data."""
    shown = dict(value)
    if not shown:
        return shown
    histogram = shown["histogram"]
    letters, numbers = list(histogram.axes[0]), histogram.axes[1].edges[:-1].astype(int).tolist()
    cells = {
        (a, n): int(histogram.view()[i, j]) for i, a in enumerate(letters) for j, n in enumerate(numbers)
    }  # fmt: skip
    shown |= {
        "array": shown["array"].tolist(),
        "table": shown["table"].to_list(),
        "counter": list(shown["counter"].items()),
        "dict": list(shown["dict"].items()),
        "histogram": (letters, Counter({cell: n for cell, n in cells.items() if n})),
        "trace": shown["trace"].text,
    }
    return shown


@settings(max_examples=60, deadline=None)
@given(blocks=BLOCKS, seed=st.integers(0, 99))
def test_a_block_is_the_ordered_sum_of_its_ranges(blocks: Any, seed: int, at_random: Any) -> None:
    """Every kind: values, order of keys, categories and rows; whoever computed which block, and whoever merged whom."""
    outputs = {position: [output_of(part) for part in ranges] for position, ranges in blocks.items()}
    state = at_random(outputs, seed, by_ranges=True)
    value = plain(state.value())
    assert list(value.items()) == list(oracle(blocks).items())
    assert state.n_blocks == len(blocks)


def block_of(ranges: int) -> Block:
    return Block(file=0, index=0, first=0, stop=100, ranges=tuple((10 * i, 10 * i + 9) for i in range(ranges)))


@settings(max_examples=20, deadline=None)
@given(entries=st.lists(ENTRIES, max_size=4))
def test_one_range_is_what_a_whole_block_is(entries: Any) -> None:
    """To the byte, so that it does not show how a block got there."""
    whole, parted = OutputState(), OutputState()
    whole.add_block(Block(file=0, index=0, first=0, stop=100), output_of(entries))
    parted.add_ranges(block_of(1), [output_of(entries)])
    assert whole.to_bytes() == parted.to_bytes()


def test_no_ranges_count_the_block() -> None:
    """A block of which nothing is left is merged all the same, without outputs."""
    state = OutputState()
    state.add_ranges(block_of(0), [])
    assert (state.n_blocks, state.value()) == (1, {})


def test_ranges_are_added_before_blocks_meet(block: Any) -> None:
    """The leaf of a block is the sum of its ranges from left to right, also where the neighbour was there first."""
    state = OutputState()
    state.add_block(block(0, 1), {"o": Trace("d")})
    state.add_ranges(block_of(3), [{"o": Trace("a")}, {"o": Trace("b")}, {"o": Trace("c")}])
    assert state.value()["o"].text == "(((a+b)+c)+d)"


@pytest.mark.parametrize("spoiled", [{"n": 1, "o": object()}, {"n": "text"}, [1]])
def test_a_range_that_cannot_be_added_changes_nothing(spoiled: Any, block: Any) -> None:
    """All or nothing: neither the ranges before it nor the block are in."""
    state = OutputState()
    state.add_block(block(0, 7), {"n": 1})
    before = state.to_bytes()
    with pytest.raises(MergeError):
        state.add_ranges(block_of(3), [{"n": 1, "new": 1}, spoiled, {"n": 1}])
    assert state.to_bytes() == before


def test_ranges_may_be_computed_one_by_one(block: Any) -> None:
    """Each output is copied before the next is asked for; what the computing raises comes out, and changes nothing."""
    state, reused = OutputState(), {"n": np.zeros(1), "l": [0]}

    def compute(n_ranges: int) -> Iterator[dict[str, Any]]:
        for i in range(n_ranges):
            reused["n"][:] = i + 1
            reused["l"][:] = [i]
            yield reused
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        state.add_ranges(block_of(3), compute(3))
    assert state.n_blocks == 0
    state.add_ranges(block_of(3), (output for output, _ in zip(compute(9), range(3), strict=False)))
    assert (state.value()["n"].tolist(), state.value()["l"]) == ([6], [0, 1, 2])


def test_ranges_of_a_block_that_is_in_are_refused(block: Any) -> None:
    """No block counts twice, in whatever shape it comes."""
    state = OutputState()
    state.add_block(block(0, 0), {"n": 1})
    with pytest.raises(MergeError, match="block 0 of file 0"):
        state.add_ranges(block_of(2), [{"n": 1}, {"n": 1}])
    assert state.value() == {"n": 1}
