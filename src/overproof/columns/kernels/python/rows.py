"""Compute the rows of a plan in Python on one block."""

from __future__ import annotations

from typing import Any

import awkward as ak
import numpy as np

from overproof.analysis.draw.python.rows import Formula, PythonRows
from overproof.columns.kernels.computed import ComputedRows
from overproof.columns.kernels.jagged import Doubles, Integers
from overproof.columns.kernels.loops.loop import Loop
from overproof.columns.kernels.python.evaluate import REFUSALS, Columns, compute
from overproof.columns.kernels.python.lists import in_doubles, truth
from overproof.columns.kernels.python.picking import as_flags
from overproof.columns.kernels.python.values import Value, aligned, spread
from overproof.words.errors import BranchError


def compute_python_rows(rows: PythonRows, events: Any) -> ComputedRows:
    """Compute the rows that a block has.

    A cut with one value an entry is taken first: nothing is computed for the entries that it leaves out. All values
    are then broadcast to one another and made flat. Elements that are None make no row.

    Args:
        rows: what to compute.
        events: the block: columns by name of the branch, and a length.

    Raises:
        BranchError: an entry has not what a formula asks for.
    """
    block = _Block(events, rows.columns)
    entries, factors = block.every, []
    if rows.cut is not None:
        cut = block.compute(rows.cut, entries)
        if rows.cut.root.kind.depth == 0:
            cut = _chosen(spread(cut, entries))
            entries = entries if cut.entries is None else cut.entries
        factors.append((cut, rows.cut))
    if rows.weight is not None:
        factors.append((block.compute(rows.weight, entries), rows.weight))
    values = [block.compute(formula, entries) for formula in rows.values]
    flat, entry = _flat([*(value for value, _ in factors), *values], entries)
    loop = Loop(np.bincount(entry, minlength=len(events)))
    computed = tuple(flat[len(factors) :])
    if not factors:
        return ComputedRows(values=computed, weights=None, loop=loop)
    weights = np.prod(flat[: len(factors)], axis=0)
    chosen = weights != 0.0  # NaN is chosen, as in ROOT
    if chosen.all():
        return ComputedRows(values=computed, weights=weights, loop=loop)
    picked = tuple(each[chosen] for each in computed)
    return ComputedRows(values=picked, weights=weights[chosen], loop=loop.select(chosen))


class _Block:
    """The columns of one block, and its entries."""

    def __init__(self, events: Any, names: tuple[str, ...]) -> None:
        self.columns: Columns = {name: _column(events[name]) for name in names}
        self.every: Integers = np.arange(len(events))
        self.first = int(getattr(events, "first", 0))

    def compute(self, formula: Formula, entries: Integers) -> Value:
        return compute(formula, self.columns, entries, name_entry=self.name_entry)

    def name_entry(self, place: int) -> str:
        return f"entry {self.first + place}"


def _column(array: Any) -> Any:
    """Make lists of all dimensions, and doubles of all numbers."""
    return in_doubles(ak.from_regular(ak.materialize(array), axis=None))


def _chosen(cut: Value) -> Value:
    """Leave the entries of a cut where it is not 0."""
    chosen = as_flags(truth(cut.data))
    entries = cut.entries
    return cut if entries is None else Value(data=cut.data[chosen], entries=entries[chosen])


def _flat(values: list[Value], entries: Integers) -> tuple[list[Doubles], Integers]:
    """Broadcast values to one another, and make them flat beside the entry of each element."""
    places = Value(data=ak.Array(entries), entries=entries)
    beside, _ = aligned([places, *(spread(value, entries) for value in values)])
    try:
        arrays = ak.broadcast_arrays(*(value.data for value in beside), right_broadcast=False)
    except REFUSALS:
        raise BranchError(
            "what is drawn, cut and weight have lists of different lengths in the same entry, which awkward does not "
            "pair: give values from the same list to all of them"
        ) from None
    flat = [np.asarray(ak.to_numpy(ak.flatten(array, axis=None))) for array in arrays]
    return [each.astype(np.float64, copy=False) for each in flat[1:]], flat[0].astype(np.int64, copy=False)
