"""Numpy arrays as outputs."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from overproof.outputs.kinds.registry import lift
from overproof.words.errors import MergeError


def total(*arrays: Any) -> Any:
    """Add arrays one by one."""
    states = [lift(array, position=(0, i, 0), where="a") for i, array in enumerate(arrays)]
    for state in states[1:]:
        states[0].plan(state, where="'a'")()  # type: ignore[union-attr]
    return states[0].value()  # type: ignore[union-attr]


@pytest.mark.parametrize("shape", [(), (0,), (7,), (3, 4), (2, 0, 3)])
@pytest.mark.parametrize("dtype", ["f8", "f4", "f2", "c16", "c8", "i8", "u2", "i1"])
def test_shape_and_dtype_are_kept(dtype: str, shape: tuple[int, ...]) -> None:
    """Sums of small whole numbers are numpy's own, in the same shape and dtype."""
    rng = np.random.default_rng(1)
    arrays = [rng.integers(0, 9, size=shape).astype(dtype) for _ in range(5)]
    result = total(*(np.asarray(array) for array in arrays))
    assert result.dtype == np.dtype(dtype)
    assert result.shape == shape
    assert np.array_equal(result, sum(arrays[1:], arrays[0]))


def test_doubles_are_summed_as_fsum_does() -> None:
    """Element by element, rounded once; also of strided and transposed arrays."""
    rng = np.random.default_rng(2)
    arrays = [(rng.normal(size=(8, 6)) * 10.0 ** rng.integers(-9, 9, size=(8, 6)))[::2].T for _ in range(40)]
    expected = [math.fsum(column) for column in np.stack(arrays).reshape(40, -1).T.tolist()]
    assert total(*arrays).ravel().tolist() == expected


@pytest.mark.parametrize("n_cells", [1, 50, 4000, 5000])
def test_arrays_that_wait_are_summed_as_others_are(n_cells: int, at_random: Any) -> None:
    """However many arrays are added in one go, sent in between, or looked at: the sum is that of fsum, in any order."""
    rng = np.random.default_rng(n_cells)
    n_arrays = 300 if n_cells == 50 else 12
    arrays = rng.normal(size=(n_arrays, n_cells)) * 10.0 ** rng.integers(-30, 30, size=(n_arrays, n_cells))
    arrays[rng.random(arrays.shape) < 0.2] = 0.0
    arrays[0, 0] = -np.inf
    expected = [math.fsum(column) for column in arrays.T.tolist()]
    for seed in range(3):
        state = at_random({(0, i): {"a": array} for i, array in enumerate(arrays)}, seed)
        assert state.value()["a"].tolist() == expected
        copy = state.copy()
        assert copy.value()["a"].tolist() == state.value()["a"].tolist() == expected


def test_float32_rounds_once() -> None:
    """Ten million ones and a small one: numpy's float32 sum would stop at 2**24."""
    result = total(np.array([2.0**24], "f4"), np.array([1.0], "f4"), np.array([1.0], "f4"), np.array([2.0**-20], "f4"))
    assert result.tolist() == [2.0**24 + 2]


def test_integers_never_wrap() -> None:
    """Sums beyond the dtype come in a wider one."""
    wide = total(*[np.array([2**31 - 1, 1], "i4")] * 2)
    assert (wide.dtype, wide.tolist()) == (np.int64, [2**32 - 2, 2])
    unsigned = total(*[np.array([2**63], "u8"), np.array([2**63 - 1], "u8")])
    assert (unsigned.dtype, unsigned.tolist()) == (np.uint64, [2**64 - 1])
    assert total(*[np.array([-(2**63)])] * 3).tolist() == [-3 * 2**63]


@pytest.mark.parametrize(
    ("numbers", "dtype"),
    [([1, 2], "i8"), ([1, 2**63], "u8"), ([-1, 2**63], "i8"), ([-(2**63), 2**64 - 1, -(2**63)], "i8")],
)
def test_integers_stay_integers(numbers: list[int], dtype: str) -> None:
    """Of int64 and uint64 numpy would make float64; the sum comes in the 64-bit type that holds it."""
    result = total(*(np.array([n], "u8" if n > 1 else "i8") for n in numbers))
    assert (result.dtype, result.tolist()) == (np.dtype(dtype), [sum(numbers)])


