"""Let ROOT choose axes where values that no axis reaches are among the first, and keep them in root_kept.json.

Run by hand, with a Python that has ROOT (made with ROOT 6.40): python tests/analysis/axes/make_root_kept.py
"""

from __future__ import annotations

import json
from array import array
from pathlib import Path

EXPRESSIONS = (("x", False), ("x:x", False), ("x:x:x", False), ("x:x", True), ("x:x:x", True))
"""What is drawn, and whether it is a profile."""

ROWS: tuple[tuple[int, dict[int, float]], ...] = (
    (666, {0: float("inf"), 5: 2.5, 600: -2.5}),
    (667, {0: float("inf"), 5: 2.5, 600: -2.5}),
    (1000, {3: float("-inf"), 5: 2.5, 900: -9.5}),
    (1001, {3: float("-inf"), 5: 2.5, 900: -9.5}),
    (1001, {0: float("-inf"), 5: 2.5, 900: -9.5}),
    (1200, {0: float("nan"), 1: 1e300, 5: 2.5, 900: -9.5}),
    (1200, {0: -9.5, 1: 1e300, 5: 2.5, 900: -2.5, 1100: 40.0}),
    (1200, {0: 1e300, 5: 2.5, 666: -9.5}),
    (1200, {0: 1e300, 5: 2.5, 665: -9.5}),
    (1200, {0: 1e300, 5: 2.5, 999: -9.5}),
    (1200, {0: 1e300, 5: 2.5, 1000: -9.5}),
)
"""How many rows, and those that are not 0.25."""


def main() -> None:
    import ROOT

    ROOT.gROOT.SetBatch(True)
    ROOT.gErrorIgnoreLevel = ROOT.kError
    answers, kept = [], []
    for number, (n_rows, others) in enumerate(ROWS):
        tree, value = ROOT.TTree(f"t{number}", ""), array("d", [0.0])
        kept.append(tree)
        tree.Branch("x", value, "x/D")
        for row in range(n_rows):
            value[0] = others.get(row, 0.25)
            tree.Fill()
        for place, (expression, is_profile) in enumerate(EXPRESSIONS):
            name = f"h{number}_{place}"
            tree.Draw(f"{expression}>>{name}", "", "prof goff" if is_profile else "goff")
            histogram = ROOT.gDirectory.Get(name)
            histogram.GetBinContent(1)  # lets go of what is still kept back
            axis = histogram.GetXaxis()
            answers.append([axis.GetXmin(), axis.GetXmax()])
    Path(__file__).with_name("root_kept.json").write_text(json.dumps(answers) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
