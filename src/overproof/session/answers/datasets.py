"""Answers by dataset, each with the account of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from overproof.session.result import TOLD, Result

if TYPE_CHECKING:
    from overproof.records.account import Account, ExcludedRange, MissingRange, SplitRange, UnreadRange
    from overproof.records.statistics import Statistics
    from overproof.words.states import QueryState


class DatasetAnswers(dict[str, Any]):
    """What was asked for, of each dataset by its name; each has the account of its own.

    Attributes:
        account, accounts, excluded, missing, split, unread, statistics, state, query_id: as in a result, of the whole
            query.
    """

    account: Account
    accounts: Mapping[str, Account]
    excluded: tuple[ExcludedRange, ...]
    missing: tuple[MissingRange, ...]
    split: tuple[SplitRange, ...]
    unread: tuple[UnreadRange, ...]
    statistics: Statistics
    state: QueryState
    query_id: str

    def __init__(self, answers: Mapping[str, Any], *, result: Result) -> None:
        super().__init__(answers)
        for name in TOLD:
            setattr(self, name, getattr(result, name))

    def _repr_html_(self) -> str:
        """Show it in a notebook."""
        from overproof.session.show.notebook.page import result_html

        return result_html(self)


def part_of(result: Result, name: str) -> Result:
    """Return what a result has of one of its datasets, with what lacks of that."""
    account = result.accounts[name]
    return replace(
        result,
        outputs=result.outputs[name],
        account=account,
        accounts={name: account},
        excluded=result.excluded.of_dataset(name),
        missing=result.missing.of_dataset(name),
        unread=result.unread.of_dataset(name),
        unrounded=None,
        origin=None,
    )
