"""The extremes of the first values of a chain, from blocks that do not know how many values came before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from overproof.analysis.draw.axes.kept import N_KEPT
from overproof.analysis.draw.axes.limits import MAX_DOUBLE
from overproof.columns.kernels.jagged import Doubles, Integers
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The values of a block that are farther than all before them.

    Attributes:
        rows: their rows, ascending.
        values: the values.
    """

    rows: Integers
    values: Doubles

    @classmethod
    def of(cls, values: Doubles) -> Steps:
        """Find the values that are larger than all before them; NaN is none."""
        is_new = np.zeros(len(values), dtype=np.bool_)
        reached = np.fmax.accumulate(values)
        is_new[:1] = True
        with np.errstate(invalid="ignore"):
            is_new[1:] = (reached[1:] > reached[:-1]) | np.isnan(reached[:-1])
        rows = np.flatnonzero(is_new & ~np.isnan(values))
        return cls(rows=rows, values=values[rows])

    def last(self, n_rows: int) -> float | None:
        """Return the farthest value among so many rows; None: there is none."""
        place = int(np.searchsorted(self.rows, n_rows))
        return float(self.values[place - 1]) if place else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstRows:
    """What one block tells of the limits of one plan's axes.

    Attributes:
        n_rows: rows of the block.
        kept: for each axis, the values of the rows that ROOT keeps back if nothing came before.
        highest: for each axis, steps upwards.
        lowest: for each axis, steps downwards, of the values with the other sign.
    """

    n_rows: int
    kept: tuple[Doubles, ...]
    highest: tuple[Steps, ...]
    lowest: tuple[Steps, ...]

    @classmethod
    def of(cls, points: Sequence[Doubles]) -> FirstRows:
        """Look at the rows of a block: for each axis, one coordinate a row."""
        return cls(
            n_rows=len(points[0]),
            kept=tuple(values[:N_KEPT].copy() for values in points),
            highest=tuple(Steps.of(values) for values in points),
            lowest=tuple(Steps.of(-values) for values in points),
        )


@dataclass(slots=True)
class Extremes:
    """The smallest and the largest of the first values along each axis.

    Attributes:
        n_wanted: how many rows are looked at.
        n_rows: how many there were.
        lows, highs: for each axis; beyond the largest double where there was no value.
    """

    n_wanted: int
    n_rows: int
    lows: list[float]
    highs: list[float]

    @classmethod
    def none(cls, n_axes: int, *, n_wanted: int) -> Extremes:
        """Begin with no rows."""
        return cls(n_wanted, 0, [MAX_DOUBLE] * n_axes, [-MAX_DOUBLE] * n_axes)

    @property
    def is_full(self) -> bool:
        """Tell whether as many rows were seen as are looked at."""
        return self.n_rows >= self.n_wanted

    def take(self, block: FirstRows) -> None:
        """Look at the next block."""
        n_rows = min(block.n_rows, self.n_wanted - self.n_rows)
        self.n_rows += n_rows
        for place, (lowest, highest) in enumerate(zip(block.lowest, block.highest, strict=True)):
            low, high = lowest.last(n_rows), highest.last(n_rows)
            if low is not None:
                self.lows[place] = min(self.lows[place], -low)
            if high is not None:
                self.highs[place] = max(self.highs[place], high)