def test_integers_that_no_type_holds_are_pythons() -> None:
    """One cell below zero and one beyond int64: no 64-bit type has both."""
    assert total(np.array([-5, 1]), np.array([0, 2**64 - 1], "u8")).tolist() == [-5, 2**64]


def test_truths_are_joined_by_or() -> None:
    """Numpy's own + of bool arrays."""
    assert total(np.array([True, True, False]), np.array([True, False, False])).tolist() == [True, True, False]


DTYPES = ("?", "i1", "u2", "i4", "i8", "u8", "f2", "f4", "f8", "c8", "c16")


@pytest.mark.parametrize("other", DTYPES)
@pytest.mark.parametrize("one", DTYPES)
def test_dtypes_are_mixed_as_numpy_mixes_them(one: str, other: str) -> None:
    """Small whole numbers: numpy's sum and dtype, whichever came first; integers stay integers."""
    first, second = np.array([1, 0, 1]).astype(one), np.array([1, 0, 0]).astype(other)
    integers = {one, other} in ({"i8", "u8"}, {"i1", "u8"}, {"i4", "u8"})
    expected = (first + second).astype("i8") if integers else first + second
    for result in (total(first, second), total(second, first)):
        assert result.dtype == expected.dtype
        assert result.tolist() == expected.tolist()


@pytest.mark.parametrize("n_cells", [2, 5000])
def test_mixed_dtypes_are_summed_exactly_in_any_order(n_cells: int, at_random: Any) -> None:
    """Integers beyond what doubles hold, of both signs, and floats: the sum of fractions, rounded once."""
    rng = np.random.default_rng(n_cells)
    arrays: list[Any] = [rng.integers(-(2**63), 2**63 - 1, size=n_cells) for _ in range(6)]
    arrays += [rng.integers(0, 2**64 - 1, size=n_cells, dtype="u8") for _ in range(3)]
    arrays += [rng.normal(size=n_cells) * 10.0 ** rng.integers(-9, 19, size=n_cells) for _ in range(6)]
    arrays += [rng.random(n_cells) < 0.5, rng.normal(size=n_cells).astype("f4")]
    columns = zip(*(array.tolist() for array in arrays), strict=True)
    expected = [float(sum(map(Fraction, column))) for column in columns]
    for seed in range(3):
        found = at_random({(0, i): {"a": array} for i, array in enumerate(arrays)}, seed).value()["a"]
        assert found.dtype == np.float64
        assert found.tolist() == expected


def test_integers_cost_floats_nothing() -> None:
    """What is far below a negative integer is still there when that is gone."""
    tiny = np.array([2.0**-100])
    assert total(np.array([-1]), np.array([1.0]), tiny).tolist() == [2.0**-100]
    assert total(np.array([1]), tiny, np.array([-1.0])).tolist() == [2.0**-100]


def test_arrays_of_other_shapes_are_refused() -> None:
    """Nothing is broadcast."""
    with pytest.raises(MergeError, match="shapes"):
        total(np.zeros(3), np.zeros(4))


def test_nothing_is_changed_by_asking() -> None:
    """A value in between does not count the integers twice."""
    state = lift(np.array([1.5]), position=(0, 0, 0), where="a")
    assert state is not None
    state.plan(lift(np.array([2]), position=(0, 1, 0), where="a"), where="'a'")()
    assert state.value().tolist() == state.copy().value().tolist() == state.value().tolist() == [3.5]


def test_the_array_is_copied() -> None:
    """What the selector does to its array later does not reach the sum."""
    array = np.ones(3)
    state = lift(array, position=(0, 0, 0), where="a")
    array[:] = 7
    assert state is not None
    state.value()[:] = 9
    assert state.value().tolist() == [1, 1, 1]


@pytest.mark.parametrize("array", [np.array([np.longdouble(1)]), np.array(["1"], dtype=object)])
def test_other_dtypes_are_added_by_their_own_plus(array: Any) -> None:
    """Long doubles and objects go along the fixed tree."""
    assert total(array, array).tolist() == (array + array).tolist()
