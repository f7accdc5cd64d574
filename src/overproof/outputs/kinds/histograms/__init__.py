"""Histograms: every storage, every axis.

Lives here: axes and how grown ones meet (`axes.py`), cells as columns of exact sums (`storages.py`, `moments.py`), and
the state that puts them together (`histogram.py`), loaded when there is a histogram (`which.py`). No library of
histograms is imported: objects bring their own.
Comes in: histograms of boost-histogram and hist. Goes out: histograms of the same class. Start with `histogram.py`.
"""

from overproof.outputs.kinds.histograms.which import is_histogram

__all__ = ["is_histogram"]
