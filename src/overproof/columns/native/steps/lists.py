"""Loops over the places at which lists begin in a basket of a TTree.

They are stored as signed 32-bit numbers in the other order of bytes: how many follow, the places counted from the
beginning of the basket's header, and one number that means nothing. In front of the elements of each entry there may be
some bytes of a header.

Source: ROOT's TBasket::Streamer.
"""

from __future__ import annotations

from collections.abc import Callable

from llvmlite import ir

from overproof.columns.machine.writer import Value, Variable, Writer
from overproof.columns.native.steps.slots import BYTES, INTEGERS, pointer

_INT = ir.IntType(32)


def write_offsets(writer: Writer) -> Value:
    """Turn places into offsets, counted in elements; nonzero where they cannot be what was written.

    Takes `from`, the numbers as stored, and `into`, one offset more than entries. Offset 0 is set by the caller.
    """
    builder = writer.builder
    into = pointer(writer, "into", INTEGERS)
    base = builder.load(into)
    before = Variable(writer, ir.Constant(_INT, 0))

    def take(entry: Value, begins: Value) -> Value:
        builder.store(builder.add(base, _elements(writer, begins)), builder.gep(into, [entry]))
        # Below zero where one of them is, and, where none of them is, where it is less than the one before.
        is_wrong = builder.or_(begins, builder.sub(begins, before.get()))
        before.set(begins)
        return is_wrong

    return _write_places(writer, take, is_wrong=lambda found: builder.icmp_signed("<", found, ir.Constant(_INT, 0)))


def write_sameness(writer: Writer) -> Value:
    """Compare places with offsets that are known to be right; nonzero where they are not the same.

    Takes what `write_offsets` takes.
    """
    builder = writer.builder
    into = pointer(writer, "into", INTEGERS)
    base = builder.load(into)

    def take(entry: Value, begins: Value) -> Value:
        known = builder.sub(builder.load(builder.gep(into, [entry])), base)
        return builder.xor(known, _elements(writer, begins))

    return _write_places(writer, take, is_wrong=lambda found: writer.differs(found, 0))


def write_inside(writer: Writer, width: int) -> Value:
    """Put the elements of lists into their place, without what is in front of each, in this machine's order of bytes.

    Takes `from`, the entries as stored, `into`, the place of the numbers, and `lists`, the offsets, which must be those
    of `write_offsets` for the same entries; `scale` numbers are an element.

    Args:
        writer: of the function.
        width: bytes of a number.
    """
    builder, kind = writer.builder, ir.IntType(8 * width)
    octets, into = pointer(writer, "from", BYTES), pointer(writer, "into", kind)
    lists, scale = pointer(writer, "lists", INTEGERS), writer.number("scale")
    with writer.count(writer.integer(0), writer.number("n")) as entry:
        ends = builder.gep(lists, [writer.plus(entry, 1)])
        first, stop = (writer.times(builder.load(each), scale) for each in (builder.gep(lists, [entry]), ends))
        n_before = writer.plus(writer.times(first, width), writer.times(writer.plus(entry, 1), writer.number("front")))
        stored = builder.bitcast(builder.gep(octets, [n_before]), kind.as_pointer())
        with writer.count(writer.integer(0), writer.minus(stop, first)) as number:
            found = builder.load(builder.gep(stored, [number]), align=1)
            turned = found if width == 1 else builder.bswap(found)
            builder.store(turned, builder.gep(into, [writer.plus(first, number)]))
    return writer.integer(0)


def _write_places(
    writer: Writer, take: Callable[[Value, Value], Value], *, is_wrong: Callable[[Value], Value]
) -> Value:
    """Go through the places of all entries but the first, which must be the beginning, and of the end of the last.

    All is done in 32 bits. Nothing can wrap around unnoticed where the places ascend to the last, which is known.

    Args:
        writer: of the function.
        take: is given the number of an entry and how many bytes of elements are before it; what it returns for all of
            them is joined by a bitwise or.
        is_wrong: tells from that whether something is.
    """
    builder, n = writer.builder, writer.number("n")
    told = pointer(writer, "from", _INT)
    n_key, n_front, n_data = (builder.trunc(writer.number(name), _INT) for name in ("key", "front", "data"))
    mask = builder.trunc(writer.number("mask"), _INT)

    def stored(place: Value) -> Value:
        return builder.bswap(builder.load(builder.gep(told, [place]), align=1))

    n_told = builder.sext(stored(writer.integer(0)), INTEGERS)
    begins_elsewhere = builder.icmp_signed("!=", stored(writer.integer(1)), n_key)
    with writer.give_when(
        writer.either(writer.less(n, 1), writer.either(writer.differs(n_told, writer.plus(n, 1)), begins_elsewhere)),
        writer.integer(1),
    ):
        pass
    # The last bits of all places are those of whole elements.
    bits = Variable(writer, ir.Constant(_INT, 0))

    def each(entry: Value, place: Value) -> Value:
        begins = builder.sub(place, builder.mul(builder.trunc(entry, _INT), n_front))
        bits.set(builder.or_(bits.get(), begins))
        return take(entry, begins)

    found = Variable(writer, take(writer.integer(0), ir.Constant(_INT, 0)))
    with writer.count(writer.integer(1), n) as entry:
        now = each(entry, builder.sub(stored(writer.plus(entry, 1)), n_key))
        found.set(builder.or_(found.get(), now))
    now = each(n, n_data)
    is_cut = builder.icmp_signed("!=", builder.and_(bits.get(), mask), ir.Constant(_INT, 0))
    return writer.as_integer(writer.either(is_cut, is_wrong(builder.or_(found.get(), now))))


def _elements(writer: Writer, n_bytes: Value) -> Value:
    """Return how many elements so many bytes are; what is below zero is wrong anyway, and comes out as something."""
    builder = writer.builder
    return builder.zext(builder.lshr(n_bytes, builder.trunc(writer.number("shift"), _INT)), INTEGERS)
