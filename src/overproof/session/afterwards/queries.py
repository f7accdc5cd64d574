"""Which queries there are on disk, and how they stand."""

from __future__ import annotations

from overproof.query.locality.accesses import AccessTally
from overproof.records.account import Account
from overproof.records.notices import FilesLocated, PacketDone, WorkerJoined
from overproof.records.statistics import ServerStatistics
from overproof.session.keeping import Description, QueryFolder, list_queries
from overproof.session.keeping.checkpoint import Head
from overproof.words.frozen import dataclass

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
        is_resumable: to go on with it may go well.
        wants_max_excluded: it may where more entries may be excluded.
    """

    id: str
    state: str
    description: Description | None
    account: Account | None
    at: str
    problem: str
    size_bytes: int
    path: str
    is_resumable: bool = False
    wants_max_excluded: bool = False


def report_all() -> list[QueryReport]:
    """Report on every query on disk, the newest first."""
    return [report_on(query) for query in list_queries()]


def report_on(query: QueryFolder) -> QueryReport:
    """Report on a query, also on one whose folder is damaged."""
    description, problem, size_bytes, is_resumable = None, "", 0, False
    try:
        size_bytes = query.size_bytes
        description = query.description
        head, state, is_resumable = query.head, query.state, query.is_resumable
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
        is_resumable=is_resumable,
        wants_max_excluded=head is not None and _wants_max_excluded(head, description),
    )


def servers_of(query: QueryFolder) -> tuple[ServerStatistics, ...]:
    """Say what each file server gave, as far as the journal tells; nothing where it cannot be read."""
    tally = AccessTally()
    try:
        for fact in query.facts():
            match fact.what:
                case WorkerJoined():
                    tally.join(fact.what)
                case FilesLocated():
                    tally.locate(fact.what)
                case PacketDone():
                    tally.add(fact.what)
    except Exception:  # noqa: BLE001 - a damaged folder may say anything, and what else is known of it is shown
        return ()
    return tally.lines()


def _wants_max_excluded(head: Head, description: Description | None) -> bool:
    """Tell whether too many entries were excluded; a query that stops at the first one is not meant."""
    return (
        head.is_dead_end
        and not head.problem
        and head.account.excluded > 0
        and description is not None
        and description.options.on_error != "stop"
    )
