"""The draw language against ROOT's own TTree::Draw, bin by bin and bit by bit."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from questions import NUMBERS, Question, read_questions

from overproof.analysis.draw.plan import make_plan
from overproof.columns.kernels.selectors.draw_selector import DrawSelector
from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec

ROOT_NUMBERS: Mapping[str, list[list[float]]] = json.loads(NUMBERS.read_text(encoding="utf-8"))

pytestmark = pytest.mark.validation


class _Events:
    """All entries of a tree as one block, by name of the branch."""

    def __init__(self, path: Path, tree: str) -> None:
        self.reader = open_reader(FileSpec(path=str(path), tree=tree))
        self.schema = self.reader.schema()
        self.columns: dict[str, Any] = {}

    def __len__(self) -> int:
        return self.reader.n_entries

    def __getitem__(self, name: str) -> Any:
        if name not in self.columns:
            self.columns.update(self.reader.read([name], 0, len(self)))
        return self.columns[name]


def _compare(question: Question, events: _Events) -> None:
    plan = make_plan(
        question.expression, cut=question.cut, weight=question.weight, bins=question.bins, schema=events.schema
    )

    selector = DrawSelector([plan])
    histogram = selector.terminate(selector.process(events))[plan.name]

    # JSON writes a double so that it reads back the same, and NaN is equal to itself in text
    assert json.dumps(_bins(histogram)) == json.dumps(ROOT_NUMBERS[question.key])


@functools.cache
def _events(path: Path, tree: str) -> _Events:
    return _Events(path, tree)


def _bins(histogram: Any) -> list[list[float]]:
    """Return the bins that are not empty, as the file of ROOT's numbers has them."""
    rows = []
    for index, (content, square) in enumerate(zip(*_contents_and_squares(histogram), strict=True)):
        if content != 0 or square != 0:
            rows.append([index, content] if content == square else [index, content, square])
    return rows


def _contents_and_squares(histogram: Any) -> tuple[list[float], list[float]]:
    view = histogram.view(flow=True)
    return view["value"].tolist(), view["variance"].tolist()


@pytest.mark.parametrize("question", read_questions(), ids=lambda question: question.key)
def test_contents_and_errors_are_roots(question: Question, shared_file: Callable[[str], Path]) -> None:
    """Law: every bin, under- and overflow included, has ROOT's content and sum of squared weights, to the last bit.

    Equality is exact with weights too: both sum in double, in the order of entries, and a file is one block here.
    """
    _compare(question, _events(shared_file(question.file), question.tree))


TWINS = {"nano_dy.root": "nano_dy_rntuple.root", "treemaker.root": "treemaker_rntuple.root"}


@pytest.mark.parametrize(
    "question",
    [question for question in read_questions() if question.file in TWINS],
    ids=lambda question: question.key,
)
def test_an_rntuple_draws_what_its_ttree_draws(question: Question, shared_file: Callable[[str], Path]) -> None:
    """Law: the same content as an RNTuple gives ROOT's numbers for the TTree (TTree::Draw knows no RNTuple)."""
    _compare(question, _events(shared_file(TWINS[question.file]), question.tree))


def test_every_answer_has_a_question() -> None:
    """Law: the numbers kept are those of the list as it stands, at least 250 of them."""
    assert [question.key for question in read_questions()] == list(ROOT_NUMBERS)
    assert len(ROOT_NUMBERS) >= 250
