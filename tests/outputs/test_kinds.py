"""Dicts, counters, sets, sequences, tables and objects with a +: any way of merging gives one value."""

from __future__ import annotations

import pickle
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from itertools import permutations
from typing import Any

import awkward as ak
import hist
import numpy as np
import pytest

from overproof.outputs.kinds.registry import lift
from overproof.outputs.state import OutputState
from overproof.words.errors import MergeError

POSITIONS = [(file, index) for file in range(4) for index in range(9) if (file, index) not in {(1, 3), (2, 0)}]


class Trace:
    """An object whose + writes down how it was called; neither commutative nor associative."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __add__(self, other: Trace) -> Trace:
        return Trace(f"({self.text}+{other.text})")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Trace) and self.text == other.text

    __hash__ = None  # type: ignore[assignment]


def counter(rng: Any) -> Counter[str]:
    result: Counter[str] = Counter(rng.choice(list("abcdefg"), size=4).tolist())
    result.subtract(rng.choice(list("abcdefg"), size=4).tolist())
    return result


def nested(rng: Any) -> dict[str, Any]:
    result: defaultdict[str, Any] = defaultdict(dict)
    result[str(rng.integers(3))][str(rng.integers(5))] = float(rng.normal())
    return {"by key": result, "n": 1}


def table(rng: Any) -> Any:
    n = int(rng.integers(0, 4))
    return ak.Array({"x": rng.normal(size=n), "y": ak.unflatten(np.arange(2 * n), np.full(n, 2))})


MAKERS = {
    "counter": counter,
    "nested": nested,
    "set": lambda rng: set(rng.integers(0, 50, size=3).tolist()),
    "frozenset": lambda rng: frozenset(rng.choice(list("abcdefg"), size=3).tolist()),
    "list": lambda rng: [*rng.integers(9, size=2).tolist(), f"{rng.integers(9)}"],
    "tuple": lambda rng: (float(rng.normal()),),
    "text": lambda rng: str(rng.integers(9)),
    "bytes": lambda rng: bytes(rng.integers(0, 9, size=2).tolist()),
    "table": table,
    "fraction": lambda rng: Fraction(int(rng.integers(9)), 7),
    "duration": lambda rng: timedelta(seconds=float(rng.random())),
    "longdouble": lambda rng: np.longdouble(rng.normal()),
    "trace": lambda rng: Trace(str(rng.integers(9))),
}


@pytest.mark.parametrize("name", MAKERS)
def test_the_way_of_merging_never_shows(name: str, in_order: Any, at_random: Any) -> None:
    """Every kind of output is a function of the set of blocks: values, orders of keys, and pickles."""
    outputs = {p: {"o": MAKERS[name](np.random.default_rng([*p, 3]))} for p in POSITIONS}
    expected = in_order(outputs).value()["o"]
    for seed in range(8):
        result = at_random(outputs, seed).value()["o"]
        assert type(result) is type(expected)
        assert pickle.dumps(result) == pickle.dumps(expected)
        if isinstance(result, dict):
            assert list(result) == list(expected)


def merged(*values: Any, where: Any = None) -> Any:
    """Merge values of blocks 0, 1, 2 ... of file 0."""
    states = [lift(value, position=(0, i, 0), where="'o'") for i, value in enumerate(values)]
    for state in states[1:]:
        states[0].plan(state, where="'o'")()  # type: ignore[union-attr]
    return states[0].value()  # type: ignore[union-attr]


def test_counters_keep_what_is_not_positive() -> None:
    """Counter's own + drops zero and negative counts; a sum of blocks must not."""
    result = merged(Counter({"b": 2, "a": 1}), Counter({"a": -1, "c": -5}))
    assert type(result) is Counter
    assert list(result.items()) == [("b", 2), ("a", 0), ("c", -5)]


def test_counts_may_be_weights() -> None:
    """Float counts are summed exactly."""
    assert merged(Counter(a=1e16), Counter(a=1.0), Counter(a=-1e16))["a"] == 1.0  # type: ignore[call-overload]


