"""The files of a dataset as one long tree."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from overproof.analysis.draw.listing import ListPlan
from overproof.analysis.draw.plan import DrawPlan
from overproof.analysis.draw.rows import Rows
from overproof.engines.crew import Crew
from overproof.records.dataset import Chain, FileGrid
from overproof.session.chains.lengths import measure_files
from overproof.session.question import Question

P = TypeVar("P", DrawPlan, ListPlan)


class UnknownLengthWarning(UserWarning):
    """The numbers of entries of a chain leave out a file of which nobody can tell how long it is."""


def with_chain(
    plans: Sequence[P], *, question: Question, crew: Crew, is_cancelled: Callable[[], bool] = lambda: False
) -> list[P]:
    """Tell the chain to those plans that need it; files are measured only when one does.

    Args:
        plans: of the draw language.
        question: for which they are.
        crew: idle.
        is_cancelled: tells whether the user wants it to end.

    Raises:
        AbortedError: it was cancelled.
        EngineError: workers die faster than they can be replaced.
    """
    if not any(_needs_chain(plan) for plan in plans):
        return list(plans)
    chain = measure_chain(crew, question, is_cancelled=is_cancelled)
    return [replace(plan, rows=replace(plan.rows, chain=chain)) if _needs_chain(plan) else plan for plan in plans]


def _needs_chain(plan: DrawPlan | ListPlan) -> bool:
    return isinstance(plan.rows, Rows) and plan.rows.needs_chain


def measure_chain(crew: Crew, question: Question, *, is_cancelled: Callable[[], bool] = lambda: False) -> Chain:
    """Count the entries before each file; those of a file that cannot be opened are none, and it is said.

    Args:
        crew: idle.
        question: every file counts with all of its entries, whatever is asked for of it; of datasets whose answers are
            wanted apart, each counts for itself, so that they are those of a query over it alone.
        is_cancelled: as in `measure_files`.

    Raises:
        AbortedError: it was cancelled.
        EngineError: workers die faster than they can be replaced.
    """
    files, block_entries = question.data.files, question.options.block_entries
    measured = measure_files(crew, files, block_entries=block_entries, is_cancelled=is_cancelled)
    lengths = [grid.n_entries if isinstance(grid, FileGrid) else 0 for grid in measured]
    firsts: list[int] = []
    totals: list[int] = []
    members = question.data.all_members if question.division.by_dataset else ()
    for n_files in [member.n_files for member in members] or [len(files)]:
        *before, total = itertools.accumulate(lengths[len(firsts) : len(firsts) + n_files], initial=0)
        firsts += before
        totals += [total] * n_files
    unknown = [spec.path for spec, grid in zip(files, measured, strict=True) if not isinstance(grid, FileGrid)]
    if unknown:
        warnings.warn(
            f"{len(unknown)} of {len(measured)} files cannot be opened (such as {unknown[0]}): they count no entries, "
            "and `Entry$` and `Entries$` are smaller than with all files",
            UnknownLengthWarning,
            stacklevel=2,
        )
    return Chain(firsts=tuple(firsts), totals=tuple(totals), n_unknown=len(unknown))
