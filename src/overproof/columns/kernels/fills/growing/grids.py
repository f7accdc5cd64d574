"""The grid of a growing axis: its bins, continued beyond its ends, and which values stand safely inside one of them.

All axes that a growing axis can become have their edges on this grid, but each computes them with its own rounding. A
value well inside a bin of the grid is in the same place for all of them; one near an edge may not be.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from overproof.analysis.draw.axes import Binning
from overproof.columns.kernels.jagged import Doubles
from overproof.words.frozen import dataclass

Flags = npt.NDArray[np.bool_]

NEAR = 2.0**-20
"""Part of a bin beside an edge that may end up on the other side of it, for any number of doublings in real use."""

ROUNDING = 2.0**-44
"""The same where it comes from large numbers: their last bits, with some to spare."""

EXACT_BITS = 44
"""Limits with so many bits leave room for doublings in which every edge is exact."""

EXACT_REACH = 2.0**50


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Bins that are continued without end.

    Attributes:
        binning: where they start.
        width: of one bin.
        reach: edges up to here are exact in double, however they are computed; 0 when they are not.
    """

    binning: Binning
    width: float
    reach: float

    @classmethod
    def of(cls, binning: Binning) -> Grid:
        """Continue the bins of an axis."""
        width = (binning.high - binning.low) / binning.n
        return cls(binning=binning, width=width, reach=_reach(binning, width))

    def settled(self, values: Doubles) -> Doubles:
        """Return the middle of the bin of each value; values that stand too near to an edge, as they are.

        So many values become few, and every later axis has them in the bin in which it has the value.
        """
        low, width = self.binning.low, self.width
        with np.errstate(all="ignore"):
            place = np.floor((values - low) / width)
            if self.reach:
                place -= values < low + place * width
                place += values >= low + (place + 1) * width
            middle = low + (place + 0.5) * width
            return np.where(self.is_near_edge(values), values, middle)

    def is_near_edge(self, values: Doubles) -> Flags:
        """Tell which values may change their bin by the rounding of edges; those that are not finite count too."""
        low, width = self.binning.low, self.width
        with np.errstate(all="ignore"):
            if self.reach:
                return ~(np.abs(values) < self.reach)
            places = (values - low) / width
            rounding = (np.abs(places) + abs(low) / width + self.binning.n) * ROUNDING
            return ~(np.abs(places - np.rint(places)) > np.maximum(rounding, NEAR))


def _reach(binning: Binning, width: float) -> float:
    low, high = Fraction(binning.low), Fraction(binning.high)
    if high - low != binning.n * Fraction(width):
        return 0.0
    denominator = max(low.denominator, high.denominator, Fraction(width).denominator)  # powers of two
    if max(abs(low), abs(high)) * denominator > 2**EXACT_BITS:
        return 0.0
    return EXACT_REACH / denominator
