"""Several selectors in one pass over the data."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from overproof.analysis.selector import Selector
from overproof.columns.kernels.selectors.draw_selector import DrawSelector


class Several(Selector):
    """Does what some selectors do, whose outputs have different names, and adds what earlier queries gave.

    Attributes:
        parts: the selectors.
        order: names of the outputs, as they were asked for.
        earlier: outputs of earlier queries that this one adds to, by name.
        branches: the columns of all parts, so that they are read in one go.
        path: that of the parts.
    """

    def __init__(self, parts: Sequence[Selector], *, order: Sequence[str], earlier: Mapping[str, Any]) -> None:
        super().__init__()
        self.parts = tuple(parts)
        self.order = tuple(order)
        self.earlier = dict(earlier)
        self.path = next((part.path for part in self.parts if hasattr(part, "path")), "")
        columns = {column for part in parts for column in part.branches or ()}
        self.branches = sorted(columns)  # type: ignore[misc]  # the list of every instance is its own

    def process(self, events: Any) -> dict[str, Any]:
        """Return the outputs of all parts."""
        outputs: dict[str, Any] = {}
        for part in self.parts:
            outputs |= part.process(events) or {}
        return outputs

    def terminate(self, outputs: dict[str, Any]) -> dict[str, Any]:
        """Let every part finish its own outputs, and add what was there before."""
        finished: dict[str, Any] = {}
        for part in self.parts:
            finished |= part.terminate(outputs) or {}
        return {name: self._added(name, finished[name]) for name in self.order}

    def only(self, names: Collection[str]) -> Several:
        """Return the same for some of the outputs."""
        chosen = [part for part in self.parts if any(plan.name in names for plan in getattr(part, "plans", ()))]
        parts = [part.only(names) if isinstance(part, DrawSelector) else part for part in chosen]
        return Several(parts, order=[name for name in self.order if name in names], earlier=self.earlier)

    def _added(self, name: str, output: Any) -> Any:
        if name not in self.earlier:
            return output
        before = self.earlier[name]
        for old, new in zip(getattr(before, "axes", ()), getattr(output, "axes", ()), strict=True):
            new.label = old.label  # histograms are added when all is the same of their axes
        return before + output
