"""What would mean two things, and what is said of it: both spellings."""

from __future__ import annotations

from overproof.analysis.draw.language.syntax import Binary, Group, Node, Unary

COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")

NEGATIVE_INDEX = (
    "a negative index means two things: Python counts from the end, ROOT has none; "
    "write `x[Length$(x) - 1]` for the last element, or `x[-1]` in the Python dialect (--python)"
)

_PYTHON = {
    "if": "`condition ? a : b`",
    "in": "a comparison with `==`",
    "is": "a comparison with `==`",
    "for": "`Sum$(x)` and its like, which loop by themselves",
}
"""Words of Python between two values, and what to write for them."""


def between_values(word: str) -> str:
    """Say what a word between two values lacks."""
    instead = f"; for Python's `{word}` write {_PYTHON[word]}, or take the Python dialect" if word in _PYTHON else ""
    return f"an operator is missing before `{word}`{instead}"


def is_condition(node: Node) -> bool:
    """Tell whether a node can only be 0 or 1: a comparison, or several."""
    match node:
        case Group():
            return is_condition(node.inner)
        case Unary():
            return node.operator == "!"
        case Binary():
            return node.operator in {*COMPARISONS, "&&", "||"}
        case _:
            return False


def condition_as_index(written: str) -> str:
    """Say what a condition as an index would mean."""
    return (
        "a condition as an index means two things: Python picks the elements where it holds, ROOT takes the "
        f"places 0 and 1; to pick elements, give the condition as the cut, for places write `[int({written})]`"
    )


def chained(first: str, second: str) -> str:
    """Say what two comparisons in a row would mean."""
    return (
        "a chained comparison means two things: write "
        f"`(a {first} b) && (b {second} c)` as Python reads it, or `(a {first} b) {second} c` as C does"
    )


def bits_beside_comparison(node: Binary) -> str | None:
    """Say what `a & b == c` would mean; None where no comparison stands beside the bits."""
    for side in (node.left, node.right):
        if isinstance(side, Binary) and side.operator in COMPARISONS:
            compare, bit = side.operator, node.operator
            return (
                f"`{bit}` beside a comparison means two things: write `{bit * 2}` to combine conditions, "
                f"`(a {compare} b) {bit} c` for the bits of the result, or `a {compare} (b {bit} c)`"
            )
    return None


def shift_beside(node: Binary) -> tuple[str, str] | None:
    """Return both spellings of `a + b << c`; None where no shift stands beside the operator."""
    for side in (node.left, node.right):
        if isinstance(side, Binary) and side.operator in {"<<", ">>"}:
            return f"(a {node.operator} b) {side.operator} c", f"a {node.operator} (b {side.operator} c)"
    return None
