"""Which entries of a range make the selector fail: a search between fixed midpoints."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from overproof.records.block import Range
from overproof.records.outcome.failure import EventName, Failure


class Answer(NamedTuple):
    """What came of one probe; `failure` is None when the selector did not fail."""

    failure: Failure | None
    event: EventName | None = None


class BadEntry(NamedTuple):
    """One entry on which the selector fails by itself."""

    entry: int
    failure: Failure
    event: EventName | None


class Halving(NamedTuple):
    """A range that fails whole, though no entry in it fails by itself."""

    first: int
    at: int
    stop: int
    failure: Failure


@dataclass(slots=True)
class Findings:
    """What a search has found so far; grows while it runs."""

    entries: list[BadEntry] = field(default_factory=list)
    halvings: list[Halving] = field(default_factory=list)


Search: TypeAlias = Generator[Range, Answer, None]
"""Gives the range to probe next, takes the answer."""


EVIDENCE = 3
"""Equal failures in a row that prove something."""

DEPTH = 3
"""Midpoints are halved so often at once: eight pieces. A probe that fails costs a process, and perhaps a time-out."""


def search(part: Range, failure: Failure, findings: Findings) -> Search:
    """Search a range that fails whole: try its eighths, and search those that fail.

    Where none of them fails, the range is too large (for memory, or time): then its halves are tried, to be computed
    apart.
    """
    if part[1] - part[0] == 1:
        answer = yield part  # once more, by itself: it tells what the file calls the event
        yield from _judge(part, answer, failure, findings)
        return
    is_found = False
    for piece in _pieces(part, DEPTH):
        answer = yield piece
        if answer.failure is None:
            continue
        is_found = True
        if piece[1] - piece[0] == 1:
            yield from _judge(piece, answer, failure, findings)
        else:
            yield from search(piece, answer.failure, findings)
    if not is_found:
        yield from _halve(part, failure, findings)


def _halve(part: Range, failure: Failure, findings: Findings) -> Search:
    """Compute a range in two, and what fails of that in two again."""
    first, stop = part
    at = (first + stop) // 2
    findings.halvings.append(Halving(first, at, stop, failure))
    for half in ((first, at), (at, stop)):
        answer = yield half
        if answer.failure is None:
            continue
        if half[1] - half[0] == 1:
            yield from _judge(half, answer, failure, findings)
        else:
            yield from _halve(half, answer.failure, findings)


def _pieces(part: Range, depth: int) -> list[Range]:
    """Cut a range at fixed midpoints."""
    first, stop = part
    if depth == 0 or stop - first == 1:
        return [part]
    at = (first + stop) // 2
    return _pieces((first, at), depth - 1) + _pieces((at, stop), depth - 1)


def _judge(part: Range, answer: Answer, expected: Failure, findings: Findings) -> Search:
    """Note one entry that fails; when it fails in another way than what it is part of, only if it fails each time."""
    if answer.failure is None:
        return
    if not answer.failure.is_like(expected):
        for _ in range(EVIDENCE - 1):
            again = yield part
            if again.failure is None:
                return  # what is left of the block will be tried with it, and tell
    findings.entries.append(BadEntry(part[0], answer.failure, answer.event))


def remaining(parts: Iterable[Range], findings: Findings) -> tuple[Range, ...]:
    """Return the ranges to compute: the longest that hold no bad entry and do not cross a halving, in order."""
    bad = {found.entry for found in findings.entries}
    cuts = bad | {entry + 1 for entry in bad} | {halving.at for halving in findings.halvings}
    ranges = []
    for first, stop in parts:
        edges = [first, *sorted(cut for cut in cuts if first < cut < stop), stop]
        ranges += [(low, high) for low, high in pairwise(edges) if low not in bad]
    return tuple(ranges)
