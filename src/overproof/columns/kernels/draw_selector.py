"""A draw as a selector: columns of a block in, sums of bins out, one histogram at the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from overproof.analysis.draw.plan import DrawPlan, all_leaves
from overproof.analysis.draw.typed import Leaf
from overproof.analysis.selector import Selector
from overproof.columns.kernels.evaluate import Block, evaluate
from overproof.columns.kernels.fill import make_histogram, sum_bins
from overproof.columns.kernels.jagged import Column, Doubles, flatten
from overproof.columns.kernels.passes import build_loop
from overproof.words.errors import BranchError

SPARSE = 0.5
"""Share of chosen passes below which what is drawn is computed for these only."""


class DrawSelector(Selector):
    """Fills the histogram of a plan.

    Attributes:
        plan: what is drawn.
        branches: the columns of the plan, so that they are read in one go.
    """

    def __init__(self, plan: DrawPlan) -> None:
        super().__init__()
        self.plan = plan
        self.branches = plan.columns  # type: ignore[misc]  # the list of every instance is its own

    def process(self, events: Any) -> dict[str, Any]:
        """Return the sums of one block; plain arrays, so that workers need no library of histograms."""
        values, weights = compute(self.plan, events)
        contents, variances = sum_bins(values, weights, self.plan.binning)
        return {"contents": contents, "variances": variances}

    def terminate(self, outputs: dict[str, Any]) -> dict[str, Any]:
        """Return the histogram under the plan's name; an empty one when no block was processed."""
        nothing = np.zeros(self.plan.binning.n + 2)
        histogram = make_histogram(
            outputs.get("contents", nothing),
            outputs.get("variances", nothing),
            self.plan.binning,
            name=self.plan.name,
            label=self.plan.expression,
        )
        return {self.plan.name: histogram}


def compute(plan: DrawPlan, events: Any) -> tuple[Doubles, Doubles | None]:
    """Return the values that a plan fills from a block, and their weights (None: all are 1)."""
    block = _columns(plan, events)
    leaves = plan.value.leaves if plan.selection is None else (*plan.selection.leaves, *plan.value.leaves)
    loop = build_loop(leaves, block.columns, block.n_entries)
    if plan.selection is None:
        return evaluate(plan.value, loop, block), None
    weights = evaluate(plan.selection, loop, block)
    chosen = weights != 0.0  # NaN is chosen, as in ROOT
    n_chosen = int(np.count_nonzero(chosen))
    if n_chosen == len(chosen):
        return evaluate(plan.value, loop, block), weights
    if n_chosen < SPARSE * len(chosen):
        return evaluate(plan.value, loop.select(chosen), block), weights[chosen]
    return evaluate(plan.value, loop, block)[chosen], weights[chosen]


def _columns(plan: DrawPlan, events: Any) -> Block:
    shapes: dict[str, Leaf] = {leaf.column: leaf for leaf in _leaves(plan)}
    return Block({name: _column(name, events[name], shapes[name]) for name in plan.columns}, len(events))


def _column(name: str, array: Any, shape: Leaf) -> Column:
    n_dimensions = 1 + shape.n_jagged + len(shape.fixed_shape)
    if array.ndim != n_dimensions:
        raise BranchError(
            f"branch '{name}' has {array.ndim} dimensions here and {n_dimensions} in the first file: "
            "draw files of one kind together"
        )
    return flatten(array, n_jagged=shape.n_jagged, fixed_shape=shape.fixed_shape)


def _leaves(plan: DrawPlan) -> Iterator[Leaf]:
    yield from all_leaves(plan.value.root)
    if plan.selection is not None:
        yield from all_leaves(plan.selection.root)
