"""Ask ROOT for the limits that it finds good, and keep its answers in root_limits.json.

Run by hand, with a Python that has ROOT (made with ROOT 6.40): python tests/analysis/axes/make_root_limits.py
"""

from __future__ import annotations

import json
import math
import random
import sys
from pathlib import Path

import ROOT

N_BINS = (1, 2, 3, 4, 5, 6, 7, 10, 20, 25, 33, 40, 50, 64, 100, 100, 101, 200, 1000)
SPECIAL = (0.0, 1.0, -1.0, 5.0, 1e9, -(2.0**31), 2.0**31, 1e300, -1e308, 1e-310, 1e18, 1e38, 1e39, 1e40, -1e40, 1e-205)


def main() -> None:
    random.seed(4)
    lines = []
    for _ in range(400):
        low, high, is_whole = _extremes()
        n = random.choice(N_BINS)
        lines.append([low, high, n, is_whole, _root(low, high, n, is_whole)])
    limit = sys.float_info.max
    lines.append([limit, -limit, 100, False, _root(limit, -limit, 100, is_whole=False)])
    text = ",\n".join(map(json.dumps, lines))
    Path(__file__).with_name("root_limits.json").write_text(f"[\n{text}\n]\n", encoding="utf-8")


def _extremes() -> tuple[float, float, bool]:
    scale = 10 ** random.uniform(-12, 15)
    kind = random.randrange(6)
    if kind == 0:
        ends = random.gauss(0, scale), random.gauss(0, scale)
    elif kind == 1:
        first = random.gauss(0, scale)
        ends = first, first + random.gauss(0, scale * 10 ** random.uniform(-12, 0))
    elif kind == 2:
        ends = 0.0, random.choice((scale, -scale))
    elif kind == 3:
        first = round(random.uniform(-10, 10), 1)
        ends = first, round(first + random.uniform(0, 100), 1)
    elif kind == 4:
        ends = random.choice(SPECIAL), random.choice(SPECIAL)
    else:
        first = random.randrange(-1000, 1000)
        ends = float(first), float(first + random.randrange(0, 5000))
    is_whole = random.random() < 0.35 and max(map(abs, ends)) < 1e15
    low, high = sorted(map(math.floor, ends)) if is_whole else sorted(ends)
    return float(low), float(high), is_whole


def _root(low: float, high: float, n: int, is_whole: bool) -> list[float]:
    histogram = ROOT.TH1D("h", "", n, 0, 0)
    histogram.SetDirectory(ROOT.nullptr)
    axis = histogram.GetXaxis()
    if is_whole:
        axis.SetBit(ROOT.TAxis.kIsInteger)
    ROOT.THLimitsFinder.GetLimitsFinder().FindGoodLimits(histogram, low, high)
    return [axis.GetNbins(), axis.GetXmin(), axis.GetXmax()]


if __name__ == "__main__":
    main()
