"""What the result lacks, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from overproof.words.errors import Phase
from overproof.words.ids import FileIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Entries that could not be read; `tree` and `stop` are None for a file that could not be opened."""

    file: FileIndex
    tree: str | None
    first: int
    stop: int | None
    phase: Phase
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """Entries on which the selector failed."""

    file: FileIndex
    tree: str
    first: int
    stop: int
    kind: str
    reason: str
    traceback: str = ""


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
