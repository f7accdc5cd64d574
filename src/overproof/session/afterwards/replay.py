"""One failure of an earlier query once more, in this process, where a debugger can look at it."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from overproof.records.account import ExcludedRange
from overproof.records.block import Block
from overproof.session.conduct.resumption import Resumption, read_up
from overproof.session.keeping import find_query
from overproof.session.outcome.gaps import Gaps, name_excluded
from overproof.words.errors import QueryError
from overproof.words.ids import FileIndex


@dataclass(frozen=True, kw_only=True)
class Case:
    """One failure of an earlier query.

    Attributes:
        query_id: the query's id.
        number: which failure it is, counted from 1 in the order of files and entries.
        file: place of its file in the dataset.
        failure: what is known of it.
        resumption: the query as it was kept.
    """

    query_id: str
    number: int
    file: FileIndex
    failure: ExcludedRange
    resumption: Resumption


def failures_of(query_id: str) -> Gaps[ExcludedRange]:
    """Return what an earlier query had excluded by its last checkpoint.

    Raises:
        QueryError: there is no such query, or it cannot be read.
    """
    return _failures(read_up(find_query(query_id), number=0))


def find_case(query_id: str, number: int) -> Case:
    """Return one failure of an earlier query.

    Raises:
        QueryError: there is no such query, or no such failure of it.
    """
    resumption = read_up(find_query(query_id), number=0)
    failures = _failures(resumption)
    name = resumption.query.id
    if not failures:
        raise QueryError(f"query {name} has no failure that could be replayed: nothing was excluded from it")
    if not 1 <= number <= len(failures):
        there_are = f"failures 1 to {len(failures)}" if len(failures) > 1 else "one failure"
        raise QueryError(f"query {name} has no failure {number}: it has {there_are}")
    excluded = resumption.standing.excluded[number - 1]
    return Case(query_id=name, number=number, file=excluded.file, failure=failures[number - 1], resumption=resumption)


def replay(query_id: str = "last", *, failure: int = 1) -> Mapping[str, Any] | None:
    """Run the selector of an earlier query once more on just the entries on which it failed, in this process.

    What the selector raises is raised here, so that `breakpoint()`, `%debug` and every other debugger work. What
    killed a worker kills this process too.

    Args:
        query_id: id of the query, a part of it that no other has, or `"last"`.
        failure: which failure, counted from 1 in the order of `result.excluded`.

    Returns:
        The outputs of these entries, if the selector does not fail this time.

    Raises:
        QueryError: there is no such query, or no such failure of it.
        ReadError: the file cannot be read any more, or has changed.
        Exception: whatever the selector raises.
    """
    return run_again(find_case(query_id, failure))


def run_again(case: Case) -> Mapping[str, Any] | None:
    """Do what a worker does with the entries of one failure, and let out what user code raises.

    Raises:
        ReadError: the file cannot be read any more, or has changed.
        Exception: whatever the selector raises.
    """
    from overproof.columns.views import materialized
    from overproof.engines.worker.code import import_modules
    from overproof.engines.worker.source import BlockSource

    description = case.resumption.description
    sys.path[:] = [*description.search_path, *(place for place in sys.path if place not in description.search_path)]
    import_modules(description.modules)
    selector = case.resumption.selector()
    options = case.resumption.question.options
    source = BlockSource()
    source.begin(
        case.resumption.question.dataset, block_entries=options.block_entries, seed=options.seed,
        branches=selector.branches, optional=selector.optional, schema=selector.schema,
    )  # fmt: skip
    grid = case.resumption.standing.grids.get(case.file)
    index = 0
    if grid is not None:
        source.expect(case.file, grid.identity)
        index = bisect_right(grid.stops, case.failure.first)
    selector.worker_begin()
    block = Block(file=case.file, index=index, first=case.failure.first, stop=case.failure.stop)
    events = source.events(block)
    outputs: Mapping[str, Any] | None = materialized(selector.process(source.shown(events)))
    if (unreadable := getattr(events, "failure", None)) is not None:  # user code may have swallowed it
        raise unreadable
    return outputs


def _failures(resumption: Resumption) -> Gaps[ExcludedRange]:
    return name_excluded(resumption.standing.excluded, resumption.question.dataset)
