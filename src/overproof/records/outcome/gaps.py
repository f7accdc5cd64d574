"""What a result lacks, and why; files are named by their place in the dataset."""

from __future__ import annotations

from overproof.records.outcome.failure import EventName, Failure
from overproof.words.errors import Phase
from overproof.words.frozen import dataclass
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
class Unread:
    """Entries that were not read, and why; `tree` and `stop` are None for a file that nobody has looked into."""

    file: FileIndex
    tree: str | None
    first: int
    stop: int | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """Entries on which the selector failed: one, unless they were not isolated."""

    file: FileIndex
    tree: str
    first: int
    stop: int
    failure: Failure
    event: EventName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A range that failed whole and its halves did not: computed in two, `first` to `at` and `at` to `stop`."""

    file: FileIndex
    tree: str
    first: int
    at: int
    stop: int
    failure: Failure
