"""What the result lacks, in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from overproof.records.block import Block
from overproof.records.outcome.gaps import Excluded, Missing, Split
from overproof.records.outcome.standing import Standing
from overproof.words.errors import Phase


@dataclass(slots=True)
class Gaps:
    """What is lacking so far, in the order in which it was found."""

    missing: list[Missing] = field(default_factory=list)
    excluded: list[Excluded] = field(default_factory=list)
    splits: list[Split] = field(default_factory=list)

    def miss(self, block: Block, tree: str, *, phase: Phase, reason: str) -> None:
        """Note that what was asked for of a block could not be read."""
        self.missing += [
            Missing(file=block.file, tree=tree, first=first, stop=stop, phase=phase, reason=reason)
            for first, stop in block.parts
        ]

    def restore(self, standing: Standing) -> None:
        """Add what an earlier run of the query found, apart from files that could not be opened."""
        self.missing += [gap for gap in standing.missing if gap.stop is not None]
        self.excluded += standing.excluded
        self.splits += standing.splits


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


def sort_splits(ranges: Iterable[Split]) -> tuple[Split, ...]:
    """Put ranges in the order of files and entries, the longer before those inside of it."""
    return tuple(sorted(ranges, key=lambda item: (item.file, item.first, -item.stop)))
