"""What a query gives: outputs by name, with the account of every entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from overproof.records.account import Account, ExcludedRange, MissingRange
from overproof.records.statistics import Statistics
from overproof.words.errors import BranchError, DatasetError, InputError
from overproof.words.states import QueryState


class IncompleteWarning(UserWarning):
    """A result lacks entries; its account says which."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Result(Mapping[str, Any]):
    """The outputs of a query, by name.

    Attributes:
        query_id: the query's id.
        state: `finished`, `stopped` or `failed`; `running` for a partial result.
        outputs: what `terminate` made of the merged outputs.
        account: where every entry is.
        excluded: ranges on which the selector failed.
        missing: ranges and files that could not be read.
        statistics: what the query cost.
    """

    query_id: str
    state: QueryState
    outputs: Mapping[str, Any]
    account: Account
    excluded: tuple[ExcludedRange, ...]
    missing: tuple[MissingRange, ...]
    statistics: Statistics

    @property
    def is_complete(self) -> bool:
        """Tell whether every entry asked for is in the outputs."""
        return self.account.is_complete

    def __getitem__(self, name: str) -> Any:
        return self.outputs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.outputs)

    def __len__(self) -> int:
        return len(self.outputs)

    def __repr__(self) -> str:
        account = self.account
        names = ", ".join(map(str, self.outputs)) or "no outputs"
        return f"<Result {self.query_id} {self.state}: {names}; {account.processed:,} of {account.total:,} entries>"

    def reason_for_nothing(self) -> InputError | None:
        """Say why a finished query has nothing in it, if that is so: then it was asked wrongly."""
        if self.state is not QueryState.FINISHED or self.account.processed:
            return None
        if self.missing:
            first = self.missing[0]
            more = f" ({len(self.missing) - 1} more like it)" if len(self.missing) > 1 else ""
            reason = first.reason if first.file in first.reason else f"{first.file}: {first.reason}"
            kind = BranchError if first.phase == "branch" else DatasetError
            return kind(f"{reason}{more}; nothing was read")
        if self.account.total == 0:
            return DatasetError(
                "there are no entries to process: the trees are empty, or the range lies behind their end"
            )
        return None
