"""The table of functions of numbers, by the names of `kernels/functions.py` and of `kernels/python/elementwise.py`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from llvmlite import ir

from overproof.columns.kernels.compiled.functions import guards, numbers, physics, whole
from overproof.columns.machine.writer import DOUBLE, Comparison, Value, Writer

Writing = Callable[..., Value]
"""Takes the writer and doubles; gives a double."""

FLOAT = ir.FloatType()


def write_function(writer: Writer, name: str, arguments: Sequence[Value]) -> Value:
    """Write a function by the name of its kernel.

    Raises:
        KeyError: no function has that name.
    """
    return _FUNCTIONS[name](writer, *arguments)


def function_names() -> frozenset[str]:
    """Return every name that `write_function` knows."""
    return frozenset(_FUNCTIONS)


def _compare(how: Comparison) -> Writing:
    return lambda writer, left, right: numbers.compare(writer, how, left, right)


def _outside(name: str) -> Writing:
    return lambda writer, *arguments: writer.call(name, *arguments)


def _outside_with_one_nan(name: str) -> Writing:
    """Call a function that has values for some NaNs only."""

    def write(writer: Writer, *arguments: Value) -> Value:
        return writer.call(name, *(numbers.with_one_nan(writer, each) for each in arguments))

    return write


def _outside_in_single(name: str) -> Writing:
    def write(writer: Writer, *arguments: Value) -> Value:
        found = writer.call(name, *(writer.builder.fptrunc(each, FLOAT) for each in arguments))
        return writer.builder.fpext(found, DOUBLE)

    return write


def _rounded(name: str) -> Writing:
    """Write what every processor rounds in the same way."""
    return lambda writer, *arguments: writer.intrinsic(name, *arguments)


def _rounded_to_32_bits(name: str) -> Writing:
    return lambda writer, x: whole.of_32_bits(writer, writer.intrinsic(name, x))


_OUTSIDE = (
    *("exp", "log", "log10", "log2", "log1p", "exp2", "expm1", "cbrt", "erf", "erfc"),
    *("sin", "cos", "tan", "asin", "acos", "atan", "tgamma", "lgamma", "round", "logb"),
    *("sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "atan2", "fdim"),
)
_OUTSIDE_IN_SINGLE = ("sinf", "cosf", "tanf", "sinhf", "coshf", "expf", "logf", "atanf", "atan2f")

_ARITHMETIC: dict[str, Writing] = {
    "abs": _rounded("fabs"),
    "add": lambda w, a, b: w.builder.fadd(a, b),
    "complement": lambda w, x: w.builder.fsub(w.double(-1.0), x),
    "degrees": lambda w, x: w.builder.fmul(x, w.double(180.0 / math.pi)),
    "divide": lambda w, a, b: w.builder.fdiv(a, b),
    "floored_quotient": numbers.floored_quotient,
    "floored_remainder": numbers.floored_remainder,
    "fmod": numbers.fmod,
    "identity": lambda _, x: x,
    "ieee_remainder": _outside("remainder"),
    "log_over_log_of_two": lambda w, x: w.builder.fdiv(w.call("log", x), w.double(math.log(2.0))),
    "multiply": lambda w, a, b: w.builder.fmul(a, b),
    "negative": lambda w, x: w.builder.fneg(x),
    "radians": lambda w, x: w.builder.fmul(x, w.double(math.pi / 180.0)),
    "sqrt": _rounded("sqrt"),
    "square": lambda w, x: w.builder.fmul(x, x),
    "subtract": lambda w, a, b: w.builder.fsub(a, b),
    "to_single": lambda w, x: w.builder.fpext(w.builder.fptrunc(x, FLOAT), DOUBLE),
}

_TRUTH: dict[str, Writing] = {
    "both": lambda w, a, b: w.as_double(w.both(numbers.is_true(w, a), numbers.is_true(w, b))),
    "either": lambda w, a, b: w.as_double(w.either(numbers.is_true(w, a), numbers.is_true(w, b))),
    "equal": _compare("=="),
    "greater": _compare(">"),
    "greater_equal": _compare(">="),
    "is_finite": lambda w, x: numbers.compare(w, "<", w.intrinsic("fabs", x), w.double(math.inf)),
    "is_infinite": lambda w, x: numbers.compare(w, "==", w.intrinsic("fabs", x), w.double(math.inf)),
    "is_nan": lambda w, x: w.as_double(w.is_nan(x)),
    "less": _compare("<"),
    "less_equal": _compare("<="),
    "logical_not": lambda w, x: numbers.compare(w, "==", x, w.double(0.0)),
    "not_equal": _compare("!="),
    "one_of_two": lambda w, a, b: w.as_double(w.builder.xor(numbers.is_true(w, a), numbers.is_true(w, b))),
    "sign_bit": numbers.sign_bit,
    "truth": lambda w, x: w.as_double(numbers.is_true(w, x)),
}

_CHOICES: dict[str, Writing] = {
    "between": numbers.between,
    "clip": numbers.clip,
    "copysign": numbers.copysign,
    "fmax": lambda w, a, b: numbers.extreme_number(w, ">", a, b),
    "fmin": lambda w, a, b: numbers.extreme_number(w, "<", a, b),
    "max": lambda w, a, b: numbers.choose(w, "<", a, b, takes="right"),
    "maximum": lambda w, a, b: numbers.extreme(w, ">", a, b),
    "min": lambda w, a, b: numbers.choose(w, ">", a, b, takes="right"),
    "minimum": lambda w, a, b: numbers.extreme(w, "<", a, b),
    "sign": numbers.sign,
    "sign_or_one": guards.sign_or_one,
    "tmath_max": lambda w, a, b: numbers.choose(w, ">=", a, b),
    "tmath_min": lambda w, a, b: numbers.choose(w, "<=", a, b),
}

_WHOLE: dict[str, Writing] = {
    "bit_and": lambda w, a, b: whole.unsigned(w, lambda builder, x, y: builder.and_(x, y), a, b),
    "bit_or": lambda w, a, b: whole.unsigned(w, lambda builder, x, y: builder.or_(x, y), a, b),
    "ceil": _rounded("ceil"),
    "ceil_integer": _rounded_to_32_bits("ceil"),
    "floor": _rounded("floor"),
    "floor_integer": _rounded_to_32_bits("floor"),
    "is_even": whole.is_even,
    "is_odd": whole.is_odd,
    "nearest_integer": _rounded_to_32_bits("rint"),
    "remainder": whole.remainder,
    "rint": _rounded("rint"),
    "shift_left": lambda w, a, b: whole.shift(w, lambda builder, x, by: builder.shl(x, by), a, b),
    "shift_right": lambda w, a, b: whole.shift(w, lambda builder, x, by: builder.lshr(x, by), a, b),
    "signed_and": lambda w, a, b: whole.signed(w, lambda builder, x, y: builder.and_(x, y), a, b),
    "signed_or": lambda w, a, b: whole.signed(w, lambda builder, x, y: builder.or_(x, y), a, b),
    "signed_shift_left": whole.signed_shift_left,
    "signed_shift_right": whole.signed_shift_right,
    "signed_xor": lambda w, a, b: whole.signed(w, lambda builder, x, y: builder.xor(x, y), a, b),
    "trunc": _rounded("trunc"),
    "truncate_to_integer": whole.truncate,
}

_GUARDED: dict[str, Writing] = {
    "breit_wigner": physics.breit_wigner,
    "gauss": physics.gauss,
    "guarded_acos": lambda w, x: guards.within_one(w, "acos", x),
    "guarded_acosh": lambda w, x: guards.at_least_one(w, "acosh", x),
    "guarded_asin": lambda w, x: guards.within_one(w, "asin", x),
    "guarded_atan2": guards.guarded_atan2,
    "guarded_atanh": lambda w, x: guards.within_one(w, "atanh", x),
    "guarded_divide": guards.guarded_divide,
    "guarded_exp": guards.guarded_exp,
    "guarded_log": lambda w, x: guards.guarded_log(w, "log", x),
    "guarded_log10": lambda w, x: guards.guarded_log(w, "log10", x),
    "guarded_sqrt": guards.guarded_sqrt,
    "phi_around_zero": lambda w, x: physics.phi_between(w, x, low=-math.pi, high=math.pi),
    "phi_from_zero": lambda w, x: physics.phi_between(w, x, low=0.0, high=2 * math.pi),
}

_FUNCTIONS: dict[str, Writing] = {
    **{name: _outside(name) for name in _OUTSIDE},
    **{name: _outside_with_one_nan(name) for name in ("pow", "hypot")},
    **{name: _outside_in_single(name) for name in _OUTSIDE_IN_SINGLE},
    **_ARITHMETIC,
    **_TRUTH,
    **_CHOICES,
    **_WHOLE,
    **_GUARDED,
}
