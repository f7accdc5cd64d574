"""The draw language against ROOT's own TTree::Draw, bin by bin and bit by bit."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from answers import answer_together, is_same
from questions import Question, Source, read_numbers, read_questions, topics

pytestmark = pytest.mark.validation

ALL = [question for topic in topics() for question in read_questions(topic)]
ROOT_NUMBERS = {key: answer for topic in topics() for key, answer in read_numbers(topic).items()}
TWINS = {
    ("nano_dy.root", "Events"): "nano_dy_rntuple.root",
    ("treemaker.root", "PreSelection"): "treemaker_rntuple.root",
}
"""RNTuples with the content of a tree."""


@functools.cache
def _answers(source: Source, data: Path, *, twins: bool, path: str) -> dict[str, Any]:
    """Draw everything that is asked of one source, in one pass for each set of aliases, on the path of the test."""
    answers: dict[str, Any] = {}
    of_source = [question for question in ALL if question.source == source]
    files = tuple(TWINS[file, source.tree] for file in source.files) if twins else source.files
    read = Source(files=files, tree=source.tree, friends=source.friends)
    for aliases in dict.fromkeys(question.aliases for question in of_source):
        questions = [question for question in of_source if question.aliases == aliases]
        keys = [question.key for question in questions]
        answers.update(zip(keys, answer_together(questions, read, data), strict=True))
    return answers


def _compare(question: Question, shared_file: Callable[[str], Path], *, path: str, twins: bool = False) -> None:
    found = [shared_file(file) for file in question.source.files]
    for _, files, _ in question.source.friends:
        for file in files.split("+"):
            shared_file(file)

    answer = _answers(question.source, found[0].parent, twins=twins, path=path)[question.key]

    if isinstance(answer, Exception):
        raise answer
    expected = ROOT_NUMBERS[question.key]
    assert is_same(answer, expected, question), f"ours   {answer}\nROOT's {expected}"


@pytest.mark.parametrize("question", ALL, ids=lambda question: question.key)
def test_contents_and_errors_are_roots(question: Question, shared_file: Callable[[str], Path], path: str) -> None:
    """Law: every bin, under- and overflow included, has ROOT's content and sum of squared weights, to the last bit.

    Equality is exact with weights too: both sum in double, in the order of entries, and a file is one block here.
    Automatic axes have ROOT's number of bins and limits, or labels. Both paths have them.
    """
    _compare(question, shared_file, path=path)


@pytest.mark.parametrize(
    "question",
    [question for question in ALL if all((file, question.source.tree) in TWINS for file in question.source.files)],
    ids=lambda question: question.key,
)
def test_an_rntuple_draws_what_its_ttree_draws(question: Question, shared_file: Callable[[str], Path]) -> None:
    """Law: the same content as an RNTuple gives ROOT's numbers for the TTree (TTree::Draw knows no RNTuple)."""
    _compare(question, shared_file, twins=True, path="")


@pytest.mark.parametrize("topic", topics())
def test_every_answer_has_a_question(topic: str) -> None:
    """Law: the numbers kept are those of the lists as they stand, each question once."""
    assert [question.key for question in read_questions(topic)] == list(read_numbers(topic))


def test_there_are_enough_questions() -> None:
    """Law: at least 700 questions are put to ROOT, none of them twice."""
    assert len({question.key for question in ALL}) == len(ALL)
    assert len(ROOT_NUMBERS) >= 700
