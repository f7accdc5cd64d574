"""What the first rows of some plans tell of the limits of their axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from overproof.analysis.draw.plan import DrawPlan
from overproof.analysis.selector import Selector
from overproof.columns.kernels.fills.drawn import points_of
from overproof.columns.kernels.fills.extremes import FirstRows
from overproof.columns.kernels.rows import compute_rows


class EstimateSelector(Selector):
    """Looks at the rows of each block; the outputs are lists in the order of blocks, by number of the plan.

    Attributes:
        plans: whose axes have no limits yet.
        branches: the columns of all plans, so that they are read in one go.
    """

    def __init__(self, plans: Sequence[DrawPlan]) -> None:
        super().__init__()
        self.plans = tuple(plans)
        columns = sorted({column for plan in plans for column in plan.columns})
        self.branches = tuple(columns)  # type: ignore[misc]  # the list of every instance is its own

    def process(self, events: Any) -> dict[str, Any]:
        """Return how far the values of one block go, and after how many rows."""
        return {
            str(number): [FirstRows.of(points_of(plan, compute_rows(plan.rows, events)))]
            for number, plan in enumerate(self.plans)
        }
