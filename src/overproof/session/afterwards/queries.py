"""Which queries there are on disk, and how they stand."""

from __future__ import annotations

from dataclasses import dataclass

from overproof.records.account import Account
from overproof.session.keeping import Description, QueryFolder, find_query, list_queries
from overproof.words.errors import QueryError

LAST = "last"
"""What the newest query may be called."""
DAMAGED = "damaged"
"""State of a query whose folder cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryReport:
    """How a query on disk stands.

    Attributes:
        id: the query's id.
        state: `running`, `finished`, `stopped`, `failed`, `aborted`, `interrupted` (its process was killed), or
            `damaged`.
        description: what was asked; None where that cannot be read.
        account: where every entry was at the last checkpoint; None before the first.
        at: when that was; empty before the first.
        problem: what ended the query early, or why its folder cannot be read; empty when nothing did.
        size_bytes: of its folder.
        path: of its folder.
    """

    id: str
    state: str
    description: Description | None
    account: Account | None
    at: str
    problem: str
    size_bytes: int
    path: str


def named_query(name: str) -> QueryFolder:
    """Return a query by its id, by a part of it that no other has, or by the word `last`.

    Raises:
        QueryError: there is none, or there are several.
    """
    if name != LAST:
        return find_query(name)
    found = list_queries()
    if not found:
        raise QueryError("there is no query on disk yet: run one first, without --no-journal")
    return found[0]


def report_all() -> list[QueryReport]:
    """Report on every query on disk, the newest first."""
    return [report_on(query) for query in list_queries()]


def report_on(query: QueryFolder) -> QueryReport:
    """Report on a query, also on one whose folder is damaged."""
    description, problem, size_bytes = None, "", 0
    try:
        size_bytes = query.size_bytes
        description = query.description
        head, state = query.head, query.state
    except Exception as error:  # noqa: BLE001 - a damaged folder may say anything, and must not harm the others
        head, state, problem = None, DAMAGED, str(error) or type(error).__name__
    return QueryReport(
        id=query.id,
        state=state,
        description=description,
        account=head.account if head is not None else None,
        at=head.at if head is not None else "",
        problem=head.problem if head is not None else problem,
        size_bytes=size_bytes,
        path=str(query.path),
    )
