"""Which entries of a range make the selector fail: halving at fixed midpoints."""

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


def search(part: Range, failure: Failure, findings: Findings) -> Search:
    """Search a range that fails whole; each half that fails is searched in turn.

    Both halves are always probed: a range may fail whole though neither half does (it takes too much memory or time),
    and then it is computed in two.
    """
    first, stop = part
    if stop - first == 1:
        answer = yield part  # once more, by itself: it tells what the file calls the event
        _note(part, answer, findings)
        return
    yield from _halve(part, failure, findings)


def _halve(part: Range, failure: Failure, findings: Findings) -> Search:
    first, stop = part
    at = (first + stop) // 2
    n_before = len(findings.entries) + len(findings.halvings)
    for half in ((first, at), (at, stop)):
        answer = yield half
        if answer.failure is None:
            continue
        if half[1] - half[0] == 1:
            _note(half, answer, findings)
        else:
            yield from _halve(half, answer.failure, findings)
    if len(findings.entries) + len(findings.halvings) == n_before:
        findings.halvings.append(Halving(first, at, stop, failure))


def _note(part: Range, answer: Answer, findings: Findings) -> None:
    if answer.failure is not None:
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
