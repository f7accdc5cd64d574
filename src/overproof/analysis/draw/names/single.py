"""Formulas in single precision: vectors whose members are floats compute in float, as C++ does."""

from __future__ import annotations

import struct
from dataclasses import replace

from overproof.analysis.draw.typed import Constant, Decision, Operation, Typed

ROUND = "to_single"
"""Kernel that rounds a double to single precision."""

_FUNCTIONS = {name: f"{name}f" for name in ("sin", "cos", "tan", "sinh", "cosh", "exp", "log", "atan", "atan2")}
"""Kernels of the C library that have one in single precision, which is not always the double one rounded."""

_EXACT = frozenset(
    {
        ROUND, "negative", "identity", "abs", "sign_or_one", "truth", "logical_not",
        "less", "less_equal", "greater", "greater_equal", "equal", "not_equal",
    }
)  # fmt: skip
"""Kernels that need no rounding: their result has single precision if the arguments have."""


def in_single(node: Typed, *, throughout: bool) -> Typed:
    """Compute a formula of floats in single precision.

    The sum, difference, product, quotient or root of two floats in double, rounded once, is that in float.

    Args:
        node: a formula of floats, parts of it may be in single precision already.
        throughout: every operation is in float; else in double, and only the result is rounded.
    """
    match node:
        case Decision():
            yes, no = (in_single(part, throughout=throughout) for part in (node.yes, node.no))
            condition = in_single(node.condition, throughout=True) if throughout else node.condition
            return Decision(condition=condition, yes=yes, no=no)
        case Operation(kernel=kernel) if kernel in _EXACT and (throughout or kernel == ROUND):
            inside = node.arguments if kernel == ROUND else _all_in_single(node)
            return replace(node, arguments=inside)
        case Operation(kernel=kernel):
            inside = _all_in_single(node) if throughout else node.arguments
            if throughout and kernel in _FUNCTIONS:
                return Operation(kernel=_FUNCTIONS[kernel], arguments=inside)
            return Operation(kernel=ROUND, arguments=(replace(node, arguments=inside),))
        case Constant():
            return Constant(value=struct.unpack("f", struct.pack("f", node.value))[0])
        case _:
            return node


def _all_in_single(node: Operation) -> tuple[Typed, ...]:
    return tuple(in_single(argument, throughout=True) for argument in node.arguments)
