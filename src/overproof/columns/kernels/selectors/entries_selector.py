"""An entry list as a selector: the numbers of the entries that have a pass that is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from overproof.analysis.draw.plan import DrawPlan
from overproof.analysis.selector import Selector
from overproof.columns.kernels.jagged import Integers
from overproof.columns.kernels.selectors.ways import INTERPRETED, Computing
from overproof.records.block import Range
from overproof.records.outcome.entries import Entries, FileEntries


class EntriesSelector(Selector):
    """Records the entries that the cuts of some plans choose.

    Attributes:
        plans: all of one name; an entry that any of them chooses is in the list, once.
        branches: the columns of their selections.
        path: `"compiled"` or `"interpreted"`, which give the same.
    """

    def __init__(self, plans: tuple[DrawPlan, ...], *, path: str = INTERPRETED) -> None:
        super().__init__()
        self.path = path
        self._computing: tuple[Computing, ...] = ()
        self.plans = plans
        self.branches = sorted({column for plan in plans for column in plan.columns})  # type: ignore[misc]  # its own

    def process(self, events: Any) -> dict[str, Any]:
        """Return the chosen entries of one block, by file and tree; nothing when there are none."""
        import awkward as ak

        if not self._computing:
            self._computing = tuple(Computing(plan.rows, path=self.path) for plan in self.plans)
        chosen = np.unique(np.concatenate([each.compute(events).entry for each in self._computing]))
        numbers = np.asarray(events.entry_numbers, dtype=np.int64)[chosen]
        found = {(events.file, events.tree): ak.Array(numbers)} if len(numbers) else {}
        return {self.plans[0].name: found}

    def terminate(self, outputs: dict[str, Any]) -> dict[str, Any]:
        """Return the list, files in the order of the dataset."""
        name = self.plans[0].name
        found: Mapping[tuple[str, str], Any] = outputs.get(name, {})
        files = [
            FileEntries(path=path, tree=tree, ranges=ranges_of(np.unique(np.asarray(numbers))))
            for (path, tree), numbers in found.items()
        ]
        return {name: Entries(name=name, files=tuple(files))}


def ranges_of(numbers: Integers) -> tuple[Range, ...]:
    """Return numbers, ascending and each once, as ranges: ascending, apart, as few as there can be."""
    if not len(numbers):
        return ()
    breaks = np.flatnonzero(np.diff(numbers) != 1) + 1
    firsts = numbers[np.concatenate([[0], breaks])]
    stops = numbers[np.concatenate([breaks - 1, [len(numbers) - 1]])] + 1
    return tuple(zip(firsts.tolist(), stops.tolist(), strict=True))
