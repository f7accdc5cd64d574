"""Loops over numbers whose first bytes come first, then all second ones, and so on, as in pages of an RNTuple.

Source: ROOT's RNTuple binary format specification 1.0, column types.
"""

from __future__ import annotations

from llvmlite import ir

from overproof.columns.machine.writer import Value, Variable, Writer
from overproof.columns.native.steps.slots import BYTES, INTEGERS, pointer


def write_joined(writer: Writer, width: int) -> Value:
    """Put the bytes of each number together; takes `from`, the bytes, and `into`, the place of the numbers.

    Args:
        writer: of the function.
        width: bytes of a number.
    """
    into, planes = pointer(writer, "into", BYTES), _planes(writer, width)
    with writer.count(writer.integer(0), writer.number("n")) as number:
        found = [_octet(writer, plane, number) for plane in planes]
        first = writer.times(number, width)
        for place, octet in enumerate(found):
            writer.builder.store(octet, writer.builder.gep(into, [writer.plus(first, place)]))
    return writer.integer(0)


def write_signs(writer: Writer, width: int) -> Value:
    """Turn numbers whose sign is their lowest bit into signed ones; takes `into`, the numbers.

    Args:
        writer: of the function.
        width: bytes of a number.
    """
    builder, kind = writer.builder, ir.IntType(8 * width)
    into, one = pointer(writer, "into", kind), ir.Constant(kind, 1)
    with writer.count(writer.integer(0), writer.number("n")) as number:
        place = builder.gep(into, [number])
        found = builder.load(place)
        sign = builder.sub(ir.Constant(kind, 0), builder.and_(found, one))
        builder.store(builder.xor(builder.lshr(found, one), sign), place)
    return writer.integer(0)


def write_ends(writer: Writer, width: int) -> Value:
    """Turn lengths of lists into their ends; takes `from`, the bytes, and `into`, the place of the ends.

    The first number of a page tells where it begins. Sums have as many bytes as the numbers; ends have 64 bits.

    Args:
        writer: of the function.
        width: bytes of a length.
    """
    builder, kind, n = writer.builder, ir.IntType(8 * width), writer.number("n")
    into, planes = pointer(writer, "into", INTEGERS), _planes(writer, width)

    def whole(number: Value) -> Value:
        octets = [builder.zext(_octet(writer, plane, number), kind) for plane in planes]
        found = octets[0]
        for place, octet in enumerate(octets[1:], start=1):
            found = builder.or_(found, builder.shl(octet, ir.Constant(kind, 8 * place)))
        return found

    def keep(number: Value, end: Value) -> None:
        builder.store(end if width == 8 else builder.sext(end, INTEGERS), builder.gep(into, [number]))

    with writer.give_when(writer.less(n, 1), writer.integer(0)):
        pass
    first = whole(writer.integer(0))
    keep(writer.integer(0), first)
    end = Variable(writer, first)
    # Lengths below 256 have zeros in all bytes but one.
    others = Variable(writer, ir.Constant(BYTES, 0))
    with writer.count(writer.integer(1), n) as number:
        found = others.get()
        for plane in planes[1:]:
            found = builder.or_(found, _octet(writer, plane, number))
        others.set(found)
    is_small = builder.icmp_unsigned("==", others.get(), ir.Constant(BYTES, 0))
    with writer.when(is_small), writer.count(writer.integer(1), n) as number:
        end.set(builder.add(end.get(), builder.zext(_octet(writer, planes[0], number), kind)))
        keep(number, end.get())
    with writer.when(writer.negation(is_small)), writer.count(writer.integer(1), n) as number:
        end.set(builder.add(end.get(), whole(number)))
        keep(number, end.get())
    return writer.integer(0)


def write_moved(writer: Writer) -> Value:
    """Add a number to ends of lists; nonzero where they do not ascend, or begin below 0.

    Takes `into`, the ends, and `move`, what is added.
    """
    builder, move = writer.builder, writer.number("move")
    into = pointer(writer, "into", INTEGERS)
    before, is_wrong = Variable(writer, writer.integer(0)), Variable(writer, writer.integer(0))
    with writer.count(writer.integer(0), writer.number("n")) as number:
        place = builder.gep(into, [number])
        end = builder.load(place)
        is_wrong.set(builder.or_(is_wrong.get(), writer.as_integer(writer.less(end, before.get()))))
        before.set(end)
        builder.store(builder.add(end, move), place)
    return is_wrong.get()


def _planes(writer: Writer, width: int) -> list[Value]:
    """Return where the first bytes of all numbers begin, where the second ones do, and so on."""
    octets, n = pointer(writer, "from", BYTES), writer.number("n")
    return [writer.builder.gep(octets, [writer.times(n, place)]) for place in range(width)]


def _octet(writer: Writer, plane: Value, number: Value) -> Value:
    return writer.builder.load(writer.builder.gep(plane, [number]))
