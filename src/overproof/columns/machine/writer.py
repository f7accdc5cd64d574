"""Write a function for the machine: numbers, loops and arrays, in the language of LLVM.

A function takes arrays and numbers by name and returns a whole number. It is written by Python code that runs once:
`writer.add(a, b)` does not add, it writes an addition. Nothing is reordered or contracted: what is written is what the
machine computes, bit for bit.

Source: LLVM's language reference (IR); llvmlite's `IRBuilder`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
from llvmlite import ir

from overproof.words.frozen import dataclass

Value: TypeAlias = Any
"""A value of the function that is written: an instruction of llvmlite, with a type."""

INTEGER = ir.IntType(64)
DOUBLE = ir.DoubleType()
FLAG = ir.IntType(1)

YES, NO = ir.Constant(FLAG, 1), ir.Constant(FLAG, 0)
"""Flags that are known now."""

Comparison: TypeAlias = Literal["<", "<=", "==", "!=", ">=", ">"]

Written = TypeVar("Written")

ELEMENTS: dict[str, Any] = {"f4": ir.FloatType(), "f8": DOUBLE, "b1": ir.IntType(8)} | {
    f"{letter}{size}": ir.IntType(8 * size) for letter in "iu" for size in (1, 2, 4, 8)
}
"""Elements of arrays that the machine knows, by letter and size in bytes."""


@dataclass(frozen=True, slots=True)
class Array:
    """An array that the function takes or has for itself.

    Attributes:
        pointer: to its first element.
        kind: letter and size of its elements, such as `f4`.
        is_constant: nobody changes it while the function runs.
    """

    pointer: Value
    kind: str
    is_constant: bool


class Variable:
    """A place that can be written more than once."""

    def __init__(self, writer: Writer, initial: Value) -> None:
        self._builder = writer.builder
        with writer.at_the_beginning():
            self._place = self._builder.alloca(initial.type)
        self.set(initial)

    def get(self) -> Value:
        """Return what was written last."""
        return self._builder.load(self._place)

    def set(self, value: Value) -> None:
        """Write a value."""
        self._builder.store(value, self._place)


class Writer:
    """Writes one function.

    Attributes:
        builder: of llvmlite, where the next instruction goes.
        names: of the arrays and numbers that the function takes, in the order of its slots.
        outside: functions of the C library that it calls, by the name it has for them.
    """

    def __init__(self) -> None:
        self.module = ir.Module()
        function = ir.Function(self.module, ir.FunctionType(INTEGER, [INTEGER.as_pointer()]), "run")
        self.names: dict[str, int] = {}
        self.outside: dict[str, tuple[str, int]] = {}
        self._function = function
        self._beginning = function.append_basic_block("beginning")
        self.builder = ir.IRBuilder(function.append_basic_block("work"))
        self._work = self.builder.block
        self._constant = self.module.add_metadata([])
        self._taken: dict[str, Value] = {}
        self._known: list[dict[Hashable, Any]] = [{}]

    @property
    def size(self) -> int:
        """Return how many instructions there are."""
        return sum(len(block.instructions) for block in self._function.blocks)

    def text(self) -> str:
        """Return the function as LLVM reads it, when everything is written and `give` was called."""
        if not self._beginning.is_terminated:
            with self.at_the_beginning():
                self.builder.branch(self._work)
        return str(self.module)

    @contextmanager
    def at_the_beginning(self) -> Iterator[None]:
        """Write what happens before everything else; values made here can be used everywhere."""
        here = self.builder.block
        self.builder.position_at_end(self._beginning)
        yield
        self.builder.position_at_end(here)

    # -- what the function takes and gives ------------------------------------------------------------------------

    def array(self, name: str, dtype: npt.DTypeLike, *, is_constant: bool = True) -> Array:
        """Take an array; the same one where the name was taken before.

        Args:
            name: under which the caller gives it.
            dtype: of its elements; numbers and booleans in the order of bytes of this machine.
            is_constant: the function only reads it.
        """
        kind = np.dtype(dtype).str[1:]
        if name not in self._taken:
            with self.at_the_beginning():
                self._taken[name] = self.builder.inttoptr(self._slot(name), ELEMENTS[kind].as_pointer())
        return Array(self._taken[name], kind, is_constant)

    def number(self, name: str) -> Value:
        """Take a whole number."""
        if name not in self._taken:
            with self.at_the_beginning():
                self._taken[name] = self._slot(name)
        return self._taken[name]

    def real(self, name: str) -> Value:
        """Take a double, whose bits the caller gives as a whole number."""
        with self.at_the_beginning():
            return self.builder.bitcast(self._slot(name), DOUBLE)

    def _slot(self, name: str) -> Value:
        place = self.names.setdefault(name, len(self.names))
        return self._fixed(self.builder.load(self.builder.gep(self._function.args[0], [self.integer(place)])))

    def _fixed(self, load: Value) -> Value:
        load.set_metadata("invariant.load", self._constant)
        return load

    def give(self, value: Value) -> None:
        """End the function with a whole number; what is written afterwards is never reached."""
        self.builder.ret(value)

    @contextmanager
    def give_when(self, flag: Value, value: Value) -> Iterator[None]:
        """End the function early, after what is written below, where a flag is set."""
        with self.builder.if_then(flag, likely=False), self._inside():
            yield
            self.builder.ret(value)

    # -- elements of arrays ---------------------------------------------------------------------------------------

    def element(self, array: Array, place: Value) -> Value:
        """Read an element as it is: an integer of its size, a float or a double."""
        found = self.builder.load(self.builder.gep(array.pointer, [place]))
        return self._fixed(found) if array.is_constant else found

    def read_double(self, array: Array, place: Value) -> Value:
        """Read an element as a double."""
        element = self.element(array, place)
        if array.kind == "f8":
            return element
        if array.kind == "f4":
            return self.builder.fpext(element, DOUBLE)
        if array.kind == "b1":  # any byte but 0 is true
            return self.as_double(self.builder.icmp_unsigned("!=", element, ir.Constant(element.type, 0)))
        return (self.builder.sitofp if array.kind[0] == "i" else self.builder.uitofp)(element, DOUBLE)

    def read_integer(self, array: Array, place: Value) -> Value:
        """Read an element of an array of integers as one of 64 bits."""
        element = self.element(array, place)
        if array.kind[1:] == "8":
            return element
        return (self.builder.sext if array.kind[0] == "i" else self.builder.zext)(element, INTEGER)

    def narrow(self, value: Value, array: Array) -> Value:
        """Turn a whole number that fits into an element of an array of integers."""
        return self.builder.trunc(value, ELEMENTS[array.kind])

    def write(self, array: Array, place: Value, value: Value) -> None:
        """Write an element; the value has its type."""
        self.builder.store(value, self.builder.gep(array.pointer, [place]))

    def increase(self, array: Array, place: Value, value: Value) -> None:
        """Add to an element of an array of doubles or of 64-bit integers."""
        pointer = self.builder.gep(array.pointer, [place])
        before = self.builder.load(pointer)
        self.builder.store((self.builder.fadd if array.kind == "f8" else self.builder.add)(before, value), pointer)

    # -- whole numbers of 64 bits; those that are known now may be given as they are -------------------------------

    def whole(self, value: Value | int) -> Value:
        """Return a whole number as a value."""
        return self.integer(value) if isinstance(value, int) else value

    def plus(self, left: Value, right: Value | int) -> Value:
        """Add whole numbers."""
        return self.builder.add(self.whole(left), self.whole(right))

    def minus(self, left: Value, right: Value | int) -> Value:
        """Subtract whole numbers."""
        return self.builder.sub(self.whole(left), self.whole(right))

    def times(self, left: Value | int, right: Value | int) -> Value:
        """Multiply whole numbers."""
        return self.builder.mul(self.whole(left), self.whole(right))

    def quotient(self, left: Value, right: Value | int) -> Value:
        """Divide, towards zero; never by 0."""
        return self.builder.sdiv(left, self.whole(right))

    def remainder(self, left: Value, right: Value | int) -> Value:
        """Take the remainder, with the sign of the left one; never by 0 or -1."""
        return self.builder.srem(left, self.whole(right))

    def larger(self, left: Value, right: Value | int) -> Value:
        """Choose the larger of two whole numbers."""
        return self.select(self.less(left, right), self.whole(right), left)

    def less(self, left: Value | int, right: Value | int) -> Value:
        """Compare whole numbers."""
        return self.builder.icmp_signed("<", self.whole(left), self.whole(right))

    def not_less(self, left: Value | int, right: Value | int) -> Value:
        """Compare whole numbers: greater, or equal."""
        return self.builder.icmp_signed(">=", self.whole(left), self.whole(right))

    def is_equal(self, left: Value, right: Value | int) -> Value:
        """Compare whole numbers."""
        return self.builder.icmp_signed("==", left, self.whole(right))

    def differs(self, left: Value, right: Value | int) -> Value:
        """Compare whole numbers."""
        return self.builder.icmp_signed("!=", left, self.whole(right))

    def integer(self, value: int) -> Value:
        """Return a whole number that is known now."""
        return ir.Constant(INTEGER, value)

    # -- flags ----------------------------------------------------------------------------------------------------

    def both(self, left: Value, right: Value) -> Value:
        """Combine two flags that must be set."""
        return self.builder.and_(left, right)

    def either(self, left: Value, right: Value) -> Value:
        """Combine two flags of which one must be set."""
        return self.builder.or_(left, right)

    def negation(self, flag: Value) -> Value:
        """Turn a flag around."""
        return self.builder.not_(flag)

    def as_integer(self, flag: Value) -> Value:
        """Turn a flag into 1 or 0."""
        return self.builder.zext(flag, INTEGER)

    # -- doubles --------------------------------------------------------------------------------------------------

    def double(self, value: float) -> Value:
        """Return a double that is known now."""
        return ir.Constant(DOUBLE, float(value))

    def compare(self, how: Comparison, left: Value, right: Value) -> Value:
        """Compare doubles as the processor does: with NaN nothing is true but `!=`."""
        if how == "!=":
            return self.builder.fcmp_unordered(how, left, right)
        return self.builder.fcmp_ordered(how, left, right)

    def is_nan(self, value: Value) -> Value:
        """Tell whether a double is NaN."""
        return self.builder.fcmp_unordered("uno", value, value)

    def as_double(self, flag_or_integer: Value) -> Value:
        """Turn a flag into 1 or 0, a signed integer into the nearest double."""
        convert = self.builder.uitofp if flag_or_integer.type == FLAG else self.builder.sitofp
        return convert(flag_or_integer, DOUBLE)

    def towards_zero(self, value: Value) -> Value:
        """Turn a double that fits into a whole number."""
        return self.builder.fptosi(value, INTEGER)

    def intrinsic(self, name: str, *arguments: Value) -> Value:
        """Compute a function of doubles that the processor rounds correctly: `fabs`, `floor`, `sqrt`, `copysign` ..."""
        kind = ir.FunctionType(DOUBLE, [DOUBLE] * len(arguments))
        function = self.module.declare_intrinsic(f"llvm.{name}", [DOUBLE], kind)
        return self.builder.call(function, arguments)

    def call(self, name: str, *arguments: Value) -> Value:
        """Call a function of the C library, of doubles or of floats.

        It goes by a name that LLVM does not know, so that nothing is computed, or taken for something else, beforehand.
        """
        known = f"outside_{name}"
        if known not in self.outside:
            kinds = [argument.type for argument in arguments]
            function = ir.Function(self.module, ir.FunctionType(kinds[0], kinds), known)
            for promise in ("nounwind", "readnone"):  # so that the same call is made once
                function.attributes.add(promise)
            self.outside[known] = (name, len(arguments))
        return self.builder.call(self.module.get_global(known), arguments)

    def known(self, key: Hashable, write: Callable[[], Written]) -> Written:
        """Return what was written under a key where it can be used here; write it when there is none."""
        for frame in reversed(self._known):
            if key in frame:
                found: Written = frame[key]
                return found
        written = self._known[-1][key] = write()
        return written

    @contextmanager
    def _inside(self) -> Iterator[None]:
        """Forget afterwards what is written here: it may not have happened."""
        self._known.append({})
        yield
        self._known.pop()

    # -- control --------------------------------------------------------------------------------------------------

    @contextmanager
    def count(self, first: Value, stop: Value) -> Iterator[Value]:
        """Go through whole numbers; gives the number."""
        number = Variable(self, first)
        head, body, end = (self._function.append_basic_block(name) for name in ("head", "body", "end"))
        self.builder.branch(head)
        self.builder.position_at_end(head)
        current = number.get()
        self.builder.cbranch(self.less(current, stop), body, end)
        self.builder.position_at_end(body)
        with self._inside():
            yield current
        number.set(self.builder.add(number.get(), self.integer(1)))
        self.builder.branch(head)
        self.builder.position_at_end(end)

    @contextmanager
    def repeat_while(self, goes_on: Callable[[], Value]) -> Iterator[None]:
        """Repeat what is written below as long as a flag, written anew each time, is set."""
        head, body, end = (self._function.append_basic_block(name) for name in ("head", "body", "end"))
        self.builder.branch(head)
        self.builder.position_at_end(head)
        with self._inside():
            flag = goes_on()
        self.builder.cbranch(flag, body, end)
        self.builder.position_at_end(body)
        with self._inside():
            yield
        self.builder.branch(head)
        self.builder.position_at_end(end)

    @contextmanager
    def when(self, flag: Value) -> Iterator[None]:
        """Do what is written below where a flag is set."""
        with self.builder.if_then(flag), self._inside():
            yield

    def select(self, flag: Value, yes: Value, no: Value) -> Value:
        """Choose between two values that are both computed."""
        return self.builder.select(flag, yes, no)

    def decide(
        self, flag: Value, yes: Callable[[], Sequence[Value]], no: Callable[[], Sequence[Value]]
    ) -> tuple[Value, ...]:
        """Compute only one of two sides; both write as many values, of the same types."""
        ends = []
        blocks = [self._function.append_basic_block(name) for name in ("yes", "no")]
        after = self._function.append_basic_block("after")
        self.builder.cbranch(flag, *blocks)
        for block, side in zip(blocks, (yes, no), strict=True):
            self.builder.position_at_end(block)
            with self._inside():
                values = side()
            ends.append((self.builder.block, values))
            self.builder.branch(after)
        self.builder.position_at_end(after)
        joined = []
        for pair in zip(*(values for _, values in ends), strict=True):
            value = self.builder.phi(pair[0].type)
            for (block, _), each in zip(ends, pair, strict=True):
                value.add_incoming(each, block)
            joined.append(value)
        return tuple(joined)
