"""One suspect block, from the first failure to the verdict."""

from __future__ import annotations

from typing import NamedTuple

from overproof.query.isolation.bisection import EVIDENCE, Answer, BadEntry, Findings, Search, remaining, search
from overproof.records.block import Block, Range
from overproof.records.outcome.failure import Failure
from overproof.words.errors import InvariantError

MAX_TRIALS = 12
"""Trials after which a suspect that fails each time in another way is guilty too."""
N_SAMPLES = 5
"""Entries tried one by one before a large block is searched: where all of them fail, the selector is wrong."""


class Verdict(NamedTuple):
    """What a search came to.

    Attributes:
        findings: the entries and the halvings.
        ranges: what is left of the block; None: the selector fails on every entry that was tried.
    """

    findings: Findings
    ranges: tuple[Range, ...] | None


class Case:
    """A suspect: tried alone until it passes or is guilty, then searched; what is left of it is tried in turn.

    Attributes:
        number: the block's number in the ledger.
        block: the block, as it is tried now.
        failure: the last one.
        findings: of the search that runs, or has run last.
        probing: the range to be probed now; None when no search runs.
    """

    __slots__ = ("_n_equal", "_n_trials", "_samples", "_search", "block", "failure", "findings", "number", "probing")

    def __init__(self, number: int, block: Block, failure: Failure | None) -> None:
        self.number = number
        self.block = block
        self.failure = failure
        self.findings = Findings()
        self.probing: Range | None = None
        self._n_equal = 0
        self._n_trials = 0
        self._samples: list[Range] = []
        self._search: Search | None = None

    def hear_failure(self, failure: Failure) -> bool:
        """Note that the block failed alone; tell whether that is evidence enough."""
        is_again = self._n_equal > 0 and self.failure is not None and failure.is_like(self.failure)
        self._n_equal = self._n_equal + 1 if is_again else 1
        self._n_trials += 1
        self.failure = failure
        return self._n_equal >= EVIDENCE or self._n_trials >= MAX_TRIALS

    def start_search(self, part: Range | None, *, samples: bool) -> None:
        """Begin to search the part that fails; None: nobody knows which, so all of them.

        Args:
            part: one of the block's parts.
            samples: try some single entries first, to see whether the selector fails everywhere.
        """
        assert self.failure is not None
        self.findings = Findings()
        parts = [part] if part is not None else list(self.block.parts)
        self._samples = _samples_of(parts) if samples else []
        self._search = self._searches(parts, self.failure, is_sure=len(parts) == 1)
        self.probing = self._samples[0] if self._samples else self._advance(None)

    def hear_answer(self, answer: Answer) -> Verdict | None:
        """Note what came of a probe; return the verdict when the search is over."""
        if self._samples:
            if answer.failure is not None:
                self.findings.entries.append(_bad_entry(self._samples[len(self.findings.entries)], answer))
                if len(self.findings.entries) == len(self._samples):
                    self.probing = None
                    return Verdict(self.findings, None)
                self.probing = self._samples[len(self.findings.entries)]
                return None
            self._samples = []  # one entry passes: the search will find those that do not, these among them
            self.findings.entries.clear()
            self.probing = self._advance(None)
        else:
            self.probing = self._advance(answer)
        if self.probing is not None:
            return None
        return Verdict(self.findings, remaining(self.block.parts, self.findings))

    def become(self, block: Block) -> None:
        """Go on with what is left of the block: it is to be tried anew."""
        self.block = block
        self._n_equal = self._n_trials = 0

    def _searches(self, parts: list[Range], failure: Failure, *, is_sure: bool) -> Search:
        for part in parts:
            if is_sure:
                yield from search(part, failure, self.findings)
                continue
            answer = yield part
            if answer.failure is not None:
                yield from search(part, answer.failure, self.findings)

    def _advance(self, answer: Answer | None) -> Range | None:
        assert self._search is not None
        try:
            return next(self._search) if answer is None else self._search.send(answer)
        except StopIteration:
            return None


def _samples_of(parts: list[Range]) -> list[Range]:
    """Choose entries evenly, and none at an end, where data are special; none at all where there are too few."""
    n_entries = sum(stop - first for first, stop in parts)
    if n_entries < 2 * N_SAMPLES:
        return []
    places = [(2 * number + 1) * n_entries // (2 * N_SAMPLES) for number in range(N_SAMPLES)]
    entries = [_entry_at(parts, place) for place in places]
    return [(entry, entry + 1) for entry in entries]


def _entry_at(parts: list[Range], place: int) -> int:
    """Return the entry at a place among those of all parts."""
    for first, stop in parts:
        if place < stop - first:
            return first + place
        place -= stop - first
    raise InvariantError(f"place {place} lies behind the last part")


def _bad_entry(part: Range, answer: Answer) -> BadEntry:
    assert answer.failure is not None
    return BadEntry(part[0], answer.failure, answer.event)
