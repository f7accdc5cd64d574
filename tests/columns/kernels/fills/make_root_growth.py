"""Let ROOT draw rows whose later values make axes grow, and keep rows and answers in root_growth.json.

Run by hand, with a Python that has ROOT (made with ROOT 6.40): python tests/columns/kernels/fills/make_root_growth.py

Limits are taken from a few rows only, and no rows are kept back, so that few rows show everything.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import ROOT

N_CASES = 90
SUMS = ("weights", "squared_weights", "weighted", "weighted_squares")


def main() -> None:
    ROOT.gROOT.SetBatch(True)
    ROOT.gErrorIgnoreLevel = ROOT.kError
    ROOT.TH1.SetDefaultSumw2(True)
    ROOT.TH1.SetDefaultBufferSize(0)
    for dimension in ("1D", "2D", "3D"):
        ROOT.gEnv.SetValue(f"Hist.Precision.{dimension}", "double")
    rng = np.random.default_rng(4)
    lines = [json.dumps(_case(rng), separators=(",", ":")) for _ in range(N_CASES)]
    text = ",\n".join(lines)
    Path(__file__).with_name("root_growth.json").write_text(f"[\n{text}\n]\n", encoding="utf-8")


def _case(rng: np.random.Generator) -> dict[str, Any]:
    n_rows, n_axes = int(rng.integers(8, 70)), int(rng.choice([1, 1, 1, 2, 2, 3]))
    is_profile = n_axes < 3 and bool(rng.random() < 0.3)
    is_whole = bool(rng.random() < 0.25)
    points = [_column(rng, n_rows) for _ in range(n_axes)]
    if is_whole:
        points[0] = np.clip(np.nan_to_num(np.round(points[0]), posinf=9, neginf=-9), -2e9, 2e9)
    averaged = np.round(rng.normal(0, 3, n_rows) * 4) / 4
    weights = rng.integers(1, 4, n_rows).astype(np.float64)
    n_first = int(rng.integers(2, n_rows // 2))
    columns = dict(zip("xyz", points, strict=False)) | {"p": averaged, "w": weights}
    if is_whole:
        columns["x"] = columns["x"].astype(np.int32)
    histogram = _draw(columns, ["p"] * is_profile + list("zyx"[3 - n_axes :]), n_first, is_profile)
    axes = (histogram.GetXaxis(), histogram.GetYaxis(), histogram.GetZaxis())[:n_axes]
    return {
        "points": [column.tolist() for column in points],
        "averaged": averaged.tolist() if is_profile else None,
        "weights": weights.tolist(),
        "n_first": n_first,
        "is_whole": is_whole,
        "axes": [[axis.GetNbins(), axis.GetXmin(), axis.GetXmax()] for axis in axes],
        "sums": {name: _filled(sums) for name, sums in _sums(histogram, is_profile).items()},
    }


def _column(rng: np.random.Generator, n: int) -> Any:
    steps, drift = np.arange(n), np.linspace(0.5, 20, n)
    columns = (
        rng.normal(0, 10.0 ** rng.integers(-3, 6), n),
        rng.exponential(1, n) ** rng.integers(1, 8),
        steps * float(rng.choice([1, 0.1, 0.05, 0.3, 7, 0.01])),
        np.round(np.cumsum(rng.normal(0, 1, n)), 1),
        np.round(rng.normal(0, 1, n) * drift, int(rng.integers(0, 3))),
        -(steps**2) * 0.01,
        np.exp(np.linspace(-3, float(rng.integers(3, 60)), n)) * rng.choice([-1, 1], n),
        np.cumsum(rng.integers(-3, 4, n)).astype(np.float64),
        np.float32(np.round(rng.normal(0, 1, n) * drift, 1)).astype(np.float64),
        1e6 + np.cumsum(np.round(rng.normal(0, 0.5, n), 2)),
    )
    column = columns[rng.integers(0, len(columns))]
    if rng.random() < 0.15:
        column[rng.integers(0, n)] = np.nan
    if rng.random() < 0.12:
        column[rng.integers(0, n, 2)] = rng.choice([np.inf, -np.inf, 1e300, 1e25])
    return column


def _draw(columns: dict[str, Any], expressions: list[str], n_first: int, is_profile: bool) -> Any:
    ROOT.gROOT.cd()
    tree = ROOT.TTree("t", "t")
    cells = {name: np.zeros(1, dtype=column.dtype) for name, column in columns.items()}
    for name, cell in cells.items():
        tree.Branch(name, cell, f"{name}/{'I' if cell.dtype == np.int32 else 'D'}")
    for row in range(len(columns["w"])):
        for name, cell in cells.items():
            cell[0] = columns[name][row]
        tree.Fill()
    tree.SetEstimate(n_first)
    earlier = ROOT.gROOT.FindObject("h")
    if earlier:
        earlier.Delete()
    tree.Draw(f"{':'.join(expressions)}>>h", "w", "goff prof" if is_profile else "goff")
    return ROOT.gROOT.FindObject("h")


def _sums(histogram: Any, is_profile: bool) -> dict[str, list[float]]:
    cells = range(histogram.GetNcells())
    squares = histogram.GetSumw2()
    if not is_profile:
        return {
            "contents": [histogram.GetBinContent(cell) for cell in cells],
            "variances": [squares.At(cell) for cell in cells],
        }
    weights = [histogram.GetBinEntries(cell) for cell in cells]
    columns = (weights, histogram.GetBinSumw2(), histogram, squares)
    read = [[column.At(cell) for cell in cells] if column is not weights else weights for column in columns]
    return dict(zip(SUMS, read, strict=True))


def _filled(sums: list[float]) -> dict[str, float]:
    """Keep what is not zero, by ROOT's number of the cell, x fastest."""
    return {str(cell): each for cell, each in enumerate(sums) if each}


if __name__ == "__main__":
    main()
