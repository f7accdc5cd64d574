"""What the result lacks, in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from overproof.records.outcome.gaps import Excluded, Missing


def join_missing(ranges: Iterable[Missing]) -> tuple[Missing, ...]:
    """Put ranges in the order of files and entries; neighbours that lack for the same reason become one."""
    joined: list[Missing] = []
    for item in sorted(ranges, key=lambda item: (item.file, item.first)):
        last = joined[-1] if joined else None
        if last is not None and last.stop == item.first and replace(item, first=last.first, stop=last.stop) == last:
            joined[-1] = replace(last, stop=item.stop)
        else:
            joined.append(item)
    return tuple(joined)


def sort_excluded(ranges: Iterable[Excluded]) -> tuple[Excluded, ...]:
    """Put ranges in the order of files and entries; each keeps its own reason."""
    return tuple(sorted(ranges, key=lambda item: (item.file, item.first)))
