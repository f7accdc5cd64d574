"""Write functions of doubles that are defined by comparisons and arithmetic."""

from __future__ import annotations

import math

from overproof.columns.machine.writer import Comparison, Value, Writer

NAN = math.nan
TWO_TO_52 = 2.0**52


def compare(writer: Writer, how: Comparison, left: Value, right: Value) -> Value:
    """Write a comparison as 1 or 0."""
    return writer.as_double(writer.compare(how, left, right))


def is_true(writer: Writer, x: Value) -> Value:
    """Write the flag that a number is not 0; NaN is not."""
    return writer.compare("!=", x, writer.double(0.0))


def with_one_nan(writer: Writer, x: Value) -> Value:
    """Write a number where all NaNs are the same one, for functions that tell them apart."""
    return writer.select(writer.is_nan(x), writer.double(NAN), x)


def with_sign(writer: Writer, x: Value) -> Value:
    """Write a number whose sign can be read: NaN has none, and becomes 0."""
    return writer.select(writer.is_nan(x), writer.double(0.0), x)


def copysign(writer: Writer, size: Value, sign: Value) -> Value:
    """Write the size of one number with the sign of another; that of NaN is positive."""
    return writer.intrinsic("copysign", size, with_sign(writer, sign))


def sign_bit(writer: Writer, x: Value) -> Value:
    """Write 1 for negative numbers and -0.0, else 0."""
    bits = writer.builder.bitcast(with_sign(writer, x), writer.integer(0).type)
    return writer.as_double(writer.less(bits, 0))


def sign(writer: Writer, x: Value) -> Value:
    """Write -1, 0 or 1; NaN stays."""
    zero = writer.double(0.0)
    of_zero = writer.select(writer.compare("==", x, zero), zero, x)
    of_low = writer.select(writer.compare("<", x, zero), writer.double(-1.0), of_zero)
    return writer.select(writer.compare(">", x, zero), writer.double(1.0), of_low)


def choose(writer: Writer, how: Comparison, left: Value, right: Value, *, takes: str = "left") -> Value:
    """Write the left or the right one where a comparison of left and right holds, else the other one."""
    pair = (left, right) if takes == "left" else (right, left)
    return writer.select(writer.compare(how, left, right), *pair)


def extreme(writer: Writer, how: Comparison, left: Value, right: Value) -> Value:
    """Write the larger or the smaller, the second of equal ones; NaN where one of them is."""
    takes_left = writer.either(writer.compare(how, left, right), writer.is_nan(left))
    return writer.select(takes_left, left, right)


def extreme_number(writer: Writer, how: Comparison, left: Value, right: Value) -> Value:
    """Write the larger or the smaller, the second of equal ones; the other one where one of them is NaN."""
    takes_left = writer.either(writer.compare(how, left, right), writer.is_nan(right))
    return writer.select(takes_left, left, right)


def clip(writer: Writer, x: Value, low: Value, high: Value) -> Value:
    """Write a number, or the limit that it is beyond."""
    return extreme(writer, "<", extreme(writer, ">", x, low), high)


def between(writer: Writer, low: Value, high: Value, x: Value) -> Value:
    """Write a number, or the limit that it is beyond, where NaN is beyond neither."""
    below_high = writer.select(writer.compare(">", x, high), high, x)
    return writer.select(writer.compare("<", x, low), low, below_high)


def fmod(writer: Writer, left: Value, right: Value) -> Value:
    """Write the remainder with the sign of the dividend; it is exact, whoever computes it.

    The quotient, cut to a whole number, is right or one too large, as long as it has no more digits than a double. What
    is left is then a double in both cases, which a product and a sum in one rounding give without an error.
    """
    builder = writer.builder
    dividend, divisor = writer.intrinsic("fabs", left), writer.intrinsic("fabs", right)
    quotient = builder.fdiv(dividend, divisor)
    is_small = writer.compare("<", quotient, writer.double(TWO_TO_52))
    is_plain = writer.both(is_small, writer.compare("<", divisor, writer.double(math.inf)))

    def divide() -> list[Value]:
        whole = builder.fneg(writer.intrinsic("trunc", quotient))
        rest = writer.intrinsic("fma", whole, divisor, dividend)
        is_low = writer.compare("<", rest, writer.double(0.0))
        rest = writer.select(is_low, builder.fadd(rest, divisor), rest)
        return [writer.intrinsic("copysign", rest, left)]

    return writer.decide(is_plain, divide, lambda: [writer.call("fmod", left, right)])[0]


def floored_remainder(writer: Writer, left: Value, right: Value) -> Value:
    """Write the remainder with the sign of the divisor.

    Source: numpy's npy_divmod.
    """
    rest, takes_divisor = _rest(writer, left, right)
    zero = writer.double(0.0)
    moved = writer.select(takes_divisor, writer.builder.fadd(rest, right), rest)
    signed_zero = writer.intrinsic("copysign", zero, right)
    found = writer.select(writer.compare("==", rest, zero), signed_zero, moved)
    return writer.select(writer.compare("==", right, zero), rest, found)


def floored_quotient(writer: Writer, left: Value, right: Value) -> Value:
    """Write the quotient, rounded down.

    Source: numpy's npy_divmod.
    """
    builder, zero, one = writer.builder, writer.double(0.0), writer.double(1.0)
    rest, takes_divisor = _rest(writer, left, right)
    quotient = builder.fdiv(left, right)
    whole = builder.fdiv(builder.fsub(left, rest), right)
    whole = writer.select(takes_divisor, builder.fsub(whole, one), whole)
    floor = writer.intrinsic("floor", whole)
    is_rounded_down = writer.compare(">", builder.fsub(whole, floor), writer.double(0.5))
    found = writer.select(is_rounded_down, builder.fadd(floor, one), floor)
    found = writer.select(writer.compare("==", whole, zero), writer.intrinsic("copysign", zero, quotient), found)
    return writer.select(writer.compare("==", right, zero), quotient, found)


def _rest(writer: Writer, left: Value, right: Value) -> tuple[Value, Value]:
    """Write the remainder with the sign of the dividend, and the flag that the other one is a divisor away."""
    zero = writer.double(0.0)
    rest = fmod(writer, left, right)
    signs_differ = writer.builder.xor(writer.compare("<", right, zero), writer.compare("<", rest, zero))
    return rest, writer.both(is_true(writer, rest), signs_differ)
