"""Good limits of automatic axes, against ROOT's."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from overproof.analysis.draw.axes import Binning
from overproof.analysis.draw.axes.limits import MAX_DOUBLE, find_limits

ROWS = json.loads(Path(__file__).with_name("root_limits.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", ROWS, ids=[f"{number}" for number in range(len(ROWS))])
def test_limits_are_roots(row: list[Any]) -> None:
    """Bins and limits are those of ROOT's THLimitsFinder, bit for bit."""
    low, high, n, is_whole, (root_n, root_low, root_high) = row
    assert find_limits(low, high, n=n, is_whole=is_whole) == Binning(n=root_n, low=root_low, high=root_high)


@pytest.mark.parametrize("high", [2.0**63, 2.0**64, 1e40])
def test_whole_numbers_beyond_64_bits_have_an_axis(high: float) -> None:
    """Where ROOT's axis has no length, whole numbers are treated like any others, and all of them are on the axis."""
    axis = find_limits(5.0, high, n=100, is_whole=True)
    assert axis.low <= 5.0 < high < axis.high


def test_infinite_values_have_an_axis() -> None:
    """An infinite extreme gives ROOT's -1 to 1, whichever side it is on."""
    for low, high in ((-math.inf, math.inf), (1.0, math.inf), (-math.inf, -MAX_DOUBLE)):
        assert find_limits(low, high, n=100, is_whole=False) == Binning(n=100, low=-1.0, high=1.0)
