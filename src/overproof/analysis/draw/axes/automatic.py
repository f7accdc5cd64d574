"""Axes whose limits are left to the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from overproof.analysis.draw.axes.binning import Binning

DEFAULT_BINS = {1: 100, 2: 40, 3: 20}
"""Bins an axis has when nobody says how many, by the number of axes.

Source: ROOT's Hist.Binning.1D.x, 2D.x and 3D.x.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Automatic:
    """An axis with limits by ROOT's rule, from the first values that are selected.

    Attributes:
        n: bins asked for; ROOT's rule may take fewer.
    """

    n: int


Axis: TypeAlias = Binning | Automatic
