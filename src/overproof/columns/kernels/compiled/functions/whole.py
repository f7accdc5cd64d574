"""Write functions that go through whole numbers of 64 or 32 bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from overproof.columns.machine.writer import INTEGER, Value, Writer

TWO_TO_31 = 2.0**31
TWO_TO_63 = 2.0**63
HIGHEST_BIT = -(2**63)
BITS = 64

Combine = Callable[[Any, Value, Value], Value]
"""Writes what becomes of two whole numbers, with llvmlite's builder."""


def to_integer(writer: Writer, x: Value) -> Value:
    """Write a whole number: towards zero, and everything that does not fit to the smallest."""
    smallest = writer.double(-TWO_TO_63)
    fits = writer.both(writer.compare(">=", x, smallest), writer.compare("<", x, writer.double(TWO_TO_63)))
    return writer.towards_zero(writer.select(fits, x, smallest))


def to_bits(writer: Writer, x: Value) -> Value:
    """Write 64 bits without sign; negative numbers wrap around."""
    is_high = writer.compare(">=", x, writer.double(TWO_TO_63))
    lowered = writer.builder.fsub(x, writer.double(TWO_TO_63))
    low_bits = to_integer(writer, writer.select(is_high, lowered, x))
    high_bits = writer.builder.xor(low_bits, writer.integer(HIGHEST_BIT))
    return writer.select(is_high, high_bits, low_bits)


def truncate(writer: Writer, x: Value) -> Value:
    """Write a number cut to a whole one, through 64 bits."""
    return writer.as_double(to_integer(writer, x))


def remainder(writer: Writer, left: Value, right: Value) -> Value:
    """Write the remainder with the sign of the dividend; by zero it is zero."""
    dividend, divisor = to_integer(writer, left), to_integer(writer, right)
    is_undefined = writer.either(writer.is_equal(divisor, 0), writer.is_equal(divisor, -1))
    rest = writer.remainder(dividend, writer.select(is_undefined, writer.integer(1), divisor))
    return writer.as_double(writer.select(is_undefined, writer.integer(0), rest))


def unsigned(writer: Writer, combine: Combine, left: Value, right: Value) -> Value:
    """Write what becomes of the bits of two numbers, without sign."""
    found = combine(writer.builder, to_bits(writer, left), to_bits(writer, right))
    return writer.builder.uitofp(found, writer.double(0.0).type)


def shift(writer: Writer, combine: Combine, left: Value, right: Value) -> Value:
    """Write a shift of bits without sign, by the number's last six bits, as the processor shifts."""

    def within(builder: Any, bits: Value, by: Value) -> Value:
        return combine(builder, bits, builder.and_(by, ir.Constant(INTEGER, BITS - 1)))

    return unsigned(writer, within, left, right)


def signed(writer: Writer, combine: Combine, left: Value, right: Value) -> Value:
    """Write what becomes of two whole numbers with sign."""
    return writer.as_double(combine(writer.builder, to_integer(writer, left), to_integer(writer, right)))


def signed_shift_left(writer: Writer, left: Value, right: Value) -> Value:
    """Write a shift that loses what goes beyond; by 64 places and more, or by a negative number, all."""
    return _signed_shift(writer, left, right, combine=lambda builder, x, by: builder.shl(x, by), beyond=0)


def signed_shift_right(writer: Writer, left: Value, right: Value) -> Value:
    """Write a shift that keeps the sign; by 64 places and more, or by a negative number, nothing else is left."""
    return _signed_shift(writer, left, right, combine=lambda builder, x, by: builder.ashr(x, by), beyond=None)


def _signed_shift(writer: Writer, left: Value, right: Value, *, combine: Combine, beyond: int | None) -> Value:
    number, by = to_integer(writer, left), to_integer(writer, right)
    fits = writer.both(writer.not_less(by, 0), writer.less(by, BITS))
    safe = writer.select(fits, by, writer.integer(BITS - 1))
    shifted = combine(writer.builder, number, safe)
    return writer.as_double(shifted if beyond is None else writer.select(fits, shifted, writer.integer(beyond)))


def is_odd(writer: Writer, x: Value) -> Value:
    """Write 1 for odd whole numbers, else 0."""
    return writer.as_double(writer.builder.and_(to_integer(writer, x), writer.integer(1)))


def is_even(writer: Writer, x: Value) -> Value:
    """Write 0 for odd whole numbers, else 1."""
    return writer.builder.fsub(writer.double(1.0), is_odd(writer, x))


def of_32_bits(writer: Writer, x: Value) -> Value:
    """Write a whole number that fits into 32 bits; what does not is the smallest of these."""
    fits = writer.compare("<", writer.intrinsic("fabs", x), writer.double(TWO_TO_31))
    found = writer.select(fits, writer.intrinsic("trunc", x), writer.double(-TWO_TO_31))
    return writer.builder.fadd(found, writer.double(0.0))
