"""Loops over numbers of some bits each, at most 32, which lie one behind the other from the lowest bit on.

Source: ROOT's RNTuple binary format specification 1.0, column types `Real32Trunc` and `Real32Quant`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from llvmlite import ir

from overproof.columns.machine.writer import DOUBLE, Value, Writer
from overproof.columns.native.steps.slots import BYTES, INTEGERS, pointer

_INT = ir.IntType(32)
_FLOAT = ir.FloatType()
_WINDOW_BYTES = 8
_MOST_BITS = 32
_MOST_BYTES = 5
"""In which a number lies: 32 bits, that begin anywhere in a byte."""


def write_truncated(writer: Writer) -> Value:
    """Give numbers the bits back that were cut off, as zeros; takes `from`, `size` bytes, and `into`, `n` floats."""
    builder, into = writer.builder, pointer(writer, "into", _INT)
    lacking = builder.trunc(writer.minus(writer.integer(32), writer.number("bits")), _INT)

    def keep(number: Value, steps: Value) -> None:
        builder.store(builder.shl(builder.trunc(steps, _INT), lacking), builder.gep(into, [number]))

    return _write_unpacked(writer, keep)


def write_quantized(writer: Writer) -> Value:
    """Turn steps into numbers of a range; takes `from`, `size` bytes, `into`, `n` floats, and three doubles.

    These are `low`, where the range begins, `span`, how long it is, and `top`, the greatest step.
    """
    builder, into = writer.builder, pointer(writer, "into", _FLOAT)
    low, span, top = (writer.real(name) for name in ("low", "span", "top"))

    def keep(number: Value, steps: Value) -> None:
        share = builder.fdiv(builder.fmul(builder.uitofp(steps, DOUBLE), span), top)
        builder.store(builder.fptrunc(builder.fadd(low, share), _FLOAT), builder.gep(into, [number]))

    return _write_unpacked(writer, keep)


def _write_unpacked(writer: Writer, keep: Callable[[Value, Value], None]) -> Value:
    """Go through the numbers; nonzero where there are fewer bytes than these need, or their bits cannot be."""
    builder, n, n_bits, n_bytes = writer.builder, *map(writer.number, ("n", "bits", "size"))
    octets = pointer(writer, "from", BYTES)
    is_short = writer.less(writer.times(n_bytes, 8), writer.times(n, n_bits))
    is_no_width = writer.either(writer.less(n_bits, 1), writer.less(_MOST_BITS, n_bits))
    with writer.give_when(writer.either(is_no_width, is_short), writer.integer(1)):
        pass
    # As long as eight bytes from the first of a number on are there, they are read in one go.
    n_whole = writer.larger(writer.minus(n_bytes, _WINDOW_BYTES - 1), 0)
    n_easy = writer.quotient(writer.plus(writer.times(n_whole, 8), writer.minus(n_bits, 1)), n_bits)
    n_first = writer.select(writer.less(n_easy, n), n_easy, n)
    with writer.count(writer.integer(0), n_first) as number:
        byte, shift = _place(writer, number)
        window = builder.bitcast(builder.gep(octets, [byte]), INTEGERS.as_pointer())
        keep(number, _cut(writer, builder.load(window, align=1), shift))
    with writer.count(n_first, n) as number:
        byte, shift = _place(writer, number)
        found = writer.integer(0)
        for place, octet in enumerate(_octets(writer, byte)):
            found = builder.or_(found, builder.shl(octet, writer.integer(8 * place)))
        keep(number, _cut(writer, found, shift))
    return writer.integer(0)


def _octets(writer: Writer, byte: Value) -> Iterator[Value]:
    """Give the bytes in which a number may lie; those behind the end are zero."""
    builder, last = writer.builder, writer.minus(writer.number("size"), 1)
    octets = pointer(writer, "from", BYTES)
    for place in range(_MOST_BYTES):
        at = writer.plus(byte, place)
        is_there = builder.icmp_signed("<=", at, last)
        found = builder.load(builder.gep(octets, [writer.select(is_there, at, last)]))
        yield writer.select(is_there, builder.zext(found, INTEGERS), writer.integer(0))


def _place(writer: Writer, number: Value) -> tuple[Value, Value]:
    """Return in which byte a number begins, and how many bits of that are not its own."""
    bit = writer.times(number, writer.number("bits"))
    return writer.builder.lshr(bit, writer.integer(3)), writer.builder.and_(bit, writer.integer(7))


def _cut(writer: Writer, window: Value, shift: Value) -> Value:
    """Return the bits of a number."""
    builder, one = writer.builder, writer.integer(1)
    mask = builder.sub(builder.shl(one, writer.number("bits")), one)
    return builder.and_(builder.lshr(window, shift), mask)
