"""Draws as a selector: columns of a block in, sums of cells out, histograms at the end.

What does the work is loaded where it is done: whoever only sends the selector to workers needs no numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from overproof.analysis.draw.axes.categories import Categories
from overproof.analysis.draw.plan import DrawPlan
from overproof.analysis.selector import Selector
from overproof.columns.kernels.selectors.ways import INTERPRETED, Filling
from overproof.words.errors import OptionError


class DrawSelector(Selector):
    """Fills the histograms of some plans in one pass.

    Attributes:
        plans: what is drawn; those of one name are added up, with the axes of the first.
        branches: the columns of all plans, so that they are read in one go.
        path: `"compiled"` or `"interpreted"`, which give the same.
    """

    def __init__(self, plans: Sequence[DrawPlan], *, path: str = INTERPRETED) -> None:
        super().__init__()
        self.path = path
        self.plans = tuple(plans)
        _check_texts(plans)
        columns = sorted({column for plan in plans for column in plan.columns})
        self._filling: Filling | None = None
        self.branches = tuple(columns)  # type: ignore[misc]  # the list of every instance is its own

    def process(self, events: Any) -> dict[str, Any]:
        """Return the sums of one block by name; plain arrays, so that workers need no library of histograms."""
        if self._filling is None:
            self._filling = Filling(self.plans, path=self.path)
        outputs: dict[str, Any] = {}
        for plan, sums in zip(self.plans, self._filling.fill(events), strict=True):
            before = outputs.setdefault(plan.name, {})
            outputs[plan.name] = before | {key: before[key] + sums[key] if key in before else sums[key] for key in sums}
        return outputs

    def terminate(self, outputs: dict[str, Any]) -> dict[str, Any]:
        """Return the histograms by name; empty ones when no block was processed."""
        from overproof.columns.kernels.fills.drawn import dress

        first = {plan.name: plan for plan in reversed(self.plans)}
        return {name: dress(first[name], outputs.get(name)) for name in dict.fromkeys(plan.name for plan in self.plans)}

    def only(self, names: Collection[str]) -> DrawSelector:
        """Return the same for some of the histograms."""
        return DrawSelector([plan for plan in self.plans if plan.name in names], path=self.path)


def _check_texts(plans: Sequence[DrawPlan]) -> None:
    """Raise an OptionError where texts and numbers would be added to one axis."""
    kinds: dict[str, list[bool]] = {}
    for plan in plans:
        own = [isinstance(axis, Categories) for axis in plan.axes]
        if kinds.setdefault(plan.name, own) != own:
            raise OptionError(f"texts and numbers cannot be added to one axis of `{plan.name}`: give them two names")
