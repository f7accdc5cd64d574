"""Let ROOT draw a tree without bins, and keep its answers in root_automatic.json.

Run by hand, with a Python that has ROOT (made with ROOT 6.40): python tests/session/drawing/make_root_automatic.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

N_ENTRIES = 6000

N_FIRST = 2000
"""Rows that limits are taken from, instead of a million; more than the thousand that ROOT keeps back."""

QUESTIONS: tuple[tuple[str, str, bool], ...] = (
    ("x", "", False),
    ("x", "k % 3", False),
    ("k", "", False),
    ("k", "x > 0", False),
    ("y", "k > 1", False),
    ("x * x", "", False),
    ("x", "y > 2900", False),
    ("x", "y > 2000 && y < 2400", False),
    ("y:x", "", False),
    ("x:k", "y > 100", False),
    ("x:y:k", "", False),
    ("y:x", "k % 2", True),
    ("y:x:k", "", True),
    ("Entry$", "", False),
    ("v", "", False),
    ("x:v", "", False),
)
"""Expression, cut, whether it is a profile; answered with rows before and after those that limits are taken from."""


def columns() -> dict[str, Any]:
    """Return the columns of the tree, the same on every machine."""
    number = np.arange(N_ENTRIES)
    spread = ((number * 7919) % 2003) / 16 - 60
    return {
        "x": np.where(number < 3500, spread, spread * 5 + 7),
        "k": (number // 400).astype(np.int32),
        "y": number * 0.5,
        "v": np.round(spread * (1 + number // 1500) * 0.1, 1),
    }


def main() -> None:
    import ROOT

    ROOT.gROOT.SetBatch(True)
    ROOT.gErrorIgnoreLevel = ROOT.kError
    ROOT.TH1.SetDefaultSumw2(True)
    for dimension in ("1D", "2D", "3D"):
        ROOT.gEnv.SetValue(f"Hist.Precision.{dimension}", "double")
    tree = _tree(ROOT)
    tree.SetEstimate(N_FIRST)
    answers = []
    for expression, cut, is_profile in QUESTIONS:
        earlier = ROOT.gROOT.FindObject("h")
        if earlier:
            earlier.Delete()
        tree.Draw(f"{expression}>>h", cut, "goff prof" if is_profile else "goff")
        histogram = ROOT.gROOT.FindObject("h")
        axes = (histogram.GetXaxis(), histogram.GetYaxis(), histogram.GetZaxis())[: histogram.GetDimension()]
        read = histogram.GetBinEntries if is_profile else histogram.GetBinContent
        contents = ((cell, read(cell)) for cell in range(histogram.GetNcells()))
        answers.append({
            "axes": [[axis.GetNbins(), axis.GetXmin(), axis.GetXmax()] for axis in axes],
            "contents": {str(cell): content for cell, content in contents if content},
        })  # fmt: skip
    text = ",\n".join(json.dumps(answer, separators=(",", ":")) for answer in answers)
    Path(__file__).with_name("root_automatic.json").write_text(f"[\n{text}\n]\n", encoding="utf-8")


def _tree(root: Any) -> Any:
    root.gROOT.cd()
    tree = root.TTree("t", "t")
    filled = columns()
    cells = {name: np.zeros(1, dtype=column.dtype) for name, column in filled.items()}
    for name, cell in cells.items():
        tree.Branch(name, cell, f"{name}/{'I' if cell.dtype == np.int32 else 'D'}")
    for entry in range(N_ENTRIES):
        for name, cell in cells.items():
            cell[0] = filled[name][entry]
        tree.Fill()
    return tree


if __name__ == "__main__":
    main()
