"""A draw as a selector: columns of a block in, one histogram out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from overproof.analysis.draw.plan import DrawPlan, all_leaves
from overproof.analysis.draw.typed import Leaf
from overproof.analysis.selector import Selector
from overproof.columns.kernels.evaluate import Block, evaluate
from overproof.columns.kernels.fill import make_histogram, sum_bins
from overproof.columns.kernels.jagged import Doubles, flatten
from overproof.columns.kernels.passes import build_loop

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
        """Return the histogram of one block under the plan's name."""
        values, weights = compute(self.plan, events)
        contents, variances = sum_bins(values, weights, self.plan.binning)
        histogram = make_histogram(
            contents, variances, self.plan.binning, name=self.plan.name, label=self.plan.expression
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
    columns = {
        name: flatten(events[name], n_jagged=shapes[name].n_jagged, fixed_shape=shapes[name].fixed_shape)
        for name in plan.columns
    }
    return Block(columns, len(events))


def _leaves(plan: DrawPlan) -> Iterator[Leaf]:
    yield from all_leaves(plan.value.root)
    if plan.selection is not None:
        yield from all_leaves(plan.selection.root)
