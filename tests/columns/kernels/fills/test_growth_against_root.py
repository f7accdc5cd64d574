"""Axes that grow, against ROOT: the answer of all blocks is that of one loop over all rows."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from overproof.analysis.draw.axes import Growing
from overproof.analysis.draw.axes.automatic import DEFAULT_BINS, PROFILE_BINS
from overproof.analysis.draw.axes.limits import find_limits
from overproof.columns.kernels.fills.cells import profile_summands, sum_all, weight_summands
from overproof.columns.kernels.fills.extremes import Extremes, FirstRows
from overproof.columns.kernels.fills.growing.apart import find_apart, set_apart
from overproof.columns.kernels.fills.growing.growth import Growth

CASES = json.loads(Path(__file__).with_name("root_growth.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("n_blocks", [1, 5])
@pytest.mark.parametrize("case", CASES, ids=[f"{number}" for number in range(len(CASES))])
def test_axes_and_sums_are_roots(case: dict[str, Any], n_blocks: int) -> None:
    """Limits, contents and squared weights are ROOT's to the last bit, into however many blocks the rows are cut.

    Among the rows are quantised ones on the edges of bins, NaN, infinities and values that no doubling reaches.
    """
    points = [np.array(column) for column in case["points"]]
    is_profile = case["averaged"] is not None
    weights = np.array(case["weights"])
    summands = profile_summands(np.array(case["averaged"]), weights) if is_profile else weight_summands(weights)
    edges = np.linspace(0, len(weights), n_blocks + 1).astype(int)
    blocks = [slice(first, stop) for first, stop in pairwise(edges)]
    growth = _grown(points, summands, _axes(case, points, blocks), blocks, is_profile=is_profile)
    assert [[axis.n, axis.low, axis.high] for axis in growth.axes] == case["axes"]
    for name, cells in growth.sums.items():
        flat = cells.T.ravel()  # x fastest
        assert {str(cell): flat[cell] for cell in flat.nonzero()[0]} == case["sums"][name]


def _axes(case: dict[str, Any], points: list[Any], blocks: list[slice]) -> list[Growing]:
    first = Extremes.none(len(points), n_wanted=case["n_first"])
    for block in blocks:
        first.take(FirstRows.of([column[block] for column in points]))
    n = (DEFAULT_BINS if case["averaged"] is None else PROFILE_BINS)[len(points)]
    ends = zip(first.lows, first.highs, strict=True)
    return [
        Growing(start=find_limits(low, high, n=n, is_whole=case["is_whole"] and place == 0))
        for place, (low, high) in enumerate(ends)
    ]


def _grown(
    points: list[Any], summands: dict[str, Any], axes: list[Growing], blocks: list[slice], *, is_profile: bool
) -> Growth:
    """Compute every block as a worker does, knowing none of the others, and put them together."""
    sums: dict[str, Any] = {}
    apart = []
    for block in blocks:
        here, added = [column[block] for column in points], {name: each[block] for name, each in summands.items()}
        aside = find_apart(here, axes)
        if aside is None:
            aside = np.zeros(len(here[0]), dtype=bool)
        else:
            apart.append(set_apart([column[aside] for column in here], _picked(added, aside), axes))
        kept = sum_all([column[~aside] for column in here], _picked(added, ~aside), [axis.start for axis in axes])
        sums = {name: each + sums.get(name, 0.0) for name, each in kept.items()}
    growth = Growth(axes, sums, is_profile=is_profile)
    growth.take(apart)
    return growth


def _picked(summands: dict[str, Any], chosen: Any) -> dict[str, Any]:
    return {name: each[chosen] for name, each in summands.items()}
