"""What becomes of blocks: the same, whoever computes them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import NamedTuple

from overproof.engines.simulated.options import SimulationOptions
from overproof.records.block import Block, BlockKey, Range
from overproof.records.dataset import FileGrid
from overproof.records.outcome.failure import FAILURE_KINDS, Failure
from overproof.words.frozen import dataclass

HOPELESS = 0.03
"""Share of the failing blocks in which the selector fails on every entry, or on very many."""
MOST_BAD = 200
RESTLESS = 0.1
"""Share of the entries that raise which do so in another place each time."""
TOO_LARGE = Failure(kind="memory", cause="too large", reason="takes more memory than there is")
FLAKY = (
    Failure(kind="exception", cause="flaky", reason="fails now and then"),
    Failure(kind="signal", cause="SIGBUS", reason="dies now and then"),
)
FLAKY_TIMES = (1, 1, 1, 4)
"""How often such a block fails, each time in another way, before it never fails again."""
TOO_SLOW = Failure(kind="timeout", cause="too slow", reason="takes longer than it may")


class Trial(NamedTuple):
    """What comes of computing something.

    Attributes:
        n_entries: entries computed until then.
        failure: None when the selector does not fail.
        part: the range on which it fails.
        is_unreadable: nothing was computed because the columns cannot be read.
    """

    n_entries: int
    failure: Failure | None = None
    part: Range | None = None
    is_unreadable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What is wrong with a block.

    Attributes:
        is_unreadable: its columns cannot be read.
        bad: entries on which the selector fails.
        largest: entries that can be computed in one go; None: all.
        flaky: how it fails the first times that anybody computes it; None: it does not.
        n_flaky: how often.
    """

    is_unreadable: bool = False
    bad: Mapping[int, Failure] = field(default_factory=dict)
    largest: int | None = None
    flaky: Failure | None = None
    n_flaky: int = 0


GOOD = Fate()


class Fates:
    """Draws the fate of each block from the seed, its file and its index, and lets it happen.

    Args:
        options: with the chances.
        grids: of all files, whether they can be opened or not.
    """

    def __init__(self, options: SimulationOptions, grids: Sequence[FileGrid]) -> None:
        self._options = options
        self._grids = grids
        self._fates: dict[BlockKey, Fate] = {}
        self._n_failed: Counter[BlockKey] = Counter()
        self._n_trials = 0
        chances = (options.bad_blocks, options.failing_blocks, options.large_blocks, options.flaky_blocks)
        self._is_calm = not any(chances)

    def fate(self, file: int, index: int) -> Fate:
        """Return what is wrong with a block of the grid."""
        if self._is_calm:
            return GOOD
        key = (file, index)
        if key not in self._fates:
            stops = self._grids[file].stops
            dice = random.Random(f"fate {self._options.seed} {file} {index}")
            self._fates[key] = self._draw(dice, stops[index - 1] if index else 0, stops[index] if stops else 0)
        return self._fates[key]

    def try_block(self, block: Block) -> Trial:
        """Compute a block, part by part, until one fails."""
        if self._is_calm:
            return Trial(block.n_entries)
        key, fate = (block.file, block.index), self.fate(block.file, block.index)
        if fate.is_unreadable:
            return Trial(0, is_unreadable=True)
        if fate.flaky is not None and self._n_failed[key] < fate.n_flaky:
            self._n_failed[key] += 1
            failure = replace(fate.flaky, cause=f"{fate.flaky.cause} {self._n_failed[key]}")
            return Trial(block.n_entries // 2, failure)
        n_before = 0
        for part in block.parts:
            trial = self.try_range(block, part)
            if trial.failure is not None:
                return trial._replace(n_entries=n_before + trial.n_entries)
            n_before += trial.n_entries
        return Trial(n_before)

    def try_range(self, block: Block, part: Range) -> Trial:
        """Compute a range of a block in one go: too much of it fails at once, the rest at its first bad entry."""
        first, stop = part
        fate = self.fate(block.file, block.index)
        if fate.largest is not None and stop - first > fate.largest:
            return Trial(fate.largest, TOO_LARGE, part)
        entry = min((entry for entry in fate.bad if first <= entry < stop), default=None)
        if entry is None:
            return Trial(stop - first)
        failure = fate.bad[entry]
        if failure.cause == "restless":
            self._n_trials += 1
            failure = replace(failure, cause=f"restless {self._n_trials}")
        return Trial(entry - first, failure, part)

    def _draw(self, dice: random.Random, first: int, stop: int) -> Fate:
        options = self._options
        if dice.random() < options.bad_blocks:
            return Fate(is_unreadable=True)
        bad: list[int] = []
        if dice.random() < options.failing_blocks:
            n_bad = MOST_BAD if dice.random() < HOPELESS else dice.choice((1, 1, 1, 2, 3))
            n_bad = min(n_bad, stop - first)
            bad = dice.sample(range(first, stop), n_bad)
        largest = (
            max(1, int((stop - first) * dice.choice((0.3, 0.6)))) if dice.random() < options.large_blocks else None
        )
        flaky = dice.choice(FLAKY) if dice.random() < options.flaky_blocks else None
        return Fate(
            bad={entry: _draw_failure(dice, entry) for entry in bad},
            largest=largest,
            flaky=flaky,
            n_flaky=dice.choice(FLAKY_TIMES),
        )


def _draw_failure(dice: random.Random, entry: int) -> Failure:
    kind = dice.choice(FAILURE_KINDS)
    is_restless = kind == "exception" and dice.random() < RESTLESS
    cause = "restless" if is_restless else f"{kind} {dice.randint(1, 2)}"
    return Failure(kind=kind, cause=cause, reason=f"{kind} on entry {entry}")
