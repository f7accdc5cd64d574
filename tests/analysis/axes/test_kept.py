"""Axes of draws whose first values no axis reaches, against ROOT."""

from __future__ import annotations

import importlib.util
import json
import math
from pathlib import Path
from typing import Any

import pytest

from overproof.analysis.draw.axes.binning import Binning
from overproof.analysis.draw.axes.doubling import doubled
from overproof.analysis.draw.axes.kept import let_go, n_kept

HERE = Path(__file__).parent


def _script() -> Any:
    spec = importlib.util.spec_from_file_location("make_root_kept", HERE / "make_root_kept.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


SCRIPT = _script()
CASES = [(rows, asked) for rows in SCRIPT.ROWS for asked in SCRIPT.EXPRESSIONS]
ANSWERS = json.loads((HERE / "root_kept.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_kept_rows_move_axes_as_in_root(number: int) -> None:
    """Rows that are kept back move the axis as one, later ones one by one."""
    (n_rows, others), (expression, is_profile) = CASES[number]
    n_axes = expression.count(":") + (not is_profile)
    values = [others.get(row, 0.25) for row in range(n_rows)]
    axis, n_back = Binning(n=10, low=-1.0, high=1.0), n_kept(n_axes=n_axes, is_profile=is_profile)
    if n_rows > n_back:
        axis = let_go(axis, values[:n_back], n_axes=n_axes, is_profile=is_profile)
        for value in values:
            if math.isnan(value) and not is_profile:
                break
            axis = doubled(axis, value) or axis
    assert [axis.low, axis.high] == ANSWERS[number]
