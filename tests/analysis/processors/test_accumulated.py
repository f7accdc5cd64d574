"""What processors put out is added as coffea's `accumulate` would, whatever the order in which blocks come."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import permutations
from typing import Any

import awkward as ak
import hist
import numpy as np
import pytest

from overproof.analysis.processors.accumulated import accumulated, restored
from overproof.outputs.state import OutputState
from overproof.records.block import Block
from overproof.words.errors import MergeError

processor = pytest.importorskip("coffea.processor", reason="coffea is not installed")

N_BLOCKS = 7


def merged(outputs: list[Any], *, seed: int) -> Any:
    """Merge what blocks put out, in any order and grouping, as workers and master do."""
    dice = random.Random(seed)
    states = []
    for index, output in enumerate(outputs):
        state = OutputState()
        state.add_block(Block(file=index // 4, index=index % 4, first=0, stop=1), {"output": accumulated(output)})
        states.append(OutputState.from_bytes(state.to_bytes()))
    while len(states) > 1:
        other = states.pop(dice.randrange(len(states)))
        states[dice.randrange(len(states))].merge(other)
    return restored(states[0].value().get("output"))


def same(ours: Any, theirs: Any) -> None:
    """Compare values and types; floats up to the rounding of their sum."""
    assert type(ours) is type(theirs)
    if isinstance(theirs, processor.column_accumulator):
        np.testing.assert_array_equal(ours.value, theirs.value)
    elif isinstance(theirs, processor.value_accumulator):
        assert ours.value == theirs.value
    elif isinstance(theirs, hist.Hist):
        assert [type(axis) for axis in ours.axes] == [type(axis) for axis in theirs.axes]
        assert [list(axis) for axis in ours.axes] == [list(axis) for axis in theirs.axes]
        np.testing.assert_allclose(ours.values(flow=True), theirs.values(flow=True), rtol=1e-12)
        assert (ours.variances() is None) == (theirs.variances() is None)
        if theirs.variances() is not None:
            np.testing.assert_allclose(ours.variances(flow=True), theirs.variances(flow=True), rtol=1e-12)
    elif isinstance(theirs, ak.Array):
        assert ours.to_list() == theirs.to_list()
    elif isinstance(theirs, Counter):
        assert ours == theirs
    elif isinstance(theirs, dict):
        assert list(ours) == list(theirs)
        for key in theirs:
            same(ours[key], theirs[key])
    elif isinstance(theirs, np.ndarray):
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    elif isinstance(theirs, float):
        assert ours == pytest.approx(theirs, rel=1e-12)
    else:
        assert ours == theirs


def filled(index: int, storage: str) -> hist.Hist:
    dice = np.random.default_rng(index)
    made = hist.Hist(
        hist.axis.StrCategory([], growth=True, name="dataset"),
        hist.axis.Regular(5, 0, 1, name="x"),
        storage=storage,
    )
    made.fill(dataset=f"d{(index * 3) % 4}", x=dice.random(20), weight=dice.random(20))
    return made


MAKERS: dict[str, Callable[[int], Any]] = {
    "int": lambda i: i,
    "float": lambda i: 0.1 * i,
    "numpy int": np.int64,
    "text": lambda i: f"<{i}>",
    "list": lambda i: [i, i],
    "tuple": lambda i: (i,),
    "set": lambda i: {i % 3},
    "array": lambda i: np.arange(3) * 0.1 * i,
    "array of integers": lambda i: np.arange(3) * i,
    "zeros where nothing passed, and integers": lambda i: np.arange(3) * i if i % 3 else np.zeros(3),
    "integers, then floats": lambda i: np.arange(3) * (i if i != 1 else 0.5),
    "truths and integers": lambda i: np.arange(3) * i if i != 1 else np.arange(3) > 1,
    "0 before arrays": lambda i: np.arange(3) * 0.1 * i if i % 2 else 0,
    "0 before histograms": lambda i: filled(i, "Weight") if i % 2 else 0,
    "dict, then Counters": lambda i: Counter({f"k{i % 3}": i + 1}) if i else {"k1": 1},
    "Counter, then dicts": lambda i: {f"k{i % 3}": i + 1} if i else Counter({"k1": 1}),
    "columns, one behind the other": lambda i: processor.column_accumulator(np.arange(i)),
    "value": lambda i: processor.value_accumulator(int, i),
    "set accumulator": lambda i: processor.set_accumulator({i % 2}),
    "Counter": lambda i: Counter({f"k{i % 3}": i + 1}),
    "defaultdict": lambda i: defaultdict(int, {f"k{i % 3}": i}),
    "dict accumulator": lambda i: processor.dict_accumulator(
        {"n": processor.value_accumulator(int, i), f"d{i % 2}": processor.column_accumulator(np.arange(i))}
    ),
    "defaultdict accumulator": lambda i: processor.defaultdict_accumulator(int, {f"k{i % 3}": i}),
    "nested": lambda i: {f"d{i % 2}": {"n": i, "in": defaultdict(list, {"x": [i]})}, "sum": 1.5 * i},
    "weighted histogram with growing categories": lambda i: filled(i, "Weight"),
    "histogram of doubles": lambda i: {"h": filled(i, "Double")},
    "nothing in some blocks": lambda i: {"n": 1} if i % 2 else {},
}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", MAKERS)
def test_every_kind_of_output_is_added_as_coffea_adds_it(name: str, seed: int) -> None:
    """Same keys in the same order, same types, same values."""
    outputs = [MAKERS[name](index) for index in range(N_BLOCKS)]
    expected = processor.accumulate([MAKERS[name](index) for index in range(N_BLOCKS)])
    same(merged(outputs, seed=seed), expected)


def test_awkward_arrays_are_added_element_by_element() -> None:
    """Our own rule would join them; coffea adds them, as long as there are two."""
    found = merged([ak.Array([[1, 2], [], [i]]) for i in range(3)], seed=0)
    assert found.to_list() == [[3, 6], [], [3]]


def test_what_a_block_put_out_is_left_as_it_was() -> None:
    """A processor may fill the same objects again; a block of its own gives them back."""
    output = defaultdict(list, {"x": [1]})
    found = merged([output], seed=0)
    found["x"].append(2)
    assert found["new"] == []
    assert output == {"x": [1]}


def test_none_on_one_side_gives_way() -> None:
    """Coffea drops what is None before it adds."""
    assert merged([{"a": None}, {"a": 3}], seed=0) == {"a": 3}


def test_counters_beside_dicts_are_joined_whatever_comes_first() -> None:
    """Coffea refuses some orders; here a mapping of the other type has the sum of both."""
    outputs: list[Any] = [Counter(a=1), Counter(a=2, b=1), {"c": 5, "a": 0.5}, defaultdict(int, d=1)]
    for order in permutations(outputs):
        found = merged(list(order), seed=0)
        assert type(found) is defaultdict
        assert found == {"a": 3.5, "b": 1, "c": 5, "d": 1}


def test_what_cannot_be_added_is_told_by_the_users_types() -> None:
    """Nobody knows what stands in for his objects here, nor under which key."""
    lists = {"x": [1]}
    with pytest.raises(MergeError, match=r"^output 'x': adding a Counter and a mapping of something else raised Type"):
        merged([lists, Counter(x=1)], seed=0)
    with pytest.raises(MergeError, match=r"^output 'output'\['c'\]: a value of type collections.Counter in one block"):
        merged_one_by_one([{"c": Counter(x=1)}, {"c": 5}])
    with pytest.raises(MergeError, match=r"^output 'output'\['c'\]: the `\+` of Counter raised TypeError"):
        merged_one_by_one([{"c": Counter(x=1)}, {"c": Counter(x="a")}])
    with pytest.raises(MergeError, match=r"^output 'output'\['a'\]: the `\+` of Array raised"):
        merged_one_by_one([{"a": ak.Array([1, 2])}, {"a": ak.Array([1, 2, 3])}])
    with pytest.raises(
        MergeError, match=r"type numpy.ndarray and shape \(1,\) in one .* numpy.ndarray and shape \(\) in"
    ):
        merged_one_by_one([{"a": np.array([1])}, {"a": np.array(1)}])
    with pytest.raises(
        MergeError, match=r"a value of type int in one block and a value of type collections.defaultdict"
    ):
        merged_one_by_one([{"a": 5}, {"a": defaultdict(int)}])
    with pytest.raises(MergeError, match=r"awkward\.\S*Array in one block and a value of type int in another"):
        merged_one_by_one([{"a": ak.Array([1, 2])}, {"a": 5}])


def test_what_stands_in_has_no_name_of_its_own() -> None:
    """Whoever looks while a query runs sees the user's keys and types."""
    state = merged_one_by_one([{"c": Counter(x=1), "d": defaultdict(int, y=1), "a": ak.Array([1])}])
    told = {(each.name, each.what) for each in state.outline()}
    assert told == {
        ("output/c", "Counter"), ("output/d", "defaultdict"), ("output/d/y", "number"), ("output/a", "Array")
    }  # fmt: skip


def merged_one_by_one(outputs: list[Any]) -> OutputState:
    """Merge in the order of blocks, so that what is complained about is known."""
    state = OutputState()
    for index, output in enumerate(outputs):
        state.add_block(Block(file=0, index=index, first=0, stop=1), {"output": accumulated(output)})
    return state
