"""Ask ROOT the questions of loop_tree.py and keep its values and weights in loop_numbers.json.

Run by hand, with a Python that has ROOT (made with ROOT 6.40):

    python tests/columns/kernels/loops/make_loop_numbers.py
"""

from __future__ import annotations

import json
import sys
import tempfile
from array import array
from pathlib import Path
from typing import Any

import ROOT

sys.path.insert(0, str(Path(__file__).parent))
import loop_tree  # found next to this script, which is no package

NUMBERS = Path(__file__).with_name("loop_numbers.json")
LARGEST = 64


def flat(values: Any) -> list[Any]:
    return [number for value in values for number in flat(value)] if isinstance(values, list) else [values]


def make_tree(path: str) -> None:
    file = ROOT.TFile(path, "recreate")
    tree = ROOT.TTree("t", "")
    arrays: dict[str, Any] = {}
    vectors: dict[str, Any] = {}
    for name in loop_tree.entries()[0]:
        letter = "I" if name in loop_tree.WHOLE else "D"
        if name in loop_tree.VECTORS:
            vectors[name] = ROOT.std.vector(loop_tree.VECTORS[name])()
            tree.Branch(name, vectors[name])
            continue
        if name in loop_tree.NESTED:
            vectors[name] = ROOT.std.vector(f"vector<{loop_tree.NESTED[name]}>")()
            tree.Branch(name, vectors[name])
            continue
        lengths = "".join(f"[{size}]" for size in loop_tree.FIXED.get(name, ()))
        if name in loop_tree.COUNTS:
            lengths = f"[{loop_tree.COUNTS[name]}]" + (f"[{loop_tree.INNER[name]}]" if name in loop_tree.INNER else "")
        arrays[name] = array("i" if letter == "I" else "d", [0] * LARGEST)
        tree.Branch(name, arrays[name], f"{name}{lengths}/{letter}")
    for entry in loop_tree.entries():
        for name, values in entry.items():
            if name in arrays:
                for place, number in enumerate(flat(values)):
                    arrays[name][place] = number
                continue
            vectors[name].clear()
            for value in values:
                vectors[name].push_back(value)
        tree.Fill()
    tree.Write()
    file.Close()


def main() -> None:
    ROOT.gROOT.SetBatch(True)
    ROOT.gErrorIgnoreLevel = ROOT.kFatal
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/loops.root"
        make_tree(path)
        file = ROOT.TFile(path)
        answers = []
        for expression, cut in loop_tree.questions():
            tree = file.Get("t")
            n = tree.Draw(expression, cut, "goff")
            values, weights = tree.GetV1(), tree.GetW()
            answers.append([expression, cut, [values[k] for k in range(n)], [weights[k] for k in range(n)]])
    lines = ",\n".join(json.dumps(answer, separators=(",", ":")) for answer in answers)
    NUMBERS.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(answers)} answers of ROOT {ROOT.gROOT.GetVersion()}")


if __name__ == "__main__":
    main()
