"""The table of functions: guards, whole numbers, completeness."""

from __future__ import annotations

import math

import numpy as np
import pytest

from overproof.analysis.draw.language.vocabulary import FUNCTIONS
from overproof.analysis.draw.resolve import BINARY_KERNELS, UNARY_KERNELS
from overproof.columns.kernels.functions import kernel, kernel_names

NAN, INF = math.nan, math.inf
SMALLEST = -9.223372036854775808e18

# What ROOT 6.40's TTreeFormula gives for x = 1.5, -4, 0, 1e10, 0.3, NaN, infinity, -2.5.
ARGUMENTS = np.array([1.5, -4.0, 0.0, 1e10, 0.3, NAN, INF, -2.5])
CUBE_ROOTS = [1.1447142425533317, -1.5874010519681996, 0.0, 2154.4346900318837, 0.6694329500821694]
ROOT_VALUES = {
    "guarded_sqrt": [1.224744871391589, 2.0, 0.0, 1e5, 0.5477225575051661, NAN, INF, 1.5811388300841898],
    "guarded_log": [0.4054651081081644, 0.0, 0.0, 23.025850929940457, -1.2039728043259361, 0.0, INF, 0.0],
    "guarded_log10": [0.17609125905568124, 0.0, 0.0, 10.0, -0.5228787452803376, 0.0, INF, 0.0],
    "guarded_exp": [
        4.4816890703380645,
        0.01831563888873418,
        1.0,
        1.0142320547350045e304,
        1.3498588075760032,
        NAN,
        1.0142320547350045e304,
        0.0820849986238988,
    ],
    "guarded_acos": [0.0, 0.0, 1.5707963267948966, 0.0, 1.2661036727794992, NAN, 0.0, 0.0],
    "guarded_asin": [0.0, 0.0, 0.0, 0.0, 0.3046926540153975, NAN, 0.0, 0.0],
    "guarded_acosh": [0.9624236501192069, 0.0, 0.0, 23.7189981105004, 0.0, NAN, INF, 0.0],
    "guarded_atanh": [0.0, 0.0, 0.0, 0.0, 0.30951960420311175, NAN, 0.0, 0.0],
    "truncate_to_integer": [1.0, -4.0, 0.0, 1e10, 0.0, SMALLEST, SMALLEST, -2.0],
    "sign_or_one": [1.0, -1.0, 1.0, 1.0, 1.0, 1.0, 1.0, -1.0],
    "logical_not": [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    "truth": [1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0],
    "sqrt": [1.224744871391589, NAN, 0.0, 1e5, 0.5477225575051661, NAN, INF, NAN],
    "log": [0.4054651081081644, NAN, -INF, 23.025850929940457, -1.2039728043259361, NAN, INF, NAN],
    "round": [2.0, -4.0, 0.0, 1e10, 0.0, NAN, INF, -3.0],
    "rint": [2.0, -4.0, 0.0, 1e10, 0.0, NAN, INF, -2.0],
    "log2": [0.5849625007211562, NAN, -INF, 33.219280948873624, -1.7369655941662063, NAN, INF, NAN],
    "cbrt": [*CUBE_ROOTS, NAN, INF, -1.3572088082974532],
    "is_nan": [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0],
    "nearest_integer": [2.0, -4.0, 0.0, -2147483648.0, 0.0, -2147483648.0, -2147483648.0, -2.0],
    "floor_integer": [1.0, -4.0, 0.0, -2147483648.0, 0.0, -2147483648.0, -2147483648.0, -3.0],
    "ceil_integer": [2.0, -4.0, 0.0, -2147483648.0, 1.0, -2147483648.0, -2147483648.0, -2.0],
    "is_finite": [1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 1.0],
    "is_even": [0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
    "is_odd": [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    "sign_bit": [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0],
}
ROOT_VALUES_WITH = {
    ("guarded_divide", 0.0): [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    ("pow", 0.5): [1.224744871391589, NAN, 0.0, 1e5, 0.5477225575051661, NAN, INF, NAN],
    ("pow", -1.0): [0.6666666666666666, -0.25, INF, 1e-10, 3.3333333333333335, NAN, 0.0, -0.4],
    ("fmod", 2.0): [1.5, 0.0, 0.0, 0.0, 0.3, NAN, NAN, -0.5],
    ("guarded_atan2", 0.0): [
        1.5707963267948966,
        -1.5707963267948966,
        0.0,
        1.5707963267948966,
        1.5707963267948966,
        -1.5707963267948966,
        1.5707963267948966,
        -1.5707963267948966,
    ],
    ("min", 1.0): [1.0, -4.0, 0.0, 1.0, 0.3, NAN, 1.0, -2.5],
    ("max", 1.0): [1.5, 1.0, 1.0, 1e10, 1.0, NAN, INF, 1.0],
    ("tmath_max", 1.0): [1.5, 1.0, 1.0, 1e10, 1.0, 1.0, INF, 1.0],
    ("remainder", 2.0): [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    ("bit_and", 3.0): [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0],
}
WHOLE = np.array([7.0, -7.0, 0.0, 2.0, 3.0, 5.0, 6.0, 1.0])
ROOT_WHOLE = {
    ("remainder", 3.0): [1.0, -1.0, 0.0, 2.0, 0.0, 2.0, 0.0, 1.0],
    ("shift_left", 2.0): [28.0, 1.8446744073709552e19, 0.0, 8.0, 12.0, 20.0, 24.0, 4.0],
    ("shift_right", 1.0): [3.0, 9.223372036854776e18, 0.0, 1.0, 1.0, 2.0, 3.0, 0.0],
    ("bit_and", 3.0): [3.0, 1.0, 0.0, 2.0, 3.0, 1.0, 2.0, 1.0],
    ("bit_or", 4.0): [7.0, 1.8446744073709552e19, 4.0, 6.0, 7.0, 5.0, 6.0, 5.0],
}

# What ROOT 6.40 gives with more arguments, the first ones of x.
ROOT_VALUES_BEFORE = {
    ("gauss", (0.0, 1.0, 0.0)): [
        0.32465246735834974,
        0.00033546262790251185,
        1.0,
        0.0,
        0.9559974818331,
        NAN,
        0.0,
        0.04393693362340742,
    ],
    ("gauss", (1.0, 2.0, 1.0)): [
        0.19333405840142465,
        0.00876415024678427,
        0.17603266338214976,
        0.0,
        0.18762017345846896,
        NAN,
        0.0,
        0.043138659413255766,
    ],
    ("breit_wigner", (1.0, 2.0)): [
        0.25464790894703254,
        0.012242687930145796,
        0.15915494309189535,
        3.1830988624745266e-21,
        0.21363079609650382,
        NAN,
        0.0,
        0.024023387636512503,
    ],
}
# And for angles and other numbers of moderate size: x = 1.5, -4, 0, 0.3, -2.5, 3.5, 7, -3.1415927, -9.7.
ANGLES = np.array([1.5, -4.0, 0.0, 0.3, -2.5, 3.5, 7.0, -3.1415927, -9.7])
ROOT_ANGLES = {
    ("phi_around_zero", ()): [
        1.5,
        2.2831853071795862,
        0.0,
        0.3,
        -2.5,
        -2.7831853071795862,
        0.7168146928204138,
        3.1415926071795863,
        2.866370614359173,
    ],
    ("phi_from_zero", ()): [
        1.5,
        2.2831853071795862,
        0.0,
        0.3,
        3.7831853071795862,
        3.5,
        0.7168146928204138,
        3.1415926071795863,
        2.866370614359173,
    ],
    ("logb", ()): [0.0, 2.0, -INF, -2.0, 1.0, 1.0, 2.0, 1.0, 3.0],
    ("rint", ()): [2.0, -4.0, 0.0, 0.0, -2.0, 4.0, 7.0, -3.0, -10.0],
    ("fdim", (1.0,)): [0.5, 0.0, 0.0, 0.0, 0.0, 2.5, 6.0, 0.0, 0.0],
    ("ieee_remainder", (2.0,)): [-0.5, -0.0, 0.0, 0.3, -0.5, -0.5, -1.0, 0.8584073000000001, 0.3000000000000007],
}


@pytest.mark.parametrize(("name", "others"), ROOT_VALUES_BEFORE)
def test_distributions_are_roots(name: str, others: tuple[float, ...]) -> None:
    """Law: distributions give ROOT's value to the last bit."""
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(kernel(name)(ARGUMENTS, *others), ROOT_VALUES_BEFORE[name, others])


@pytest.mark.parametrize(("name", "others"), ROOT_ANGLES)
def test_angles_are_roots(name: str, others: tuple[float, ...]) -> None:
    """Law: angles come back into their range as in ROOT, to the last bit."""
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(kernel(name)(ANGLES, *others), ROOT_ANGLES[name, others])


def test_angles_of_many_turns_come_to_an_end() -> None:
    """Law: where ROOT never returns, an angle is somewhere in its range, or NaN."""
    with np.errstate(all="ignore"):
        far = kernel("phi_around_zero")(np.array([1e10, -1e300, INF, NAN]))
    assert np.all((far[:2] >= -math.pi) & (far[:2] < math.pi))
    assert np.all(np.isnan(far[2:]))


@pytest.mark.parametrize("name", ROOT_VALUES)
def test_guards_are_roots(name: str) -> None:
    """Law: each function gives ROOT's value to the last bit, where there is no value too."""
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(kernel(name)(ARGUMENTS), ROOT_VALUES[name])


@pytest.mark.parametrize(("name", "second"), ROOT_VALUES_WITH)
def test_guards_of_two_arguments_are_roots(name: str, second: float) -> None:
    """Law: functions of two arguments give ROOT's value to the last bit."""
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(kernel(name)(ARGUMENTS, second), ROOT_VALUES_WITH[name, second])


@pytest.mark.parametrize(("name", "second"), ROOT_WHOLE)
def test_whole_numbers_are_roots(name: str, second: float) -> None:
    """Law: remainders and bits go through 64-bit integers, negative ones wrapping around, as in ROOT."""
    np.testing.assert_array_equal(kernel(name)(WHOLE, second), ROOT_WHOLE[name, second])


def test_remainder_by_zero_is_zero() -> None:
    """Law: where ROOT dies, there is a zero; the smallest integer by -1 does not overflow."""
    np.testing.assert_array_equal(kernel("remainder")(np.array([5.0, SMALLEST]), np.array([0.0, -1.0])), [0.0, 0.0])


def test_every_name_of_the_language_has_a_kernel() -> None:
    """Law: the parser promises nothing that cannot be computed, and no kernel is without a use."""
    used = {function.kernel for function in FUNCTIONS.values()}
    used |= {*BINARY_KERNELS.values(), *UNARY_KERNELS.values(), "truth"}
    assert used <= kernel_names()
    for name in used:
        assert callable(kernel(name))


def test_scalars_work_as_arrays_do() -> None:
    """Law: constants are computed by the same functions."""
    for name, function in FUNCTIONS.items():
        arguments = [0.5, 0.25, 2.0, 1.0][: function.n_arguments]
        with np.errstate(all="ignore"):
            alone = kernel(function.kernel)(*map(np.float64, arguments))
            many = kernel(function.kernel)(*(np.full(3, argument) for argument in arguments))
        np.testing.assert_array_equal(many, alone, err_msg=name)
