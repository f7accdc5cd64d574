"""Write functions with ROOT's guards, which turn what has no value into one."""

from __future__ import annotations

import math

from overproof.columns.machine.writer import Value, Writer

LARGEST_EXPONENT = 700.0


def guarded_divide(writer: Writer, left: Value, right: Value) -> Value:
    """Write a quotient; by zero is zero."""
    zero = writer.double(0.0)
    return writer.select(writer.compare("==", right, zero), zero, writer.builder.fdiv(left, right))


def guarded_sqrt(writer: Writer, x: Value) -> Value:
    """Write the root of the absolute value."""
    return writer.intrinsic("sqrt", writer.intrinsic("fabs", x))


def guarded_exp(writer: Writer, x: Value) -> Value:
    """Write exp, never beyond exp(700); below -700 it is zero."""
    largest = writer.double(LARGEST_EXPONENT)
    found = writer.call("exp", writer.select(writer.compare(">", x, largest), largest, x))
    is_low = writer.compare("<", x, writer.double(-LARGEST_EXPONENT))
    return writer.select(is_low, writer.double(0.0), found)


def guarded_log(writer: Writer, name: str, x: Value) -> Value:
    """Write a logarithm, 0 unless the argument is positive."""
    return zero_unless(writer, name, x, is_allowed=writer.compare(">", x, writer.double(0.0)))


def within_one(writer: Writer, name: str, x: Value) -> Value:
    """Write a function, 0 outside of -1 to 1; NaN stays."""
    is_beyond = writer.compare(">", writer.intrinsic("fabs", x), writer.double(1.0))
    return zero_unless(writer, name, x, is_allowed=writer.negation(is_beyond))


def at_least_one(writer: Writer, name: str, x: Value) -> Value:
    """Write a function, 0 below 1; NaN stays."""
    is_low = writer.compare("<", x, writer.double(1.0))
    return zero_unless(writer, name, x, is_allowed=writer.negation(is_low))


def zero_unless(writer: Writer, name: str, x: Value, *, is_allowed: Value) -> Value:
    """Write a function of the C library where a flag is set, else 0."""
    return writer.select(is_allowed, writer.call(name, x), writer.double(0.0))


def guarded_atan2(writer: Writer, y: Value, x: Value) -> Value:
    """Write the angle of (y, x); 0, pi/2 or -pi/2 where x is 0."""
    zero, quarter = writer.double(0.0), writer.double(math.pi / 2)
    of_turn = writer.select(writer.compare(">", y, zero), quarter, writer.double(-math.pi / 2))
    on_axis = writer.select(writer.compare("==", y, zero), zero, of_turn)
    return writer.select(writer.compare("==", x, zero), on_axis, writer.call("atan2", y, x))


def sign_or_one(writer: Writer, x: Value) -> Value:
    """Write -1 below 0, else 1."""
    return writer.select(writer.compare("<", x, writer.double(0.0)), writer.double(-1.0), writer.double(1.0))