@pytest.mark.parametrize("one", [np.arange(3.0), np.arange(3), hist.Hist.new.Reg(2, 0, 1).Double().fill([0.2])])
def test_sums_may_begin_with_zero(one: Any, at_random: Any) -> None:
    """Python's 0 adds nothing to arrays and histograms, wherever it comes; what adds up to 0, and is none, does not."""
    values: list[Any] = [0, one, 0, one, 0]
    for seed in range(5):
        found = at_random({(0, i): {"a": value} for i, value in enumerate(values)}, seed).value()["a"]
        assert type(found) is type(one)
        assert np.array_equal(np.asarray(found), np.asarray(one + one))
    for others in ((1, -1), (0.0,), (np.int64(0),), (False,)):
        for mixed in permutations([0, *others, one]):
            with pytest.raises(MergeError, match="cannot be added"):
                merged(*({"a": value} for value in mixed))


def test_dicts_come_out_plain() -> None:
    """A defaultdict becomes a dict of the same content."""
    result = merged(defaultdict(int, {"a": 1}), {"b": 2, "a": 1})
    assert (type(result), result) == (dict, {"a": 2, "b": 2})


def test_what_has_an_order_takes_it_from_position(at_random: Any) -> None:
    """Lists, text and tables are joined by file and block."""
    outputs = {p: {"l": [p], "s": f"{p[0]}{p[1]} ", "t": ak.Array([{"p": p[1], "q": [p[0]]}])} for p in POSITIONS}
    value = at_random(outputs, 4).value()
    assert value["l"] == POSITIONS
    assert value["s"] == "".join(f"{f}{i} " for f, i in POSITIONS)
    assert value["t"].to_list() == [{"p": i, "q": [f]} for f, i in POSITIONS]


def test_the_tree_is_dyadic_over_positions(at_random: Any) -> None:
    """Siblings are added left + right; missing blocks are as if they were not; then files, by the same scheme."""
    outputs = {p: {"o": Trace(f"{p[0]}.{p[1]}")} for p in [(0, 0), (0, 1), (0, 2), (0, 4), (2, 1), (3, 0)]}
    expected = "((((0.0+0.1)+0.2)+0.4)+(2.1+3.0))"
    assert {at_random(outputs, seed).value()["o"].text for seed in range(10)} == {expected}


def test_a_plus_that_fails_changes_nothing(block: Any) -> None:
    """The error of the user's + is told as one of ours, naming the output."""
    state = OutputState()
    state.add_block(block(0, 0), {"n": 1, "x": np.array(["a"], dtype=object)})
    with pytest.raises(MergeError, match=r"'x'.*raised TypeError"):
        state.add_block(block(0, 1), {"n": 1, "x": np.array([1], dtype=object)})
    assert (state.value()["n"], state.n_blocks) == (1, 1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1], (1,)),
        ([1], {1}),
        ({1}, frozenset({1})),
        (Counter(a=1), {"a": 1}),
        (1, "1"),
        (1.0, np.array(1.0)),
        (Fraction(1), timedelta(1)),
        (ak.Array([1]), [1]),
    ],
)
def test_kinds_do_not_mix(one: Any, other: Any, block: Any) -> None:
    """A key whose kind differs between blocks is refused by name, in both orders."""
    for first, second in ((one, other), (other, one)):
        state = OutputState()
        state.add_block(block(0, 0), {"o": first})
        with pytest.raises(MergeError, match="'o'"):
            state.add_block(block(0, 1), {"o": second})
        assert state.n_blocks == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ak.Array([1]), ak.Array(["x"])),
        (ak.Array([[1.0]]), ak.Array([1, None])),
        (ak.Array([{"p": 1}]), ak.Array([{"q": 1}])),
        (ak.Array([None, [1.0]]), ak.Array([{"p": 1}])),
    ],
)
def test_rows_of_different_types_are_refused_when_they_meet(one: Any, other: Any, block: Any) -> None:
    """By name, when the block comes and not when all work is done; also where a piece without a type came first."""
    for first, second in ((one, other), (other, one)):
        state = OutputState()
        state.add_block(block(0, 0), {"o": ak.Array([None])})
        state.add_block(block(0, 1), {"o": first})
        with pytest.raises(MergeError, match="'o'"):
            state.add_block(block(0, 2), {"o": second})
        assert len(state.value()["o"]) == 1 + len(first)


