"""Ask ROOT every question of draw_questions.txt and keep its answers in root_numbers.json.

Run by hand, with a Python that has ROOT (made with ROOT 6.40):

    python tests/validation/make_root_numbers.py path/to/the/shared/data

Each answer is a TH1D with Sumw2, filled by TTree::Draw; kept are the bins that are not empty, under- and overflow
included: `[bin, content]`, or `[bin, content, sum of squared weights]` where the two differ.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import ROOT

sys.path.insert(0, str(Path(__file__).parent))
from questions import NUMBERS, Question, read_questions  # found next to this script, which is no package


def ask(question: Question, tree: object) -> list[list[float]] | None:
    """Return the bins of one answer; None where ROOT refuses the question."""
    n, low, high = (float(number) for number in question.bins.split(","))
    histogram = ROOT.TH1D("answer", "", int(n), low, high)
    histogram.Sumw2()
    if tree.Draw(f"{question.expression}>>answer", question.selection, "goff") < 0:  # type: ignore[attr-defined]
        return None
    squares = histogram.GetSumw2()
    rows = []
    for index in range(int(n) + 2):
        content, square = histogram.GetBinContent(index), squares.At(index)
        if content != 0 or square != 0:
            rows.append([index, content] if content == square else [index, content, square])
    return rows


def main(data: Path) -> None:
    ROOT.gROOT.SetBatch(True)
    ROOT.gErrorIgnoreLevel = ROOT.kError
    answers = {}
    opened = {}
    for question in read_questions():
        if question.file not in opened:
            opened[question.file] = ROOT.TFile.Open(str(data / question.file))
        print(question.key, flush=True)
        ROOT.gROOT.cd()
        answer = ask(question, opened[question.file].Get(question.tree))
        if answer is None:
            print(f"    refused by ROOT: {question.key}", file=sys.stderr)
            continue
        answers[question.key] = answer
    lines = (f"{json.dumps(key)}:{json.dumps(rows, separators=(',', ':'))}" for key, rows in answers.items())
    NUMBERS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{len(answers)} answers of ROOT {ROOT.gROOT.GetVersion()} written to {NUMBERS}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
