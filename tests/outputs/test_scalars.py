"""Numbers as outputs."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overproof.outputs.kinds.scalars import NumberSum


def total(*numbers: Any) -> Any:
    """Add numbers one by one."""
    state = NumberSum.of(numbers[0])
    for number in numbers[1:]:
        state.plan(NumberSum.of(number), where="n")()
    return state.value()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20), st.randoms())
def test_floats_are_exact_over_the_whole_range(numbers: list[float], dice: Any) -> None:
    """The sum is the exact one rounded once, whatever the sizes and the order."""
    exact = sum(map(Fraction, numbers))
    try:
        expected = exact.numerator / exact.denominator
    except OverflowError:
        expected = math.inf if exact > 0 else -math.inf
    shuffled = list(numbers)
    dice.shuffle(shuffled)
    assert total(*numbers) == total(*shuffled) == expected


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((1e300, 1e-300, -1e300), 1e-300),
        ((10**30, 1), 10**30 + 1),
        ((True, True, False), 2),
        ((1, 2.5), 3.5),
        ((2**53 + 1, 0.0, -1), 2.0**53),
        ((1, 2j, 0.5), 1.5 + 2j),
        ((math.inf, 1.0), math.inf),
        ((-math.inf, -math.inf), -math.inf),
        ((np.float32(1), np.float32(2**-24), np.float32(2**-24)), np.float32(1 + 2**-23)),
        ((np.float32(1), 1), np.float32(2)),
        ((np.float32(1), np.float64(1e-9)), np.float64(1 + 1e-9)),
        ((np.int32(1), np.int32(2)), np.int32(3)),
        ((np.uint8(3), np.uint8(4)), np.uint8(7)),
        ((np.int64(1), np.uint64(2)), np.int64(3)),
        ((np.int64(1), np.uint64(2**63), 1), np.uint64(2**63 + 2)),
        ((np.bool_(True), np.bool_(True)), np.bool_(True)),
        ((np.complex64(1 + 1j), np.complex64(1)), np.complex64(2 + 1j)),
        ((np.float16(2048), np.float16(1), np.float16(1)), np.float16(2050)),
    ],
)
def test_types_are_kept_or_promoted(numbers: tuple[Any, ...], expected: Any) -> None:
    """Python's types widen, numpy's keep their dtype or take the common one; the order never matters."""
    for result in (total(*numbers), total(*reversed(numbers))):
        assert result == expected
        assert type(result) is type(expected)


@pytest.mark.parametrize(("count", "kind"), [(3, np.int64), (2**60, int)])
def test_small_integers_never_wrap(count: int, kind: type) -> None:
    """A sum that its dtype cannot hold comes in the next one that can, at last in Python's."""
    numbers = (
        (np.int32(2**31 - 1),) * 3 if count == 3 else (np.int64(2**62), np.int64(2**62), np.int64(2**62), np.int64(-1))
    )
    expected = 3 * (2**31 - 1) if count == 3 else 3 * 2**62 - 1
    result = total(*numbers)
    assert result == expected
    assert isinstance(result, kind if count == 3 else (np.uint64, int))


def test_opposite_infinities_make_nan() -> None:
    """As IEEE has it, in any order."""
    assert math.isnan(total(math.inf, -math.inf))
    assert math.isnan(total(1.0, math.nan))
    assert math.isnan(total(complex(math.inf, 0), complex(-math.inf, 1)).real)


def test_common_dtype_does_not_depend_on_the_order() -> None:
    """Numpy promotes int16, uint16 and float16 differently in pairs; here the set of all decides."""
    numbers = [np.int16(1), np.uint16(1), np.float16(1)]
    kinds = {type(total(*order)) for order in (numbers, numbers[::-1], [numbers[1], numbers[2], numbers[0]])}
    assert len(kinds) == 1
