"""Compute the rows of a plan on one block."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from overproof.analysis.draw.rows import Rows, all_leaves
from overproof.analysis.draw.typed import Leaf
from overproof.columns.kernels.computed import ComputedRows
from overproof.columns.kernels.evaluate import Block, evaluate
from overproof.columns.kernels.jagged import Column, Doubles, flatten
from overproof.columns.kernels.loops.loop import Loop
from overproof.columns.kernels.loops.passes import build_loop
from overproof.words.errors import BranchError

SPARSE = 0.5
"""Share of chosen passes below which values are computed for these only."""


def compute_rows(rows: Rows, events: Any) -> ComputedRows:
    """Compute the rows that a block has.

    Args:
        rows: what to compute.
        events: the block: columns by name of the branch, and a length.

    Raises:
        BranchError: a branch is not here what it was in the first file.
    """
    block = _columns(rows, events)
    formulas = (*((rows.selection,) if rows.selection is not None else ()), *rows.values)
    loop = build_loop([leaf for formula in formulas for leaf in formula.leaves], block.columns, block.n_entries)
    if rows.selection is None:
        return ComputedRows(values=_values(rows, loop, block), weights=None, loop=loop)
    weights = evaluate(rows.selection, loop, block)
    chosen = weights != 0.0  # NaN is chosen, as in ROOT
    n_chosen = int(np.count_nonzero(chosen))
    if n_chosen == len(chosen):
        return ComputedRows(values=_values(rows, loop, block), weights=weights, loop=loop)
    picked = loop.select(chosen)
    if n_chosen < SPARSE * len(chosen):
        return ComputedRows(values=_values(rows, picked, block), weights=weights[chosen], loop=picked)
    values = tuple(of_all[chosen] for of_all in _values(rows, loop, block))
    return ComputedRows(values=values, weights=weights[chosen], loop=picked)


def _values(rows: Rows, loop: Loop, block: Block) -> tuple[Doubles, ...]:
    return tuple(evaluate(formula, loop, block) for formula in rows.values)


def _columns(rows: Rows, events: Any) -> Block:
    shapes: dict[str, Leaf] = {leaf.column: leaf for leaf in _leaves(rows)}
    return Block({name: _column(name, events[name], shapes[name]) for name in rows.columns}, len(events))


def _column(name: str, array: Any, shape: Leaf) -> Column:
    n_dimensions = 1 + shape.n_jagged + len(shape.fixed_shape)
    if array.ndim != n_dimensions:
        raise BranchError(
            f"branch '{name}' has {array.ndim} dimensions here and {n_dimensions} in the first file: "
            "draw files of one kind together"
        )
    return flatten(array, n_jagged=shape.n_jagged, fixed_shape=shape.fixed_shape)


def _leaves(rows: Rows) -> Iterator[Leaf]:
    for formula in rows.values:
        yield from all_leaves(formula.root)
    if rows.selection is not None:
        yield from all_leaves(rows.selection.root)
