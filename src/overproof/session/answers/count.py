"""A number of entries, with its account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from overproof.records.account import Account, ExcludedRange, MissingRange, SplitRange, UnreadRange
from overproof.records.statistics import Statistics
from overproof.words.states import QueryState


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many entries a selection chooses; `int(count)` are the entries.

    Attributes:
        entries: with at least one pass that is chosen.
        passes: of the implicit loop that are chosen; the same for a selection without a loop.
        account, accounts, excluded, missing, split, unread, statistics, state, query_id: as in a result.

    Source: the entries are those of ROOT's TTree::GetEntries(selection), the passes those of its Draw.
    """

    entries: int
    passes: int
    account: Account = field(repr=False)
    accounts: Mapping[str, Account] = field(repr=False)
    excluded: tuple[ExcludedRange, ...] = field(repr=False)
    missing: tuple[MissingRange, ...] = field(repr=False)
    split: tuple[SplitRange, ...] = field(repr=False)
    unread: tuple[UnreadRange, ...] = field(repr=False)
    statistics: Statistics = field(repr=False)
    state: QueryState = field(repr=False)
    query_id: str = field(repr=False)

    def _repr_html_(self) -> str:
        """Show it in a notebook."""
        from overproof.session.show.notebook.page import count_html

        return count_html(self)

    def __int__(self) -> int:
        return self.entries

    def __index__(self) -> int:
        return self.entries
