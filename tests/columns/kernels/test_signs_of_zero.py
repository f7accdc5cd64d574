"""Zeros of aggregates: both paths, and every order of numbers, have the same one."""

from __future__ import annotations

import awkward as ak
import numpy as np
import pytest

from overproof.analysis.draw.rows import make_rows
from overproof.columns.kernels.compiled.listing import CompiledRows
from overproof.columns.kernels.rows import compute_rows
from overproof.records.schema import Branch, Schema

SCHEMA = Schema(
    tree="t",
    format="TTree",
    branches=(
        Branch(name="x", typename="double[]", kind="number", dtype="float64", n_jagged=1),
        Branch(name="one", typename="double", kind="number", dtype="float64"),
    ),
)
LISTS = [[-0.0], [0.0, -0.0], [-0.0, 0.0], [-0.0, -0.0], [], [-0.0, np.nan], *([[-0.0, 0.0] * 9] * 40)]
BLOCK = ak.Array({"x": LISTS, "one": np.full(len(LISTS), -0.0)})


TEXTS = ["Sum$(x*(x == x))", "Max$(x)", "Min$(x)", "MaxIf$(x, x == 0)", "Sum$(one)", "Min$(one)"]


@pytest.mark.parametrize("text", TEXTS)
def test_zeros_of_aggregates_are_positive(text: str) -> None:
    """Law: a sum, the largest and the smallest are 0.0, never -0.0, of one number too: which is larger, nobody says."""
    rows = make_rows(text, schema=SCHEMA)
    for computed in (compute_rows(rows, BLOCK), CompiledRows(rows).compute(BLOCK)):
        (values,) = computed.values
        found = values[~np.isnan(values)]
        assert len(found) >= len(LISTS) - 1
        assert found.tolist() == [0.0] * len(found)
        assert not np.signbit(found).any()
