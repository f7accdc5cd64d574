"""What a function gave for each item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, overload

import cloudpickle

from overproof.engines.worker.failure import USER_ERRORS, describe_failure
from overproof.records.account import ITEMS, Account, ExcludedRange, MissingRange, SplitRange
from overproof.records.statistics import Statistics
from overproof.session.mapping.raised import Raised
from overproof.session.mapping.selector import RAISED, VALUES, unpacked
from overproof.session.mapping.so_far import account_of_items, excluded_item
from overproof.session.result import Result
from overproof.words.errors import AbortedError, QueryError, UserCodeError
from overproof.words.states import QueryState

MAX_SHOWN = 5
"""Failures that are shown with a result."""


class _Values:
    """The values of items, unpickled when they are first asked for.

    Args:
        packed: by item.
    """

    def __init__(self, packed: Mapping[int, bytes]) -> None:
        self._packed = dict(packed)
        self._loaded: dict[int, Any] = {}

    def __contains__(self, item: int) -> bool:
        return item in self._packed or item in self._loaded

    def get(self, item: int, default: Any) -> Any:
        """Return the value of an item, or `default` where it has none."""
        return self[item] if item in self else default  # noqa: SIM401 - this is that `get`

    def __getitem__(self, item: int) -> Any:
        if item not in self._loaded:
            try:
                self._loaded[item] = cloudpickle.loads(self._packed[item])
            except USER_ERRORS as error:
                reason, text = describe_failure(error)
                said = f"its value cannot be loaded here: {reason}"
                raise UserCodeError(said, where=f"item {item}", traceback=text) from error
            del self._packed[item]
        return self._loaded[item]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Mapped(Sequence[Any]):
    """The values of all items, in the order of items; asking for one that failed raises what it failed with.

    Attributes:
        failed: by item, why it has no value; the exception that the function raised is its `__cause__`.
        n_items: how many there are.
        account: where every item is: `processed` have a value, `excluded` failed, `unread` were not computed.
        excluded: the items that failed, as ranges.
        missing, split, statistics, state, query_id, accounts: as in a result.
    """

    failed: Mapping[int, UserCodeError]
    n_items: int
    account: Account
    accounts: Mapping[str, Account]
    excluded: tuple[ExcludedRange, ...]
    missing: tuple[MissingRange, ...]
    split: tuple[SplitRange, ...]
    statistics: Statistics
    state: QueryState
    query_id: str
    _values: _Values = field(repr=False)

    @property
    def is_complete(self) -> bool:
        """Tell whether every item has a value."""
        return self.account.is_complete

    @property
    def problem(self) -> BaseException | None:
        """What the first item that failed raised, with a note of where; an error of ours where that could not travel.

        Of a map in which nothing failed, and that was stopped: an `AbortedError`. None of a complete one.
        """
        error = next(iter(self.failed.values()), None)
        if error is None:
            n_left = self.account.unread
            return AbortedError(f"stopped: {n_left:,} of {len(self):,} items were not computed") if n_left else None
        raised = error.__cause__
        if raised is None:
            return error
        note = f"{error}\n{error.traceback}".rstrip()
        if note not in getattr(raised, "__notes__", ()):
            raised.add_note(note)
        return raised

    @property
    def lack_text(self) -> str:
        """Say how many items have no value, and why the first of them has none."""
        first = next(iter(self.failed.values()), None)
        why = f"; {first}" if first is not None else ""
        return (
            f"{self.n_items - self.account.processed:,} of {self.n_items:,} items have no value: "
            f"{len(self.failed):,} failed, {self.account.unread:,} were not computed; see .failed{why}"
        )

    @property
    def done(self) -> tuple[int, ...]:
        """The items that have a value."""
        return tuple(item for item in range(self.n_items) if item in self._values)

    def __len__(self) -> int:
        return self.n_items

    @overload
    def __getitem__(self, item: int) -> Any: ...

    @overload
    def __getitem__(self, item: slice) -> list[Any]: ...

    def __getitem__(self, item: int | slice) -> Any:
        """Return the value of an item, or those of a slice.

        Raises:
            UserCodeError: the item failed.
            QueryError: it was not computed, because the query was stopped.
        """
        if isinstance(item, slice):
            return [self[each] for each in range(*item.indices(self.n_items))]
        number = range(self.n_items)[item]
        if number in self._values:
            return self._values[number]
        if number in self.failed:
            raise self.failed[number]
        raise QueryError(f"item {number} was not computed; `session.resume({self.query_id!r})` goes on with the query")

    def __iter__(self) -> Iterator[Any]:
        return (self[item] for item in range(self.n_items))

    def filled(self, default: Any = None) -> list[Any]:
        """Return the values of all items, with `default` for those that have none."""
        return [self._values.get(item, default) for item in range(self.n_items)]

    def __repr__(self) -> str:
        n_left = self.account.unread
        lines = [f"<Mapped {self.query_id} {self.state}: {self.account.processed:,} of {self.n_items:,} items>"]
        lines += [f"  {error}" for _, error in sorted(self.failed.items())[:MAX_SHOWN]]
        n_more = len(self.failed) - MAX_SHOWN
        lines += [f"  and {n_more:,} more failed"] * (n_more > 0) + [f"  {n_left:,} not computed"] * (n_left > 0)
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Show it in a notebook."""
        from overproof.session.show.notebook.page import mapped_html

        return mapped_html(self)


def mapped(result: Result) -> Mapped:
    """Return the result of a `MapSelector` as the user gets it."""
    packed = unpacked(result.outputs.get(RAISED, ()))
    raised: dict[int, Raised] = {item: cloudpickle.loads(each) for item, each in packed.items()}
    excluded = [replace(each, file=ITEMS) for each in result.excluded]
    failed = {item: _ended(each, item) for each in excluded for item in range(each.first, each.stop)}
    failed |= {item: each.error(item) for item, each in raised.items()}
    return Mapped(
        accounts=result.accounts,
        failed=dict(sorted(failed.items())),
        n_items=result.account.total,
        account=account_of_items(result.account, n_raised=len(raised)),
        excluded=tuple(sorted([*excluded, *map(excluded_item, raised, raised.values())], key=lambda each: each.first)),
        missing=tuple(result.missing),
        split=result.split,
        statistics=result.statistics,
        state=result.state,
        query_id=result.query_id,
        _values=_Values(unpacked(result.outputs.get(VALUES, ()))),
    )


def _ended(gap: ExcludedRange, item: int) -> UserCodeError:
    return UserCodeError(gap.reason, where=f"item {item}", traceback=gap.traceback)
