"""The one table of functions with which every path of a draw computes.

All arithmetic is in double. What numpy rounds correctly (+ - * / sqrt, comparisons, rounding to whole numbers) is
numpy's; everything transcendental is the C library's, as in ROOT, so that the last bit depends neither on numpy's
version nor on the processor's vector units.

Source: TTreeFormula::EvalInstance and TMath for the guards.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from overproof.columns.machine.libm import libm

Values: TypeAlias = Any
"""A double, or an array of doubles."""

Kernel: TypeAlias = Callable[..., Values]

_TWO_TO_63 = 2.0**63
_NEVER = float(-(2**63))
_TWO_TO_31 = 2.0**31
_LARGEST_EXPONENT = 700.0
_FAR_IN_SIGMAS = 39.0
_ROOT_OF_TWO_PI = 2.50662827463100024
_MANY_TURNS = 1e4
_TURN = 2 * math.pi


def kernel(name: str) -> Kernel:
    """Return the function behind a name of the plan.

    Raises:
        KeyError: no kernel has that name.
    """
    found = _KERNELS.get(name)
    if found is not None:
        return found
    if name in _SINGLE_LIBM:
        return functools.partial(_in_single, libm(name, _SINGLE_LIBM[name], in_single=True))
    return libm(name, _LIBM[name])


def kernel_names() -> frozenset[str]:
    """Return every name that `kernel` knows."""
    return frozenset(_KERNELS) | frozenset(_LIBM) | frozenset(_SINGLE_LIBM)


# -- numbers and truth -------------------------------------------------------------------------------------------


def _compare(ufunc: Kernel) -> Kernel:
    @functools.wraps(ufunc)
    def compare(left: Values, right: Values) -> Values:
        return ufunc(left, right).astype(np.float64)

    return compare


def _truth(x: Values) -> Values:
    return np.not_equal(x, 0.0).astype(np.float64)


def _logical_not(x: Values) -> Values:
    return np.equal(x, 0.0).astype(np.float64)


def _with_sign(x: Values) -> Values:
    """Keep a number whose sign can be read; NaN has none, since who made it decides over its bits, and becomes 0."""
    return np.where(np.isnan(x), 0.0, x)


def _copysign(size: Values, sign: Values) -> Values:
    return np.copysign(size, _with_sign(sign))


def _sign_bit(x: Values) -> Values:
    return np.signbit(_with_sign(x)).astype(np.float64)


def _with_one_nan(function: Kernel) -> Kernel:
    """Make a function take all NaNs for the same: some have a value in C where others have none."""

    def compute(left: Values, right: Values) -> Values:
        found = function(left, right)
        if np.isnan(found).any():
            left, right = (np.where(np.isnan(each), np.nan, each) for each in (left, right))
            found = function(left, right)
        return found

    return compute


def _extreme(is_beyond: Kernel) -> Kernel:
    """Make the larger or smaller of two: NaN where one is, the second of equal ones, as for 0.0 and -0.0.

    numpy leaves open which one, and its answer depends on the place in the array.
    """

    def choose(left: Values, right: Values) -> Values:
        return np.where(is_beyond(left, right) | np.isnan(left), left, right)

    return choose


def _extreme_number(is_beyond: Kernel) -> Kernel:
    """Make the larger or smaller of two: the other one where one is NaN, the second of equal ones, as in C on x86."""

    def choose(left: Values, right: Values) -> Values:
        return np.where(is_beyond(left, right) | np.isnan(right), left, right)

    return choose


def _guarded_divide(left: Values, right: Values) -> Values:
    """Divide; by zero is zero."""
    quotient = np.divide(left, right)
    by_zero = np.equal(right, 0.0)
    return np.where(by_zero, 0.0, quotient) if np.any(by_zero) else quotient


# -- whole numbers: ROOT goes through 64-bit integers here --------------------------------------------------------


def to_integers(x: Values) -> Values:
    """Cast as the processor does: towards zero, and everything that does not fit to the smallest integer."""
    x = np.asarray(x, dtype=np.float64)
    fits = (x >= _NEVER) & (x < _TWO_TO_63)
    return np.where(fits, x, _NEVER).astype(np.int64)


def _to_bits(x: Values) -> Values:
    """Cast to 64 bits without sign; negative numbers wrap around."""
    x = np.asarray(x, dtype=np.float64)
    high = x >= _TWO_TO_63
    low_bits = to_integers(np.where(high, x - _TWO_TO_63, x)).view(np.uint64)
    return np.where(high, low_bits ^ np.uint64(2**63), low_bits)


def _truncate_to_integer(x: Values) -> Values:
    return to_integers(x).astype(np.float64)


def _remainder(left: Values, right: Values) -> Values:
    """Take the remainder with the sign of the dividend; by zero, where ROOT dies, it is zero."""
    dividend, divisor = np.broadcast_arrays(to_integers(left), to_integers(right))
    undefined = (divisor == 0) | (divisor == -1)  # by -1 is always 0, and overflows for the smallest integer
    rest = np.fmod(dividend, np.where(undefined, 1, divisor))
    return np.where(undefined, 0, rest).astype(np.float64)


def _bits(ufunc: Kernel) -> Kernel:
    @functools.wraps(ufunc)
    def combine(left: Values, right: Values) -> Values:
        return ufunc(_to_bits(left), _to_bits(right)).astype(np.float64)

    return combine


def _shift(ufunc: Kernel) -> Kernel:
    @functools.wraps(ufunc)
    def shift(left: Values, right: Values) -> Values:
        return ufunc(_to_bits(left), _to_bits(right) & np.uint64(63)).astype(np.float64)

    return shift


# -- single precision ------------------------------------------------------------------------------------------


def _to_single(x: Values) -> Values:
    return np.asarray(x).astype(np.float32).astype(np.float64)


def _in_single(function: Kernel, *arguments: Values) -> Values:
    return function(*(np.asarray(each).astype(np.float32) for each in arguments)).astype(np.float64)


# -- ROOT's guards -----------------------------------------------------------------------------------------------


def _guarded_sqrt(x: Values) -> Values:
    return np.sqrt(np.abs(x))


def _guarded_exp(x: Values) -> Values:
    """Compute exp, never beyond exp(700); below -700 it is zero."""
    result = libm("exp")(np.where(np.greater(x, _LARGEST_EXPONENT), _LARGEST_EXPONENT, x))
    return np.where(np.less(x, -_LARGEST_EXPONENT), 0.0, result)


def _zero_unless(name: str, allowed: Kernel) -> Kernel:
    def guarded(x: Values) -> Values:
        return np.where(allowed(x), libm(name)(x), 0.0)

    return guarded


def _is_positive(x: Values) -> Values:
    return np.greater(x, 0.0)


def _is_within_one(x: Values) -> Values:
    return ~np.greater(np.abs(x), 1.0)  # NaN passes, and stays NaN


def _is_at_least_one(x: Values) -> Values:
    return ~np.less(x, 1.0)


def _sign_or_one(x: Values) -> Values:
    return np.where(np.less(x, 0.0), -1.0, 1.0)


def _guarded_atan2(y: Values, x: Values) -> Values:
    on_axis = np.where(np.equal(y, 0.0), 0.0, np.where(np.greater(y, 0.0), math.pi / 2, -math.pi / 2))
    return np.where(np.equal(x, 0.0), on_axis, libm("atan2", 2)(y, x))


def _smaller(left: Values, right: Values) -> Values:
    return np.where(np.less(right, left), right, left)  # std::min, which keeps the first where one is NaN


def _larger(left: Values, right: Values) -> Values:
    return np.where(np.less(left, right), right, left)


def _tmath_min(left: Values, right: Values) -> Values:
    return np.where(np.less_equal(left, right), left, right)


def _tmath_max(left: Values, right: Values) -> Values:
    return np.where(np.greater_equal(left, right), left, right)


# -- ROOT's TMath and TVector2 -----------------------------------------------------------------------------------


def _integer_of_32_bits(x: Values) -> Values:
    """Keep a whole number that fits into 32 bits; what does not is the smallest of these."""
    return np.where(np.abs(x) < _TWO_TO_31, np.trunc(x), -_TWO_TO_31) + 0.0


def _is_odd(x: Values) -> Values:
    return (to_integers(x) & 1).astype(np.float64)


def _between(low: Values, high: Values, x: Values) -> Values:
    return np.where(np.less(x, low), low, np.where(np.greater(x, high), high, x))


def _gauss(x: Values, mean: Values, sigma: Values, is_normalised: Values) -> Values:
    argument = np.divide(np.subtract(x, mean), sigma)
    height = libm("exp")(-0.5 * argument * argument)
    height = np.where(np.abs(argument) > _FAR_IN_SIGMAS, 0.0, height)
    height = np.where(np.not_equal(is_normalised, 0.0), height / (_ROOT_OF_TWO_PI * sigma), height)
    return np.where(np.equal(sigma, 0.0), 1e30, height)


def _breit_wigner(x: Values, mean: Values, gamma: Values) -> Values:
    distance = np.subtract(x, mean)
    return np.divide(gamma, distance * distance + gamma * gamma / 4) / (2 * math.pi)


def _phi_between(low: float, high: float) -> Kernel:
    """Make what adds or subtracts full turns one by one, as ROOT does, since the last bit depends on it."""

    def into_range(x: Values) -> Values:
        angles = np.asarray(x, dtype=np.float64)
        near = np.where(
            np.abs(angles) < _MANY_TURNS, angles, np.fmod(angles, _TURN)
        )  # else ROOT takes hours, or no end
        phi = near.reshape(-1)
        above = np.flatnonzero(phi >= high)
        while len(above):
            phi[above] -= _TURN
            above = above[phi[above] >= high]
        below = np.flatnonzero(phi < low)
        while len(below):
            phi[below] += _TURN
            below = below[phi[below] < low]
        return phi.reshape(angles.shape)[()]

    return into_range


_LIBM: dict[str, int] = {
    **dict.fromkeys(("exp", "log", "log10", "log2", "log1p", "exp2", "expm1", "cbrt", "erf", "erfc"), 1),
    **dict.fromkeys(("sin", "cos", "tan", "asin", "acos", "atan", "tgamma", "lgamma", "round"), 1),
    **dict.fromkeys(("sinh", "cosh", "tanh", "asinh", "acosh", "atanh"), 1),
    "logb": 1,
    **dict.fromkeys(("fmod", "atan2", "fdim"), 2),
}
"""Functions of the C library that need no guard, with the number of their arguments."""

_SINGLE_LIBM: dict[str, int] = {
    **dict.fromkeys(("sinf", "cosf", "tanf", "sinhf", "coshf", "expf", "logf", "atanf"), 1),
    "atan2f": 2,
}
"""The same of floats, for vectors of floats."""

_KERNELS: dict[str, Kernel] = {
    "abs": np.abs,
    "add": np.add,
    "between": _between,
    "bit_and": _bits(np.bitwise_and),
    "bit_or": _bits(np.bitwise_or),
    "breit_wigner": _breit_wigner,
    "ceil": np.ceil,
    "ceil_integer": lambda x: _integer_of_32_bits(np.ceil(x)),
    "copysign": _copysign,
    "degrees": np.rad2deg,
    "divide": np.divide,
    "equal": _compare(np.equal),
    "floor": np.floor,
    "floor_integer": lambda x: _integer_of_32_bits(np.floor(x)),
    "floored_remainder": np.remainder,
    "fmax": _extreme_number(np.greater),
    "fmin": _extreme_number(np.less),
    "gauss": _gauss,
    "greater": _compare(np.greater),
    "greater_equal": _compare(np.greater_equal),
    "guarded_acos": _zero_unless("acos", _is_within_one),
    "guarded_acosh": _zero_unless("acosh", _is_at_least_one),
    "guarded_asin": _zero_unless("asin", _is_within_one),
    "guarded_atan2": _guarded_atan2,
    "guarded_atanh": _zero_unless("atanh", _is_within_one),
    "guarded_divide": _guarded_divide,
    "guarded_exp": _guarded_exp,
    "guarded_log": _zero_unless("log", _is_positive),
    "guarded_log10": _zero_unless("log10", _is_positive),
    "guarded_sqrt": _guarded_sqrt,
    "hypot": _with_one_nan(libm("hypot", 2)),
    "identity": np.positive,
    "ieee_remainder": libm("remainder", 2),
    "is_even": lambda x: 1.0 - _is_odd(x),
    "is_finite": lambda x: np.isfinite(x).astype(np.float64),
    "is_infinite": lambda x: np.isinf(x).astype(np.float64),
    "is_nan": lambda x: np.isnan(x).astype(np.float64),
    "is_odd": _is_odd,
    "less": _compare(np.less),
    "less_equal": _compare(np.less_equal),
    "log_over_log_of_two": lambda x: np.divide(libm("log")(x), math.log(2.0)),
    "logical_not": _logical_not,
    "max": _larger,
    "maximum": _extreme(np.greater),
    "min": _smaller,
    "minimum": _extreme(np.less),
    "multiply": np.multiply,
    "nearest_integer": lambda x: _integer_of_32_bits(np.rint(x)),
    "negative": np.negative,
    "not_equal": _compare(np.not_equal),
    "phi_around_zero": _phi_between(-math.pi, math.pi),
    "phi_from_zero": _phi_between(0.0, 2 * math.pi),
    "pow": _with_one_nan(libm("pow", 2)),
    "radians": np.deg2rad,
    "remainder": _remainder,
    "rint": np.rint,
    "shift_left": _shift(np.left_shift),
    "shift_right": _shift(np.right_shift),
    "sign": np.sign,
    "sign_bit": _sign_bit,
    "sign_or_one": _sign_or_one,
    "sqrt": np.sqrt,
    "square": np.square,
    "subtract": np.subtract,
    "tmath_max": _tmath_max,
    "tmath_min": _tmath_min,
    "to_single": _to_single,
    "trunc": np.trunc,
    "truncate_to_integer": _truncate_to_integer,
    "truth": _truth,
}
