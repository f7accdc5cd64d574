"""The x axis of pictures in the terminal: bins side by side, with ticks."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from overproof.words.frozen import dataclass

Doubles = NDArray[np.float64]

TICK_COLUMNS = 10
"""Ticks are at least so far apart."""

MAX_SHIFT = 2
"""Characters that a number may stand off its tick, to make room for the one before; else it is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruler:
    """How the bins of an axis are laid side by side.

    Attributes:
        n_bins: of the axis.
        group: bins that share a place.
        width: characters of a place.
    """

    n_bins: int
    group: int
    width: int

    @property
    def n_groups(self) -> int:
        """Count the places."""
        return math.ceil(self.n_bins / self.group)

    def summed(self, values: Doubles) -> Doubles:
        """Sum neighbours along the last axis, so that there is one value a place."""
        rest = [(0, 0)] * (values.ndim - 1)
        padded = np.pad(values, [*rest, (0, -self.n_bins % self.group)])
        sums: Doubles = padded.reshape(*values.shape[:-1], -1, self.group).sum(axis=-1)
        return sums

    def lines(self, edges: Doubles) -> tuple[str, str]:
        """Draw the rule, and below it the edges at its ticks."""
        n_columns = self.n_groups * self.width
        stride = next(step for step in _strides() if step * self.width >= TICK_COLUMNS or step >= self.n_groups)
        rule, ticks, free = ["─"] * (n_columns + 1), [" "] * (n_columns + 12), 0
        for index in range(0, self.n_groups + 1, stride):
            rule[index * self.width] = "┬"
            label = edge_text(edges, min(index * self.group, self.n_bins))
            centred = index * self.width - len(label) // 2
            start = max(free, centred)
            if not index or start <= centred + MAX_SHIFT:  # a number that is cut would be another number
                ticks[start : start + len(label)] = label
                free = start + len(label) + 1
        return "".join(rule), "".join(ticks).rstrip()

    def names(self, categories: tuple[str, ...]) -> tuple[str, str]:
        """Draw the rule, and below it the names of categories, each where its place begins."""
        n_columns = self.n_groups * self.width
        stride = max(1, math.ceil(TICK_COLUMNS / self.width)) if self.width < TICK_COLUMNS else 1
        rule, ticks = ["─"] * (n_columns + 1), [" "] * n_columns
        for index in range(0, self.n_groups, stride):
            rule[index * self.width] = "┬"
            label = categories[index][: stride * self.width - 1]
            ticks[index * self.width : index * self.width + len(label)] = label
        return "".join(rule), "".join(ticks).rstrip()


def fit(n_bins: int, room: int) -> Ruler:
    """Lay bins side by side in so many characters; those that do not fit share a place."""
    group = math.ceil(n_bins / room)
    return Ruler(n_bins=n_bins, group=group, width=max(1, room // math.ceil(n_bins / group)))


def edge_text(edges: Doubles, index: int) -> str:
    """Write an edge; what rounding has left of zero is zero."""
    edge, span = float(edges[index]), float(edges[-1] - edges[0])
    return f"{0.0 if abs(edge) < 1e-9 * span else edge:.5g}"


def _strides() -> list[int]:
    return [step * 10**power for power in range(8) for step in (1, 2, 5)]
