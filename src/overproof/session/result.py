"""What a query gives: outputs by name, with the account of every entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from overproof.records.account import Account, ExcludedRange, MissingRange, SplitRange, UnreadRange
from overproof.records.statistics import Statistics
from overproof.session.outcome.costs import merge_statistics
from overproof.session.outcome.gaps import Gaps, name_accounts, name_excluded, name_missing, name_splits
from overproof.session.outcome.merging import merge_accounts, merge_origins, merged_accounts
from overproof.session.outcome.origin import Origin
from overproof.words.errors import BranchError, DatasetError, InputError, UserCodeError
from overproof.words.states import QueryState
from overproof.words.units import entries_text

if TYPE_CHECKING:
    from overproof.outputs.state import OutputState


NOTHING_UNREAD: Gaps[UnreadRange] = Gaps()

TOLD = ("account", "accounts", "excluded", "missing", "split", "unread", "statistics", "state", "query_id")
"""What everything that is handed out tells of its query."""


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
        accounts: the same for each dataset, by its name; empty for cycles.
        excluded: ranges on which the selector failed; a dataset too.
        missing: ranges and files that could not be read; a dataset too, which can be processed again.
        statistics: what the query cost.
        split: ranges that could not be computed whole, and were computed in two.
        unread: what nobody read, and why, where it was not the user who stopped the query; a dataset too.
        unrounded: the merged outputs before they were rounded and given to `terminate`; None where they are gone.
        origin: what the result was made of.
    """

    query_id: str
    state: QueryState
    outputs: Mapping[str, Any]
    account: Account
    excluded: Gaps[ExcludedRange]
    missing: Gaps[MissingRange]
    statistics: Statistics
    accounts: Mapping[str, Account] = field(default_factory=dict)
    split: tuple[SplitRange, ...] = ()
    unread: Gaps[UnreadRange] = NOTHING_UNREAD
    unrounded: OutputState | None = field(default=None, repr=False)
    origin: Origin | None = field(default=None, repr=False)

    @property
    def is_complete(self) -> bool:
        """Tell whether every entry asked for is in the outputs, and every empty tree."""
        is_settled = self.account.is_complete and not self.missing and not self.excluded
        return is_settled and self.state is QueryState.FINISHED  # else an empty tree may be unread

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

    def _repr_html_(self) -> str:
        """Show it in a notebook."""
        from overproof.session.show.notebook.page import result_html

        return result_html(self)

    @property
    def lacking(self) -> Gaps[MissingRange | ExcludedRange]:
        """Return what is missing and what is excluded, together: a dataset too, and a fileset.

        What is unread, because the query was stopped, is not in it: resume the query. To add what is computed later to
        this result, take `missing` alone: entries excluded one by one cannot be added to their block.
        """
        return cast("Gaps[MissingRange | ExcludedRange]", self.missing + self.excluded)

    def merge(self, other: Result) -> Result:
        """Return the result of both, bit for bit as one query over both would have given it.

        Neither is changed. What the first lacked and the second has is missing no more: process `first.missing` again
        and merge what comes out. `first + second` is the same.

        Raises:
            InputError: they belong to different datasets, selectors or options, have a block in common, or one of them
                is the result of a query that still runs.
            MergeError: outputs that cannot be added.
            UserCodeError: `terminate` raised.
        """
        if self.unrounded is None or other.unrounded is None or self.origin is None or other.origin is None:
            raise InputError(
                "only what `session.process` returned can be merged: a partial result or a part of one has no "
                "un-rounded outputs any more"
            )
        origin = merge_origins(self.origin, other.origin)
        unrounded = self.unrounded.copy()
        unrounded.merge(other.unrounded.copy())
        states = [each.state for each in (self, other) if each.state is not QueryState.FINISHED]
        return Result(
            query_id=f"{self.query_id}+{other.query_id}",
            state=states[0] if states else QueryState.FINISHED,
            outputs=origin.finish(unrounded.value()),
            account=merge_accounts(self.account, other.account, origin),
            accounts=name_accounts(merged_accounts(self.account, other.account, origin), origin.dataset),
            excluded=name_excluded(origin.standing.excluded, origin.dataset, origin.standing.grids),
            missing=name_missing(origin.standing.missing, origin.dataset, origin.standing.grids),
            statistics=merge_statistics(self.statistics, other.statistics),
            split=name_splits(origin.standing.splits, origin.dataset),
            unrounded=unrounded,
            origin=origin,
        )

    def __add__(self, other: Result) -> Result:
        return self.merge(other) if isinstance(other, Result) else NotImplemented

    def reason_for_failure(self) -> UserCodeError:
        """Say on which entries the selector failed, so that the query ended early."""
        if not self.excluded:
            return UserCodeError("the selector failed, and nothing is known of where")
        first, account = self.excluded[0], self.account
        message = first.reason
        if account.excluded and self.origin is not None and self.origin.options.on_error != "stop":
            n_done = account.excluded + account.processed
            message += (
                f"\n{account.excluded:,} entries failed, of {n_done:,} done: the selector is probably wrong, not the "
                "data. What is done is kept; to let more entries fail say max_excluded=N (--max-excluded N)"
            )
        entries = entries_text(first.first, first.stop)
        return UserCodeError(message, where=f"{first.file}: {entries}", traceback=first.traceback)

    def reason_for_nothing(self, *, may_be_empty: bool = False) -> InputError | UserCodeError | None:
        """Say why a finished query has nothing in it, if that is so and it was asked wrongly.

        Args:
            may_be_empty: where there are no entries at all, nothing is the answer.
        """
        if self.state is not QueryState.FINISHED or self.account.processed:
            return None
        if self.missing:
            first = self.missing[0]
            more = f" ({len(self.missing) - 1} more like it)" if len(self.missing) > 1 else ""
            reason = first.reason if first.file in first.reason else f"{first.file}: {first.reason}"
            kind = BranchError if first.phase == "branch" else DatasetError
            said, line, pointed = reason.partition("\n")  # what points into an expression stays at the end
            return kind(f"{said}{more}; nothing was read{line}{pointed}")
        if self.account.total == 0 and self.excluded:
            return self.reason_for_failure()
        if self.account.total == 0 and not may_be_empty:
            return DatasetError(
                "there are no entries to process: the trees or the entry list are empty, or the range lies behind "
                "their end"
            )
        return None
