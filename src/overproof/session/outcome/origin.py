"""What a result was made of: enough to add another one to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from overproof.records.dataset import Dataset, FileGrid
from overproof.records.outcome.standing import Standing
from overproof.records.query import QueryOptions
from overproof.session.outcome.ranges import Ranges, common, union
from overproof.words.ids import FileIndex


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What a result was made of.

    Attributes:
        dataset: what was asked for; None for cycles.
        options: how it was run.
        standing: what was merged and what lacks, of the same moment as the un-rounded outputs.
        finish: makes outputs of merged ones, as the selector's `terminate` does.
        code: the same for the same selector with the same parameters; empty where nobody can tell.
        is_by_dataset: the outputs of several datasets were kept apart.
    """

    dataset: Dataset | None
    options: QueryOptions
    standing: Standing
    finish: Callable[[dict[str, Any]], Mapping[str, Any]]
    code: str = ""
    is_by_dataset: bool = False

    @property
    def is_chained(self) -> bool:
        """Tell whether entries are counted over all files."""
        return self.options.first > 0 or self.options.entries is not None

    def asked(self, grids: Mapping[FileIndex, FileGrid]) -> dict[FileIndex, Ranges]:
        """Return the entries asked for of each file whose length is known.

        Args:
            grids: of the files, as far as known.
        """
        if self.is_chained:
            return self._asked_of_chain()
        steps = {index: spec.steps for index, spec in enumerate(self.dataset.files)} if self.dataset else {}
        asked = {}
        for file, grid in grids.items():
            given = steps.get(file)
            whole = ((0, grid.n_entries),)
            asked[file] = union(whole) if given is None else common(given, whole)
        return asked

    def _asked_of_chain(self) -> dict[FileIndex, Ranges]:
        """Cut files by their place in the chain; one that could not be opened counts no entries."""
        first = self.options.first
        stop = None if self.options.entries is None else first + self.options.entries
        asked, before = {}, 0
        for file, grid in sorted(self.standing.grids.items()):
            last = grid.n_entries if stop is None else stop - before
            asked[file] = common([(first - before, last)] if last > first - before else [], [(0, grid.n_entries)])
            before += grid.n_entries
        return asked
