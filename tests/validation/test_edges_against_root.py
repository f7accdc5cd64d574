"""Edges of axes, their neighbours and quantised values fall into ROOT's bins."""

from __future__ import annotations

import base64
import json
import zlib

import numpy as np
import pytest
from edges import N_AXES, NUMBERS, hard_values, random_axes

from overproof.analysis.draw.axes import Binning
from overproof.columns.kernels.fills.bins import bin_indices

pytestmark = pytest.mark.validation


def test_hard_values_fall_into_roots_bins() -> None:
    """Law: on a thousand axes every edge, both its neighbours, and rounded values have the bin of TAxis::FindFixBin."""
    kept = json.loads(NUMBERS.read_text(encoding="utf-8"))
    expected = np.frombuffer(zlib.decompress(base64.b85decode(kept["bins"])), np.uint8)
    assert len(expected) == kept["n_values"] > 100 * N_AXES
    at, differences = 0, []
    for n, low, high in random_axes():
        values = np.array(hard_values((n, low, high)))
        of_axis = expected[at : at + len(values)]
        at += len(values)

        found = bin_indices(values, Binning(n=n, low=low, high=high))

        wrong = found != of_axis
        differences += [((n, low, high), float(value)) for value in values[wrong]]
    assert at == len(expected)
    assert differences == []
