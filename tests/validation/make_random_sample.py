"""Write some random trees and ROOT's answers to random questions into random_sample/.

Run by hand, with a Python that has ROOT (made with ROOT 6.40); after any change of what is random:

    python tests/validation/make_random_sample.py
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from ask_root import ask, open_source, settle  # found next to this script, which is no package
from kept_sample import ANSWERS, N_QUESTIONS, SAMPLE, SEEDS
from random_rounds import random_round
from write_random_tree import write_tree


def main() -> None:
    settle()
    SAMPLE.mkdir(exist_ok=True)
    answers = {}
    for seed in SEEDS:
        drawn = random_round(seed, n_questions=N_QUESTIONS)
        write_tree(drawn.tree.spec, SAMPLE / drawn.file)
        tree = open_source(drawn.questions[0].source, SAMPLE)
        for question in drawn.questions:
            print(question.key, flush=True)
            answers[question.key] = ask(question, tree)
    lines = (f"{json.dumps(key)}:{json.dumps(rows, separators=(',', ':'))}" for key, rows in answers.items())
    ANSWERS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
