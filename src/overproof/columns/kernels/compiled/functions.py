"""Write the functions of numbers: the table of `kernels/functions.py`, one value at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from overproof.columns.machine.writer import Value, Writer

Writing = Callable[..., Value]
"""Takes the writer and doubles; gives a double."""


def write_function(writer: Writer, name: str, arguments: Sequence[Value]) -> Value:
    """Write a function by the name of its kernel.

    Raises:
        KeyError: no function has that name.
    """
    return _FUNCTIONS[name](writer, *arguments)


def _compare(how: str) -> Writing:
    def write(writer: Writer, left: Value, right: Value) -> Value:
        return writer.as_double(writer.compare(how, left, right))

    return write


def _outside(name: str) -> Writing:
    return lambda writer, *arguments: writer.call(name, *arguments)


_FUNCTIONS: dict[str, Writing] = {
    "abs": lambda w, x: w.intrinsic("fabs", x),
    "add": lambda w, a, b: w.builder.fadd(a, b),
    "subtract": lambda w, a, b: w.builder.fsub(a, b),
    "multiply": lambda w, a, b: w.builder.fmul(a, b),
    "divide": lambda w, a, b: w.builder.fdiv(a, b),
    "guarded_sqrt": lambda w, x: w.intrinsic("sqrt", w.intrinsic("fabs", x)),
    "negative": lambda w, x: w.builder.fneg(x),
    "truth": lambda w, x: w.as_double(w.compare("!=", x, w.double(0.0))),
    "less": _compare("<"),
    "less_equal": _compare("<="),
    "equal": _compare("=="),
    "not_equal": _compare("!="),
    "greater_equal": _compare(">="),
    "greater": _compare(">"),
    "cosh": _outside("cosh"),
    "cos": _outside("cos"),
}
