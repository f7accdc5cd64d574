"""As what the values of an expression come out: known from the expression alone, never from the events."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

import numpy as np

from overproof.analysis.draw import typed
from overproof.analysis.draw.dialects import AnyRows
from overproof.analysis.draw.looping import shared_lengths
from overproof.analysis.draw.python import typed as python
from overproof.analysis.draw.python.rows import PythonRows
from overproof.columns.kernels.computed import ComputedRows
from overproof.words.frozen import dataclass

_CONDITIONS = frozenset(
    {"equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "truth", "logical_not"}
)  # fmt: skip

_NEVER_NONE = frozenset(
    {
        "all",
        "any",
        "argsort",
        "concatenate",
        "count",
        "count_nonzero",
        "local_index",
        "num",
        "ones_like",
        "prod",
        "sort",
    }
    | {"sum", "where", "zeros_like"}
)
"""Functions of lists that have a value for every entry, whatever its lists are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """As what values come out.

    Attributes:
        is_list: every entry has a list of them; else one, at most.
        is_always: every entry has one.
        are_flags: for each value, whether it is true or false.
    """

    is_list: bool
    is_always: bool
    are_flags: tuple[bool, ...]


def form_of(rows: AnyRows, *, flags: Container[str]) -> Form:
    """Tell as what the values of some rows come out.

    Args:
        rows: what is computed.
        flags: branches of booleans.
    """
    if isinstance(rows, PythonRows):
        formulas = [each for each in (rows.cut, rows.weight, *rows.values) if each is not None]
        is_list = any(each.root.kind.depth for each in formulas)
        return Form(
            is_list=is_list,
            is_always=not is_list and rows.cut is None and all(_has_value(each.root) for each in rows.values),
            are_flags=tuple(each.root.kind.element == "boolean" for each in rows.values),
        )
    is_list = not shared_lengths(rows.formulas).is_single
    has_elements = any(leaf.n_jagged for formula in rows.formulas for leaf in formula.leaves)
    return Form(
        is_list=is_list,
        is_always=not is_list and rows.selection is None and not has_elements,
        are_flags=tuple(_is_condition(each.root, flags) for each in rows.values),
    )


def take_form(rows: ComputedRows, form: Form, *, n_entries: int) -> tuple[Any, ...]:
    """Give the values of each expression one item for each entry.

    Returns:
        For each expression a numpy array where every entry has a value, else an awkward array: of lists, or with None
        for entries without a value.
    """
    values = flat_values(rows, form)
    if form.is_always:
        assert len(rows.entry) == n_entries
        return values
    import awkward as ak

    counts = np.bincount(rows.entry, minlength=n_entries)
    if form.is_list:
        offsets = ak.index.Index64(np.concatenate([[0], np.cumsum(counts)]).astype(np.int64))
        return tuple(ak.Array(ak.contents.ListOffsetArray(offsets, ak.contents.NumpyArray(each))) for each in values)
    places = np.where(counts > 0, np.cumsum(counts) - 1, -1)
    index = ak.index.Index64(places.astype(np.int64))
    return tuple(ak.Array(ak.contents.IndexedOptionArray(index, ak.contents.NumpyArray(each))) for each in values)


def flat_values(rows: ComputedRows, form: Form) -> tuple[Any, ...]:
    """Return the values of each expression, one for each row."""
    pairs = zip(rows.values, form.are_flags, strict=True)
    return tuple(each != 0.0 if is_flag else each for each, is_flag in pairs)


def _is_condition(node: typed.Typed, flags: Container[str]) -> bool:
    """Tell whether something is true or false by what it is: a comparison, a branch of booleans, or made of these."""
    match node:
        case typed.Leaf():
            return not node.text_of and node.branch in flags
        case typed.Operation():
            return node.kernel in _CONDITIONS
        case typed.Decision():
            sides = (node.yes, node.no)
            is_logic = all(_is_condition(side, flags) or isinstance(side, typed.Constant) for side in sides)
            return is_logic and any(isinstance(side, typed.Operation) and side.kernel == "truth" for side in sides)
        case _:
            return False


def _has_value(root: python.Typed) -> bool:
    """Tell whether every entry has a value, whatever its lists are: no None, no mask of entries."""
    return all(_keeps_entries(node) for node in _nodes(root))


def _keeps_entries(node: python.Typed) -> bool:
    match node:
        case python.Lists():
            return node.function in _NEVER_NONE
        case python.Filter():
            return node.index.kind.depth > 0
        case _:
            return True


def _nodes(node: python.Typed) -> Iterator[python.Typed]:
    yield node
    match node:
        case python.Apply() | python.Lists():
            below: tuple[python.Typed | None, ...] = node.arguments
        case python.Pick():
            below = (node.base,)
        case python.Filter():
            below = (node.base, node.index)
        case python.Decision():
            below = (node.condition, node.yes, node.no)
        case _:
            below = ()
    for part in below:
        if part is not None:
            yield from _nodes(part)
