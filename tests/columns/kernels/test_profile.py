"""Profiles have the errors of a TProfile."""

from __future__ import annotations

import pickle

import hist
import numpy as np
import pytest

from overproof.analysis.draw.axes import Binning
from overproof.columns.kernels.fills.cells import sum_profile
from overproof.columns.kernels.fills.histogram import make_profile

ROWS = [
    (0.5, 1, 1), (0.5, 3, 2), (1.5, 2, 1), (2.5, 91.19, 0.1), (2.5, 91.19, 0.2), (2.5, 91.19, 0.3), (3.5, -1, 2),
    (3.5, 4, -1), (4.5, 1e8, 1), (4.5, 1e8 + 1, 1), (4.5, 1e8 + 2, 1), (5.5, 1, -1), (5.5, 2, -3),
]  # fmt: skip
"""x, y and weight; negative weights, a single entry, equal values, and values whose spread is lost in rounding."""
ROOT_CONTENTS = [2.3333333333333335, 2.0, 91.18999999999998, -6.0, 100000001.0, 1.75]
ROOT_ERRORS = [
    0.702728368926306,
    0.0,
    8.410616909868209e-07,
    15.811388300841898,
    0.8164965809277261,
    0.34232659844072877,
]
"""Of TProfile("p", "p", 6, 0, 6) with Sumw2() in ROOT 6.40, filled with these rows: GetBinContent and GetBinError."""


def profile() -> hist.Hist:
    x, y, weights = np.array(ROWS, dtype=float).T
    axes = [Binning(n=6, low=0, high=6)]
    return make_profile(sum_profile([x], y, weights, axes), axes, name="p", label="y:x", labels=["x"])


def test_means_and_errors_are_roots() -> None:
    """Values are ROOT's to the last bit, and errors but for the last."""
    assert profile().values().tolist() == ROOT_CONTENTS
    assert np.sqrt(profile().variances()) == pytest.approx(ROOT_ERRORS, rel=4e-16, abs=0)


def test_bins_without_entries_have_no_error() -> None:
    """What is empty has 0 and not NaN, as ROOT; flow bins can be asked for."""
    assert profile().variances(flow=True).tolist()[:: len(ROOT_CONTENTS) + 1] == [0, 0]


def test_a_profile_stays_one() -> None:
    """Slices and pickles have the same errors."""
    errors = profile().variances()[1:3].tolist()
    assert profile()[1:3].variances().tolist() == errors
    assert pickle.loads(pickle.dumps(profile())).variances()[1:3].tolist() == errors
    assert isinstance(profile(), hist.Hist)
