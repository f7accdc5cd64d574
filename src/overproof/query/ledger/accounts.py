"""Where every entry is, for each of the datasets of a query."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from overproof.query.files import Files
from overproof.query.ledger.gaps import Gaps
from overproof.query.ledger.ledger import Ledger
from overproof.query.ledger.place import Place
from overproof.query.roster import Holder
from overproof.records.account import Account


def accounts_of(ledger: Ledger, gaps: Gaps, files: Files, *, members: Sequence[int]) -> tuple[Account, ...]:
    """Return the account of each dataset; takes time in proportion to the blocks, and sums to the whole.

    Args:
        ledger: of the query.
        gaps: what is lacking so far.
        files: of the query.
        members: number of files of each dataset, one after the other.
    """
    of_file = [member for member, n_files in enumerate(members) for _ in range(n_files)]
    asked, processed, missing, excluded, unknown = ([0] * len(members) for _ in range(5))
    for file, member in enumerate(of_file):
        numbers = ledger.numbers(file)
        sizes, places = ledger.sizes[numbers.start : numbers.stop], ledger.where[numbers.start : numbers.stop]
        asked[member] += sum(sizes)
        processed[member] += _size_at(Place.MERGED, sizes, places)
        missing[member] += _size_at(Place.MISSING, sizes, places)
    for failed in gaps.excluded:  # cut out of the blocks, so that their sizes lack them
        excluded[of_file[failed.file]] += failed.stop - failed.first
    for lost in gaps.missing:
        unknown[of_file[lost.file]] += lost.stop is None
    starts = accumulate(members, initial=0)
    return tuple(
        Account(
            processed=processed[member],
            excluded=excluded[member],
            missing=missing[member],
            unread=asked[member] - processed[member] - missing[member],
            total=asked[member] + excluded[member],
            files_unknown=unknown[member],
            files_unopened=files.count_unknown(start, start + n_files),
        )
        for member, (start, n_files) in enumerate(zip(starts, members, strict=False))
    )


def _size_at(place: Place, sizes: list[int], places: list[Place | Holder]) -> int:
    """Add up the entries of the blocks at a place: mostly all of a file, or none."""
    n_there = places.count(place)
    if n_there in (0, len(places)):
        return sum(sizes) if n_there else 0
    return sum(size for size, where in zip(sizes, places, strict=True) if where is place)
