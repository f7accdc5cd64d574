"""Answer questions with ROOT, one line of JSON each way; run by `root_process.py` with a Python that has ROOT."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ROOT

sys.path.insert(0, str(Path(__file__).parent))
from ask_root import ask, open_source, settle  # found next to this script, which is no package
from questions import Question, Source
from write_random_tree import write_tree

ANSWER = "answer: "
"""Begins every line that is an answer: ROOT prints what it likes."""


class _Answering:
    """What is kept between two lines: the tree that was asked last."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.source: Source | None = None
        self.tree: Any = None

    def answer(self, order: dict[str, Any]) -> Any:
        if order["verb"] == "write":
            return write_tree(order["tree"], self.data / order["file"])
        if order["verb"] == "branches":
            return _branches(self.data / order["file"])
        question = _question(order["question"])
        if question.source != self.source:
            self.tree = open_source(question.source, self.data)
            self.source = question.source
        return ask(question, self.tree)


def _question(facts: dict[str, Any]) -> Question:
    source = facts.pop("source")
    friends = tuple((name, file, tree) for name, file, tree in source["friends"])
    return Question(
        source=Source(files=tuple(source["files"]), tree=source["tree"], friends=friends),
        aliases=tuple((name, meaning) for name, meaning in facts.pop("aliases")),
        **facts,
    )


def _branches(path: Path) -> dict[str, list[str]]:
    """Return, for each tree of a file, the names of the branches that have a leaf of their own."""
    file = ROOT.TFile.Open(str(path))
    return dict(_trees(file, "")) if file else {}


def _trees(folder: Any, above: str) -> Iterator[tuple[str, list[str]]]:
    for key in folder.GetListOfKeys():
        name, kind = str(key.GetName()), str(key.GetClassName())
        if kind == "TDirectoryFile":
            yield from _trees(folder.Get(name), f"{above}{name}/")
        if kind in {"TTree", "TNtuple", "TNtupleD"}:
            leaves = folder.Get(name).GetListOfLeaves()
            names = (str(leaf.GetBranch().GetFullName()).split("[")[0].rstrip(".") for leaf in leaves)
            yield f"{above}{name}", list(dict.fromkeys(names))


def main(data: Path) -> None:
    settle()
    ROOT.gSystem.ResetSignals()  # a crash ends the process at once, without a trace
    answering = _Answering(data)
    for line in sys.stdin:
        answer = answering.answer(json.loads(line))
        sys.stdout.write(f"\n{ANSWER}{json.dumps(answer)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
