"""From merged outputs and where the query stands to a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from overproof.analysis.by_dataset import ByDataset
from overproof.analysis.selector import Selector
from overproof.engines.driver import Snapshot
from overproof.records.dataset import FileGrid
from overproof.records.outcome.standing import Standing
from overproof.records.statistics import Statistics
from overproof.session.conduct.user_code import call_user
from overproof.session.outcome.gaps import (
    NO_GRIDS,
    name_accounts,
    name_excluded,
    name_missing,
    name_splits,
    name_unread,
)
from overproof.session.outcome.origin import Origin
from overproof.session.question import Question
from overproof.session.result import Result
from overproof.words.errors import UserCodeError
from overproof.words.ids import FileIndex


def make_result(
    question: Question,
    snapshot: Snapshot,
    *,
    selector: Selector,
    statistics: Statistics,
    standing: Standing | None = None,
    code: str = "",
) -> Result:
    """Let `terminate` make the result; where it fails, what was merged goes with the error.

    Args:
        question: what was asked.
        snapshot: what is merged, with the account of just that.
        selector: whose `terminate` has not run yet.
        statistics: what the query cost.
        standing: where the query stands with what is merged; None for a partial result, which cannot be merged.
        code: identity of the selector.

    Raises:
        UserCodeError: `terminate` raised; what was merged is in its attribute `result`.
    """
    finish = partial(terminated, selector)  # unlike a function in here, it can be pickled with the result

    def made(outputs: Mapping[str, Any]) -> Result:
        grids = standing.grids if standing is not None else {}
        result = bundle(question, snapshot, outputs, statistics=statistics, grids=grids)
        if standing is None:
            return result
        origin = Origin(
            dataset=question.dataset, options=question.options, standing=standing, finish=finish, code=code,
            is_by_dataset=isinstance(selector, ByDataset),
        )  # fmt: skip
        return replace(result, unrounded=snapshot.outputs, origin=origin)

    try:
        outputs = finish(snapshot.outputs.value())
    except UserCodeError as error:
        error.result = made(snapshot.outputs.value())
        raise
    return made(outputs)


def bundle(
    question: Question,
    snapshot: Snapshot,
    outputs: Mapping[str, Any],
    *,
    statistics: Statistics,
    grids: Mapping[FileIndex, FileGrid] = NO_GRIDS,
) -> Result:
    """Put outputs together with the account of just these."""
    return Result(
        query_id=question.query_id,
        state=snapshot.state,
        outputs=outputs,
        account=snapshot.account,
        accounts=name_accounts(snapshot.accounts, question.dataset),
        excluded=name_excluded(snapshot.excluded, question.dataset, grids),
        missing=name_missing(snapshot.missing, question.dataset, grids),
        statistics=statistics,
        split=name_splits(snapshot.splits, question.dataset),
        unread=name_unread(snapshot.unread, question.dataset, grids),
    )


def terminated(selector: Selector, outputs: dict[str, Any]) -> Mapping[str, Any]:
    """Return what `terminate` makes of the merged outputs."""
    replaced = call_user(lambda: selector.terminate(outputs), "terminate")
    if replaced is not None and not isinstance(replaced, Mapping):
        raise UserCodeError(f"terminate returned {type(replaced).__name__}: return a dict of outputs, or None")
    return outputs if replaced is None else replaced
