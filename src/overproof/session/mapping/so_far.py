"""How far a map is: an item that raised is computed for the workers, and failed for the user."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import cloudpickle

from overproof.records.account import ITEMS, Account, ExcludedRange, MissingRange
from overproof.records.progress import Progress
from overproof.session.mapping.raised import Raised
from overproof.session.mapping.selector import unpacked


class RaisedSoFar:
    """What items of a running query have raised; each piece is read once, and no exception is made again.

    Args:
        pieces: gives the output of a `MapSelector` that has what was raised, as far as it is merged.
    """

    def __init__(self, pieces: Callable[[], Iterable[bytes]]) -> None:
        self._pieces = pieces
        self._known: dict[bytes, tuple[ExcludedRange, ...]] = {}
        self._last: tuple[int, tuple[ExcludedRange, ...]] = (0, ())

    def ranges(self, n_processed: int) -> tuple[ExcludedRange, ...]:
        """Return the items that raised, in order.

        Args:
            n_processed: items that are merged; where these are no more than at the last look, nothing is looked at.
        """
        n_known, found = self._last
        if n_processed == n_known:
            return found
        every = [each for piece in self._pieces() for each in self._read(piece)]
        found = tuple(sorted(every, key=lambda each: each.first))
        self._last = n_processed, found
        return found

    def _read(self, piece: bytes) -> tuple[ExcludedRange, ...]:
        if piece not in self._known:
            self._known[piece] = tuple(
                excluded_item(item, cloudpickle.loads(payload)) for item, payload in unpacked([piece]).items()
            )
        return self._known[piece]


def excluded_item(item: int, raised: Raised) -> ExcludedRange:
    """Return an item that raised as a range that is excluded."""
    return ExcludedRange(
        file=ITEMS,
        tree=None,
        first=item,
        stop=item + 1,
        kind="exception",
        reason=raised.reason,
        traceback=raised.traceback,
        cause=raised.reason,
        host=raised.host,
    )


def account_of_items(account: Account, *, n_raised: int) -> Account:
    """Count items that raised among those that failed."""
    return replace(account, processed=account.processed - n_raised, excluded=account.excluded + n_raised)


def progress_of_items(progress: Progress, raised: tuple[ExcludedRange, ...]) -> Progress:
    """Say of items how far they are.

    Args:
        progress: of blocks; not older than what raised.
        raised: items that raised.
    """
    first = progress.first_failure
    return replace(
        progress,
        unit=ITEMS,
        account=account_of_items(progress.account, n_raised=len(raised)),
        first_failure=next(iter(raised), None) if first is None else of_items(first),
    )


def of_items(failure: ExcludedRange | MissingRange) -> ExcludedRange | MissingRange:
    """Name items as such where they ended their worker."""
    return replace(failure, file=ITEMS)
