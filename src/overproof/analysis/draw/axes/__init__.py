"""Axes of what is drawn: how a binning is written, and what is left to the data.

Lives here: equal bins, and axes whose limits follow from the values.
Comes in: texts and numbers of a user. Goes out: an `Axis`. Start with `binning.py`.
"""

from overproof.analysis.draw.axes.automatic import Automatic, Axis
from overproof.analysis.draw.axes.binning import Binning, BinsLike, parse_bins

__all__ = ["Automatic", "Axis", "Binning", "BinsLike", "parse_bins"]
