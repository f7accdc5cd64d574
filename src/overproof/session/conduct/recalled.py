"""The result of a query that is on disk; nothing is computed."""

from __future__ import annotations

from typing import Any

from overproof.analysis.selector import Selector
from overproof.query.master import Master
from overproof.query.statistics import StatisticsTally
from overproof.records.notices import QueryStarted
from overproof.records.statistics import Statistics
from overproof.session.answers import dress
from overproof.session.conduct.making import make_result
from overproof.session.conduct.masters import master_of, path_of, snapshot_of
from overproof.session.conduct.resumption import Resumption, read_up
from overproof.session.keeping.folder import QueryFolder
from overproof.session.question import Question
from overproof.session.result import Result
from overproof.words.errors import QueryError
from overproof.words.states import TRANSITIONS, QueryState


def recalled_result(query: QueryFolder) -> Any:
    """Return the result of an earlier query as far as its last checkpoint goes, in the form in which it was asked for.

    Raises:
        QueryError: nothing was merged before it ended, or the folder is damaged.
        UserCodeError: `terminate` raised.
    """
    resumption = read_up(query, number=0)
    if not resumption.outputs.n_blocks and not resumption.is_finished:
        raise QueryError(f"nothing of query {query.id} was merged before it ended: `overproof resume {query.id}`")
    result = recalled(master_of(resumption.question, can_merge=False), resumption, selector=resumption.selector())
    return dress(result, kind=resumption.question.kind)


def recalled(master: Master, resumption: Resumption, *, selector: Selector) -> Result:
    """Make the result of a query from where it stood.

    Args:
        master: fresh.
        resumption: where the query stood.
        selector: its own, whose `terminate` has not run.
    """
    for notice in (QueryStarted(), *resumption.notices()):
        master.handle(notice, now=0.0)
    head = resumption.query.head
    state = head.state if head is not None and not TRANSITIONS[head.state] else QueryState.STOPPED
    return make_result(
        resumption.question,
        snapshot_of(master, resumption.outputs, state=state),
        selector=selector,
        statistics=_statistics(resumption, path=path_of(selector)),
        standing=resumption.standing,
        code=resumption.description.code.digest,
    )


def _statistics(resumption: Resumption, *, path: str) -> Statistics:
    """Say what the query cost, by its journal; as little as can be read of it."""
    question = resumption.question
    tally: StatisticsTally | None = None
    last_s = 0.0
    try:
        for fact in resumption.query.facts():
            tally = tally or _tally(question, fact.at_s, path)
            tally.record(fact)
            last_s = fact.at_s
    except QueryError:  # of another version: what it cost is not worth failing for
        tally = None
    return (tally or _tally(question, last_s, path)).statistics(ended_s=last_s)


def _tally(question: Question, started_s: float, path: str) -> StatisticsTally:
    return StatisticsTally(
        packetizer=question.options.packetizer, n_files=question.n_files, started_s=started_s, path=path
    )
