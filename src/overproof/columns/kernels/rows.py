"""Compute the rows of a plan on one block."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from overproof.analysis.draw.dialects import AnyRows
from overproof.analysis.draw.looping import all_leaves
from overproof.analysis.draw.python.rows import PythonRows
from overproof.analysis.draw.rows import Rows
from overproof.analysis.draw.typed import Leaf
from overproof.columns.kernels.computed import ComputedRows
from overproof.columns.kernels.evaluate import Block, evaluate, loop_of
from overproof.columns.kernels.jagged import Column, Doubles, ShapeError, flatten, from_native
from overproof.columns.kernels.loops.loop import Loop
from overproof.columns.kernels.texts.codes import flatten_texts
from overproof.columns.kernels.texts.table import Texts
from overproof.columns.views import native_column
from overproof.records.dataset import Chain
from overproof.words.errors import BranchError
from overproof.words.frozen import dataclass

SPARSE = 0.5
"""Share of chosen passes below which values are computed for these only."""


def compute_rows(rows: AnyRows, events: Any) -> ComputedRows:
    """Compute the rows that a block has, in either dialect.

    Args:
        rows: what to compute.
        events: the block: columns by name of the branch, and a length.

    Raises:
        BranchError: a branch is not here what it was in the first file.
    """
    if isinstance(rows, PythonRows):
        from overproof.columns.kernels.python.rows import compute_python_rows

        return compute_python_rows(rows, events)
    block = block_of([rows], events)
    loop = loop_of(rows.formulas, block)
    if rows.selection is None:
        return ComputedRows(values=_values(rows, loop, block), weights=None, loop=loop, texts=block.texts)
    weights = evaluate(rows.selection, loop, block)
    chosen = weights != 0.0  # NaN is chosen, as in ROOT
    n_chosen = int(np.count_nonzero(chosen))
    if n_chosen == len(chosen):
        return ComputedRows(values=_values(rows, loop, block), weights=weights, loop=loop, texts=block.texts)
    picked = loop.select(chosen)
    if n_chosen < SPARSE * len(chosen):
        return ComputedRows(
            values=_values(rows, picked, block), weights=weights[chosen], loop=picked, texts=block.texts
        )
    values = tuple(of_all[chosen] for of_all in _values(rows, loop, block))
    return ComputedRows(values=values, weights=weights[chosen], loop=picked, texts=block.texts)


def _values(rows: Rows, loop: Loop, block: Block) -> tuple[Doubles, ...]:
    return tuple(evaluate(formula, loop, block) for formula in rows.values)


def block_of(rows: Sequence[Rows], events: Any) -> Block:
    """Read the columns that some plans need of a block.

    Raises:
        BranchError: a branch is not here what it was in the first file.
    """
    needs = _needs(_Same(tuple(rows)))
    texts = Texts()
    columns = {name: _column(shape, events, texts) for name, shape in needs.shapes}
    return Block(columns, len(events), _numbers(needs.chain, events) if needs.has_numbers else {}, texts)


class _Same:
    """Rows as a key: the very same ones are the same, so that nothing has to be compared."""

    def __init__(self, rows: tuple[Rows, ...]) -> None:
        self.rows = rows

    def __hash__(self) -> int:
        return hash(tuple(map(id, self.rows)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and tuple(map(id, self.rows)) == tuple(map(id, other.rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Needs:
    """What some plans need of a block: columns by name, sorted, and the numbers of entries."""

    shapes: tuple[tuple[str, Leaf], ...]
    has_numbers: bool
    chain: Chain | None


@functools.lru_cache(maxsize=64)
def _needs(same: _Same) -> _Needs:
    formulas = [formula for each in same.rows for formula in each.formulas]
    shapes = {leaf.column: leaf for formula in formulas for leaf in all_leaves(formula.root)}
    numbered = [each for each in same.rows if each.entry_numbers]
    chain = next((each.chain for each in numbered if each.chain is not None), None)
    return _Needs(shapes=tuple(sorted(shapes.items())), has_numbers=bool(numbered), chain=chain)


def _numbers(chain: Chain | None, events: Any) -> dict[str, Doubles | float]:
    """Return the numbers of the block's entries and of all entries, by kind; without a chain the tree is alone."""
    local = np.asarray(events.entry_numbers, dtype=np.float64)
    numbers: dict[str, Doubles | float] = {"local_entry": local, "entry": local}
    if chain is not None:
        numbers["entry"] = local + chain.firsts[events.file_number]
        numbers["entries"] = float(chain.totals[events.file_number])
    return numbers


def _column(shape: Leaf, events: Any, texts: Texts) -> Column:
    """Take a column as plain arrays where it was read so, else apart.

    Raises:
        BranchError: it is not here what it was in the first file.
    """
    native = None if shape.text_of else native_column(events, shape.branch)
    array = events[shape.branch] if native is None else native
    n_dimensions = 1 + shape.n_jagged + len(shape.fixed_shape) + (shape.text_of not in {"", shape.column})
    if array.ndim != n_dimensions:
        raise BranchError(
            f"branch '{shape.branch}' has {array.ndim} dimensions here and {n_dimensions} in the first file: "
            "draw files of one kind together"
        )
    if shape.text_of:
        return flatten_texts(array, n_jagged=shape.n_jagged, fixed_shape=shape.fixed_shape, texts=texts)
    try:
        if native is not None:
            return from_native(native, n_jagged=shape.n_jagged, fixed_shape=shape.fixed_shape)
        return flatten(array, n_jagged=shape.n_jagged, fixed_shape=shape.fixed_shape)
    except ShapeError as error:
        promised = f"arrays of {'x'.join(map(str, shape.fixed_shape))}" if shape.fixed_shape else "lists of numbers"
        raise BranchError(
            f"branch '{shape.branch}' is made of {error} here and of {promised} in the first file: "
            "draw files of one kind together"
        ) from error
