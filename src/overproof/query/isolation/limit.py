"""How many entries may be excluded before the selector must be wrong."""

from __future__ import annotations

from overproof.records.query import QueryOptions

MAX_EXCLUDED = 100
"""Entries, however many are done."""
MAX_SHARE = 0.01
"""Of the entries done."""
FIRST_CHECK = 10_000
"""Entries done before the share says anything, except at the end."""


def most_excluded(options: QueryOptions) -> int | None:
    """Return how many entries may be excluded whatever is done; None: any number, as blocks are skipped whole."""
    if options.max_excluded is not None:
        return options.max_excluded
    return None if options.on_error == "skip" else MAX_EXCLUDED


def is_too_much(n_excluded: int, n_processed: int, options: QueryOptions, *, at_end: bool = False) -> bool:
    """Tell whether so many excluded entries mean that the selector is wrong, not the data."""
    most = most_excluded(options)
    if most is not None and n_excluded > most:
        return True
    if options.max_excluded is not None:
        return False
    if at_end and n_excluded and not n_processed:
        return True
    n_done = n_processed + n_excluded
    if options.on_error == "skip" or (n_done < FIRST_CHECK and not at_end):
        return False
    return n_excluded > max(1, MAX_SHARE * n_done)
