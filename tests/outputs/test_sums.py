"""Order-free sums of doubles."""

from __future__ import annotations

import math
import pickle
import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from overproof.outputs.sums import PRODUCT_WORDS, ExactSum

FINITE = st.floats(allow_nan=False, allow_infinity=False)
ANY = st.floats()
LARGEST = math.ldexp(2**53 - 1, 971)
NEAR = st.builds(math.ldexp, st.integers(-(2**53), 2**53), st.integers(-30, 30))
LISTS = settings(max_examples=150, deadline=None)


def state_of(rows: list[list[float]]) -> ExactSum:
    """Add one row a summand, in order."""
    total = ExactSum.zeros(len(rows[0]))
    for row in rows:
        total.merge(ExactSum.of(np.array(row, dtype=np.float64)))
    return total


def nearest(exact: Fraction) -> float:
    """Round a fraction to the nearest double: Python's division of integers rounds once, but not into infinity."""
    if abs(exact) >= 2**1024 - 2**970:  # the tie between the largest double and 2**1024, which is even
        return math.inf if exact > 0 else -math.inf
    return exact.numerator / exact.denominator


def words_of(total: ExactSum) -> tuple[bytes, bytes]:
    return total.index.tobytes(), total.words.tobytes()


@LISTS
@given(st.lists(NEAR, min_size=1, max_size=30))
def test_a_sum_of_like_sizes_is_the_exact_sum_rounded_once(numbers: list[float]) -> None:
    """Within 2**128 of each other, doubles add up to what `math.fsum` gives, sign of zero aside."""
    assert state_of([[x] for x in numbers]).rounded()[0] == math.fsum(numbers)


@LISTS
@given(st.lists(FINITE, min_size=1, max_size=20))
def test_the_error_is_bounded_by_the_largest_summand(numbers: list[float]) -> None:
    """Whatever the sizes, each summand is cut at 2**-128 of the largest at most."""
    ((total, exponent),) = state_of([[x] for x in numbers]).integers()
    error = abs(total * Fraction(2) ** exponent - sum(map(Fraction, numbers)))
    assert error <= len(numbers) * Fraction(max(map(abs, numbers))) / 2**128


@LISTS
@given(st.lists(FINITE, min_size=1, max_size=5))
@example([LARGEST, 2.0**970])
@example([-LARGEST, -(2.0**970)])
@example([LARGEST, 2.0**970, -(2.0**900)])
@example([LARGEST, math.nextafter(2.0**970, 0)])
@example([LARGEST, LARGEST, -LARGEST, 2.0**971])
def test_rounding_is_to_the_nearest_of_the_state(numbers: list[float]) -> None:
    """The double given is the one nearest to the integer that the words stand for, overflow and subnormals included."""
    total = state_of([[x] for x in numbers])
    ((integer, exponent),) = total.integers()
    assert total.rounded()[0] == nearest(integer * Fraction(2) ** exponent)


@LISTS
@given(st.lists(st.lists(ANY, min_size=3, max_size=3), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_any_order_and_any_tree_give_the_same_words(rows: list[list[float]], dice: random.Random) -> None:
    """The whole state, not only its rounding, is a function of the set of summands."""
    expected = words_of(state_of(rows))
    states = [ExactSum.of(np.array(row)) for row in rows]
    while len(states) > 1:
        one = states.pop(dice.randrange(len(states)))
        states[dice.randrange(len(states))].merge(one)
    total = states[0]
    total.merge(ExactSum.zeros(3))
    assert words_of(total) == expected


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([1e300, 1e-300, -1e300, -1e-300], 0.0),
        ([1e16, 1.0, -1e16], 1.0),
        ([2.0**53, 1.0], 2.0**53),
        ([2.0**53, 1.0, 2.0**-60], 2.0**53 + 2),
        ([5e-324] * 3, 1.5e-323),
        ([1.7976931348623157e308, 1.7976931348623157e308, -1.7976931348623157e308], 1.7976931348623157e308),
        ([1.7976931348623157e308] * 2, math.inf),
        ([-1.7976931348623157e308] * 2, -math.inf),
        ([math.inf, -1.0], math.inf),
        ([-math.inf, 1e308], -math.inf),
        ([math.inf, -math.inf], math.nan),
        ([math.nan, 1.0], math.nan),
        ([-0.0, -0.0], 0.0),
        ([], 0.0),
    ],
)
def test_corner_cases(numbers: list[float], expected: float) -> None:
    """Cancelling, ties, subnormals, overflow and specials come out as IEEE would have the exact sum; zero is +0.0."""
    total = ExactSum.zeros(1)
    for number in numbers:
        total.merge(ExactSum.of(np.array([number])))
    result = float(total.rounded()[0])
    assert (math.isnan(result) and math.isnan(expected)) or result == expected
    assert result != 0 or math.copysign(1, result) == 1


