"""Draws as a selector: columns of a block in, sums of cells out, histograms at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from overproof.analysis.draw.axes import Binning
from overproof.analysis.draw.plan import DrawPlan
from overproof.analysis.selector import Selector
from overproof.columns.kernels.fills.cells import Sums, shape_of, sum_cells, sum_profile
from overproof.columns.kernels.fills.histogram import make_histogram, make_profile
from overproof.columns.kernels.rows import compute_rows
from overproof.words.errors import OptionError

_KEYS = {False: ("contents", "variances"), True: ("weights", "squared_weights", "weighted", "weighted_squares")}
"""What is summed in each cell, by whether it is a profile."""


class DrawSelector(Selector):
    """Fills the histograms of some plans in one pass.

    Attributes:
        plans: what is drawn; those of one name are added up, with the axes of the first.
        branches: the columns of all plans, so that they are read in one go.
    """

    def __init__(self, plans: Sequence[DrawPlan]) -> None:
        super().__init__()
        self.plans = tuple(plans)
        columns = sorted({column for plan in plans for column in plan.columns})
        self.branches = tuple(columns)  # type: ignore[misc]  # the list of every instance is its own

    def process(self, events: Any) -> dict[str, Any]:
        """Return the sums of one block by name; plain arrays, so that workers need no library of histograms."""
        outputs: dict[str, Any] = {}
        for plan in self.plans:
            sums = fill(plan, events)
            before = outputs.get(plan.name)
            outputs[plan.name] = sums if before is None else {key: before[key] + sums[key] for key in sums}
        return outputs

    def terminate(self, outputs: dict[str, Any]) -> dict[str, Any]:
        """Return the histograms by name; empty ones when no block was processed."""
        first = {plan.name: plan for plan in reversed(self.plans)}
        return {name: dress(first[name], outputs.get(name)) for name in dict.fromkeys(plan.name for plan in self.plans)}


def fill(plan: DrawPlan, events: Any) -> Sums:
    """Return the sums of all cells of one plan over a block."""
    rows, axes = compute_rows(plan.rows, events), _binnings(plan)
    if plan.request.is_profile:
        averaged, *points = rows.values
        return sum_profile(points[::-1], averaged, rows.weights, axes)
    return sum_cells(rows.values[::-1], rows.weights, axes)  # the last expression of the text goes along x


def dress(plan: DrawPlan, sums: Sums | None) -> Any:
    """Make the histogram of a plan from merged sums; None: nothing was filled."""
    axes, is_profile = _binnings(plan), plan.request.is_profile
    if sums is None:
        sums = {key: np.zeros(shape_of(axes)) for key in _KEYS[is_profile]}
    make = make_profile if is_profile else make_histogram
    labels = plan.request.labels
    return make(sums, axes, name=plan.name, label=plan.request.text, labels=labels)


def _binnings(plan: DrawPlan) -> list[Binning]:
    binnings = [axis for axis in plan.axes if isinstance(axis, Binning)]
    if len(binnings) != len(plan.axes):
        raise OptionError(f"the binning of `{plan.request.text}` is missing: write n, low, high")
    return binnings