def test_rows_may_differ_in_what_is_missing_and_in_width(at_random: Any) -> None:
    """None, nothing, integers, floats and truths stand in one array, whoever comes first."""
    pieces = [[None], [1, None], [], [2.5], [np.float32(1)], [True], [4]]
    outputs = {(0, i): {"o": ak.Array(piece)} for i, piece in enumerate(pieces)}
    for seed in range(8):
        result = at_random(outputs, seed).value()["o"]
        assert str(result.type) == "7 * ?float64"
        assert result.to_list() == [None, 1, None, 2.5, 1, 1, 4]


def test_of_equal_keys_the_first_one_stays(at_random: Any) -> None:
    """1, 1.0 and True are one key; which of them it is follows from position, as all NaNs do that are one key."""
    ones = [1.0, True, 1, np.float64(1), 1]
    outputs = {(0, i): {"c": Counter({k: 1, float("nan"): 1}), "s": {k}, "d": {k: i}} for i, k in enumerate(ones)}
    for seed in range(12):
        value = at_random(outputs, seed).value()
        assert [(type(key), count) for key, count in value["c"].items()] == [(float, 5), (float, 5)]
        assert (list(map(type, value["s"])), list(map(type, value["d"])), value["d"]) == ([float], [float], {1: 10})


@dataclass(frozen=True)
class Cell:
    """Equal by content, without an order."""

    row: int


def test_sets_come_in_one_order_whatever_is_in_them(at_random: Any) -> None:
    """Frozensets sort by inclusion only, mixed types and NaNs not at all; the union iterates in one order anyway."""

    def elements(i: int) -> set[Any]:
        mixed = {
            frozenset({i, i % 2}),
            frozenset({i % 3}),
            None,
            (i % 2, "x"),
            str(i % 4),
            float("nan"),
            Cell(i % 3),
            7j,
        }
        return mixed | {i % 5, Unordered(i % 4)}

    outputs = {(0, i): {"o": elements(i)} for i in range(9)}
    expected = [shown(each) for each in at_random(outputs, 0).value()["o"]]
    assert expected.count("nan") == 1
    for seed in range(1, 12):
        assert [shown(each) for each in at_random(outputs, seed).value()["o"]] == expected


class Unordered:
    """Has no repr of its own but the one with the address."""

    def __init__(self, n: int) -> None:
        self.n = n

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unordered) and self.n == other.n

    def __hash__(self) -> int:
        return self.n


def shown(element: Any) -> str:
    return f"Unordered {element.n}" if isinstance(element, Unordered) else repr(element)


@pytest.mark.parametrize("value", [object(), iter([1]), {"a": object()}.keys(), Counter(a="b")])
def test_what_cannot_be_added_is_refused(value: Any) -> None:
    """No + means no output; the error names the type, or the count."""
    with pytest.raises(MergeError, match="'o'"):
        lift(value, position=(0, 0, 0), where="'o'")


def test_users_objects_are_never_changed() -> None:
    """Neither merging nor changing a value reaches what the selector returned."""
    first, second = {"l": [[1]], "s": {1}, "d": {"k": [2]}}, {"l": [[3]], "s": {4}, "d": {"k": [5]}}
    state = lift(first, position=(0, 0, 0), where="")
    assert state is not None
    state.plan(lift(second, position=(0, 1, 0), where=""), where="")()
    value = state.value()
    value["l"][0].append("changed")
    value["s"].add("changed")
    value["d"]["k"].append("changed")
    assert first == {"l": [[1]], "s": {1}, "d": {"k": [2]}}
    assert state.value() == {"l": [[1], [3]], "s": {1, 4}, "d": {"k": [2, 5]}}
