"""Texts in an expression: which nodes are texts, and what can be done with them."""

from __future__ import annotations

from overproof.analysis.draw.typed import Decision, Leaf, Text, Typed
from overproof.records.schema import Schema

NOT_A_NUMBER = 'this is a text, not a number: compare it with `==` or `!=`, search it with `strstr(x, "...")`'


def is_text(node: Typed) -> bool:
    """Tell whether a node is a text in every pass, not a number."""
    match node:
        case Text():
            return True
        case Leaf():
            return bool(node.text_of)
        case Decision():
            return is_text(node.yes)
        case _:
            return False


def characters(node: Typed, schema: Schema) -> Leaf | None:
    """Take an array of characters for a text; None for anything else.

    The characters of the innermost dimension up to the first zero are one text.
    """
    if not isinstance(node, Leaf) or not node.indices or node.indices[-1] is not None:
        return None
    is_character = any(branch.name == node.column and branch.dtype in {"int8", "uint8"} for branch in schema.branches)
    if not is_character:
        return None
    return Leaf(
        column=f'"{node.column}"',
        n_jagged=node.n_jagged if node.fixed_shape else node.n_jagged - 1,
        fixed_shape=node.fixed_shape[:-1],
        indices=node.indices[:-1],
        text_of=node.column,
    )
