"""Which path serves a query of the draw language, by what is known of its files before it starts."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from overproof.analysis.draw.dialects import AnyRows
from overproof.analysis.draw.path import choose_path
from overproof.analysis.path import VARIABLE, Path, said_path
from overproof.columns.kernels.selectors.needed import needed_for
from overproof.records.dataset import FileGrid
from overproof.session.chains import measure_files
from overproof.session.question import Question

if TYPE_CHECKING:
    from overproof.engines.crew import Crew

N_TRIED = 3
"""Files that are looked into for a length; where none can be opened, the query is taken for a small one."""
TELLING_ENTRIES = 10_000
"""The first file tells of the others where it has as many; skims often begin with an empty one."""


def path_for(
    rows: Sequence[AnyRows], *, question: Question, crew: Crew, is_cancelled: Callable[[], bool] = lambda: False
) -> Path:
    """Choose the path of a query, and let its crew know what that takes.

    It is what `OVERPROOF_PATH` says, else the one by the rule of `choose_path`.

    Args:
        rows: all that is computed in it.
        question: for which they are.
        crew: idle.
        is_cancelled: tells whether the user wants it to end.

    Raises:
        AbortedError: it was cancelled.
        EngineError: workers die faster than they can be replaced.
        OptionError: what the environment says is no path.
    """
    path = said_path(os.environ.get(VARIABLE, ""))
    if path is None:
        path = choose_path(rows, n_entries=expected_entries(question, crew=crew, is_cancelled=is_cancelled))
    crew.expect(needed_for(rows, path=path))
    return path


def expected_entries(question: Question, *, crew: Crew, is_cancelled: Callable[[], bool] = lambda: False) -> int:
    """Return how many entries are asked for, as if all files were as long as the first.

    Where that is short, or cannot be opened, the longest of the first few counts. What is remembered of other files
    does not: the same query would be served in two ways.
    """
    files, options = question.data.files, question.options
    length = 0
    whole = [spec for spec in files if spec.steps is None]
    for specs in (whole[:1], whole[1:N_TRIED]):
        grids = measure_files(crew, specs, block_entries=options.block_entries, is_cancelled=is_cancelled)
        length = max([length, *(grid.n_entries for grid in grids if isinstance(grid, FileGrid))])
        if length >= TELLING_ENTRIES:
            break
    in_steps = sum(stop - first for spec in files for first, stop in spec.steps or ())
    total = max(in_steps + length * len(whole) - options.first, 0)
    return total if options.entries is None else min(total, options.entries)
