"""A result in the one form in which it is written and printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from overproof.records.account import Account, ExcludedRange, MissingRange, SplitRange, UnreadRange
from overproof.records.statistics import Statistics
from overproof.words.errors import OverproofError
from overproof.words.states import QueryState

if TYPE_CHECKING:
    from overproof.session.answers import Table
    from overproof.session.outcome.gaps import Gaps


DRAWN = frozenset(("draw", "draws"))
"""Kinds of questions whose outputs are what was drawn."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A result, in the one form in which it is written and printed.

    Attributes:
        outputs: by name.
        draws: the outputs are what was drawn, by expression or name.
        table: that of a scan.
        problem: what ended the query early.
        is_by_dataset: the outputs are those of each dataset, by its name.
        state, account, accounts, excluded, missing, split, unread, statistics: as in a result.
    """

    outputs: Mapping[str, Any]
    draws: bool = False
    table: Table | None = None
    problem: OverproofError | None = None
    is_by_dataset: bool = False
    state: QueryState
    account: Account
    accounts: Mapping[str, Account]
    excluded: Gaps[ExcludedRange]
    missing: Gaps[MissingRange]
    split: Sequence[SplitRange] = ()
    unread: Sequence[UnreadRange] = ()
    statistics: Statistics

    @property
    def is_complete(self) -> bool:
        """Tell whether every entry asked for is in the outputs, and every empty tree."""
        is_settled = self.account.is_complete and not self.missing and not self.excluded
        return is_settled and self.state is QueryState.FINISHED  # else an empty tree may be unread

    @property
    def shown(self) -> Mapping[str, Any]:
        """Return what is shown to people, by one name each: `dataset/name` for outputs of datasets."""
        if not self.is_by_dataset:
            return self.outputs
        shown: dict[str, Any] = {}
        for dataset, outputs in self.outputs.items():
            inside = outputs.items() if isinstance(outputs, Mapping) else [(None, outputs)]
            shown |= {dataset if name is None else f"{dataset}/{name}": output for name, output in inside}
        return shown

    @property
    def drawn(self) -> Any:
        """Return the histogram of a draw of one, whose fields stand at the top of the JSON document; else None."""
        from overproof.outputs.kinds import is_histogram

        is_one = self.draws and len(self.outputs) == 1 and not self.is_by_dataset
        only = next(iter(self.outputs.values())) if is_one else None
        return only if is_histogram(only) else None


def outcome_of(ask: Callable[[], Any], *, draws: bool) -> Outcome:
    """Ask, and take the result, or what a failed query had merged before.

    Args:
        ask: returns a result in the form in which it was asked for.
        draws: it is of a draw.

    Raises:
        OverproofError: the query ended without anything to keep.
    """
    from overproof.analysis.by_dataset import DatasetOutputs
    from overproof.session.answers import Table
    from overproof.session.answers.datasets import DatasetAnswers

    problem: OverproofError | None = None
    try:
        answer = ask()
    except OverproofError as error:
        if error.result is None:
            raise
        answer, problem = error.result, error
    outputs, result = _outputs_of(answer)
    return Outcome(
        outputs=outputs,
        draws=draws,
        table=answer if isinstance(answer, Table) else None,
        problem=problem,
        is_by_dataset=isinstance(answer, DatasetAnswers) or isinstance(outputs, DatasetOutputs),
        state=result.state,
        account=result.account,
        accounts=result.accounts,
        excluded=result.excluded,
        missing=result.missing,
        split=result.split,
        unread=getattr(result, "unread", ()),  # a map has no files
        statistics=result.statistics,
    )


def _outputs_of(answer: Any) -> tuple[Mapping[str, Any], Any]:
    """Return outputs by name, and what tells of the result."""
    from overproof.session.answers import Count, Table
    from overproof.session.answers.datasets import DatasetAnswers
    from overproof.session.mapping import Mapped
    from overproof.session.result import Result

    match answer:
        case Result():
            return answer.outputs, answer
        case Table():
            return {"columns": answer.columns, "n_rows": answer.n_rows}, answer
        case Count():
            return {"entries": answer.entries, "passes": answer.passes}, answer
        case Mapped():
            return {"values": answer.filled()}, answer
        case DatasetAnswers():
            counts = {name: _outputs_of(each)[0] for name, each in answer.items() if isinstance(each, Count)}
            return dict(answer) | counts, answer
        case Mapping():  # several of one query: each has the account of all
            return answer, next(iter(answer.values()))
    return {answer.name or "h": answer}, answer
