"""Whether all give the same answer."""

from __future__ import annotations

from dataclasses import dataclass

Histograms = list[list[float]]

TOLERANCE = 1e-4
"""Share of fills that may lie in other bins: ROOT computes in double what arrays compute in single precision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How near two answers are.

    Attributes:
        moved: share of the fills that are in other bins, or missing.
        is_same: to the last bit.
    """

    moved: float
    is_same: bool

    @property
    def is_near(self) -> bool:
        """Tell whether the two answer the same question."""
        return self.moved <= TOLERANCE


def compare(one: Histograms, other: Histograms) -> Agreement:
    """Compare two answers, bin by bin; bins beyond the axes are bins too."""
    if [len(each) for each in one] != [len(each) for each in other]:
        return Agreement(moved=1.0, is_same=False)
    pairs = [pair for left, right in zip(one, other, strict=True) for pair in zip(left, right, strict=True)]
    total = sum(abs(left) for left, _ in pairs)
    # A fill that has moved is missing in one bin and too much in another.
    moved = sum(abs(left - right) for left, right in pairs) / 2
    lost = abs(sum(left for left, _ in pairs) - sum(right for _, right in pairs)) / 2
    return Agreement(moved=(moved + lost) / total if total else float(moved > 0), is_same=one == other)