@LISTS
@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1, max_size=12))
def test_rounding_to_float32_happens_once(numbers: list[float]) -> None:
    """Rounded to 24 bits, no float32 is nearer to the sum; no double rounding through float64."""
    total = state_of([[x] for x in numbers])
    ((integer, exponent),) = total.integers()
    exact = integer * Fraction(2) ** exponent
    with np.errstate(over="ignore"):
        result = np.float32(total.rounded(24, -149)[0])
        neighbours = [np.nextafter(result, np.float32(side * np.inf)) for side in (1, -1)]
    if np.isinf(result):
        assert abs(exact) >= Fraction(float(np.finfo(np.float32).max)) + Fraction(2) ** 103
        return
    distance = abs(Fraction(float(result)) - exact)
    assert all(distance <= abs(Fraction(float(each)) - exact) for each in neighbours if np.isfinite(each))


def test_float32_ties_are_not_rounded_twice() -> None:
    """1 + 2**-24 + 2**-60 is above the tie in the exact sum, and on it after rounding to double."""
    total = state_of([[1.0], [2.0**-24], [2.0**-60]])
    assert total.rounded(24, -149)[0] == 1 + 2.0**-23


def test_large_and_sparse_states_agree_with_fsum() -> None:
    """Chunks and the path for sparse states give, cell by cell, what `math.fsum` gives."""
    rng = np.random.default_rng(7)
    rows = rng.normal(size=(6, 20_000)) * 10.0 ** rng.integers(-12, 12, size=(6, 20_000))
    rows[:, rng.random(20_000) < 0.5] = 0
    rows[3:, rng.random(20_000) < 0.95] = 0
    total = ExactSum.zeros(20_000)
    for row in rows:
        total.merge(ExactSum.of(row))
    assert total.rounded().tolist() == [math.fsum(column) for column in rows.T.tolist()]


def test_regrouping_adds_cells() -> None:
    """Cells sent to one place add up there, exactly; a place that nobody is sent to stays zero."""
    cells = ExactSum.of(np.array([1e16, 1.0, -1e16, 3.0, np.inf]))
    targets = np.array([2, 2, 2, 0, 3])
    assert cells.regrouped(lambda where: targets[where], 5).rounded().tolist() == [3.0, 0.0, 1.0, np.inf, 0.0]


def test_folding_adds_every_nth_cell() -> None:
    """Folding a row of terms is the same as merging the terms."""
    terms = np.array([[1e30, 1.0, 0.0], [-1e30, 1e-30, 5.0]])
    assert words_of(ExactSum.of(terms.ravel()).folded(3)) == words_of(state_of(terms.tolist()))


@pytest.mark.parametrize("values", [[0.0, 1e300, -3.0, np.nan], [0.0] * 50 + [1e-300, -np.inf], [], [0.0]])
def test_pickling_keeps_every_word(values: list[float]) -> None:
    """Zeros do not travel, and come back as zeros."""
    total = ExactSum.of(np.array(values, dtype=np.float64), PRODUCT_WORDS)
    assert words_of(pickle.loads(pickle.dumps(total))) == words_of(total)


def test_a_cell_takes_six_words() -> None:
    """The state is at most six words a bin."""
    assert ExactSum.zeros(1000).size_bytes == 1000 * 6 * 8
