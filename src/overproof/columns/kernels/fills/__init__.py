"""Filling: from values and weights to sums of bins, and from these to histograms.

Lives here: the bin of a value by ROOT's rule, sums of cells (bins, cells), axes that grow while they are filled (rows
that growth may move are set apart in a block: grids, apart; and put in their place at the end: growth), extremes of
the first values (extremes), sums of several datasets with weights (scaled), and the histogram at the end (histogram).
Comes in: values of the rows of a block. Goes out: arrays of sums, later a `hist.Hist`. Start with `bins.py`; import
names from their files.
"""

__all__: list[str] = []
