"""Ask ROOT every question of the lists and keep its answers in numbers/.

Run by hand, with a Python that has ROOT (made with ROOT 6.40); without names of lists, all of them are asked:

    python tests/validation/make_root_numbers.py path/to/the/shared/data [list ...]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import ROOT

sys.path.insert(0, str(Path(__file__).parent))
from ask_root import ask, open_source, settle  # found next to this script, which is no package
from questions import NUMBERS, read_questions, topics


def main(data: Path, wanted: list[str]) -> None:
    settle()
    for topic in wanted:
        answers = _answers(topic, data)
        lines = (f"{json.dumps(key)}:{json.dumps(rows, separators=(',', ':'))}" for key, rows in answers.items())
        path = NUMBERS / f"{topic}.json"
        path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
        print(f"{len(answers)} answers of ROOT {ROOT.gROOT.GetVersion()} written to {path}")


def _answers(topic: str, data: Path) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    source, tree = None, None
    for question in read_questions(topic):
        if question.source != source:
            source, tree = question.source, open_source(question.source, data)
        print(question.key, flush=True)
        answer = ask(question, tree)
        if answer is None:
            print(f"    refused by ROOT: {question.key}", file=sys.stderr)
            continue
        answers[question.key] = answer
    return answers


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] or topics())
