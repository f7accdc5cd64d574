"""Axes of what is drawn: how a binning is written, and what is left to the data.

Lives here: equal bins, and axes whose limits follow from the values (automatic), by ROOT's rules: good limits for the
first values (limits, whole), doubling for later ones (doubling, kept).
Comes in: texts and numbers of a user, extremes of values. Goes out: an `Axis`. Start with `binning.py`.
"""

from overproof.analysis.draw.axes.automatic import Automatic, Axis, Growing
from overproof.analysis.draw.axes.binning import Binning, BinsLike, parse_bins

__all__ = ["Automatic", "Axis", "Binning", "BinsLike", "Growing", "parse_bins"]
