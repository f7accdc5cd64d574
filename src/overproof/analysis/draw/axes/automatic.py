"""Axes whose limits are left to the data."""

from __future__ import annotations

from typing import TypeAlias

from overproof.analysis.draw.axes.binning import Binning
from overproof.analysis.draw.axes.categories import Categories
from overproof.words.frozen import dataclass

DEFAULT_BINS = {1: 100, 2: 40, 3: 20}
"""Bins an axis has when nobody says how many, by the number of axes.

Source: ROOT's Hist.Binning.1D.x, 2D.x and 3D.x.
"""

PROFILE_BINS = {1: 100, 2: 100}
"""The same for the axes of a profile. Source: ROOT's Hist.Binning.2D.Prof, 3D.Profx and 3D.Profy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Automatic:
    """An axis with limits by ROOT's rule, from the first values that are selected.

    Attributes:
        n: bins asked for; ROOT's rule takes another number where the values are whole.
        is_whole: what goes along it is a whole number for ROOT; known once names are resolved.
    """

    n: int
    is_whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Growing:
    """An axis that has its limits from the first values, and doubles where later ones lie beyond.

    Attributes:
        start: the axis before it has grown.
    """

    start: Binning


Axis: TypeAlias = Binning | Automatic | Growing | Categories
