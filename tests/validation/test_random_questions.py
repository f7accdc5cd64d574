"""Random questions to random trees: ours against ROOT's, bit by bit."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest
from answers import answer_together, is_same
from kept_sample import ANSWERS, N_QUESTIONS, SAMPLE, SEEDS
from random_rounds import Round, random_round
from root_process import VARIABLE, RootDied, RootProcess, python_with_root

from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec

pytestmark = pytest.mark.validation

CAMPAIGN = range(1_000, 1_200)
"""Seeds of the campaign: 50 questions each."""


@functools.cache
def _kept() -> dict[str, Any]:
    answers: dict[str, Any] = json.loads(ANSWERS.read_text(encoding="utf-8"))
    return answers


@pytest.mark.parametrize("seed", SEEDS)
def test_random_questions_get_roots_answers(seed: int, path: str) -> None:
    """Law: every histogram of the sample is ROOT's to the last bit, and none is refused, on both paths."""
    drawn = random_round(seed, n_questions=N_QUESTIONS)

    answers = answer_together(drawn.questions, drawn.questions[0].source, SAMPLE)

    expected = {question.key: _kept()[question.key] for question in drawn.questions}
    assert _differences(drawn, answers, expected) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_random_branches_are_read_as_they_were_written(seed: int) -> None:
    """Law: every branch that ROOT wrote holds what was given to it, empty texts included."""
    drawn = random_round(seed, n_questions=N_QUESTIONS)
    reader = open_reader(FileSpec(path=str(SAMPLE / drawn.file), tree=drawn.tree.name))

    branches = drawn.tree.spec["branches"]
    arrays = reader.read([branch["name"] for branch in branches], 0, reader.n_entries)

    assert {name: array.tolist() for name, array in arrays.items()} == {
        branch["name"]: branch["values"] for branch in branches
    }


def test_the_sample_is_that_of_the_seeds() -> None:
    """Law: what is kept are the answers to what the seeds give today."""
    rounds = [random_round(seed, n_questions=N_QUESTIONS) for seed in SEEDS]
    assert [question.key for drawn in rounds for question in drawn.questions] == list(_kept())


@pytest.mark.nightly
@pytest.mark.parametrize("first", range(CAMPAIGN.start, CAMPAIGN.stop, 20))
def test_a_campaign_finds_no_difference(first: int, tmp_path: Path, path: str) -> None:
    """Law: of a thousand random questions none gets another answer than ROOT's; ten of these tests ask 10,000 a path.

    What kills ROOT is passed over; it is less than one in a hundred.
    """
    python = python_with_root()
    if python is None:
        pytest.skip(f"no Python here imports ROOT: set {VARIABLE} to one")
    differences, n_died, n_asked = [], 0, 0
    with RootProcess(python, tmp_path) as root:
        for seed in range(first, first + 20):
            drawn = random_round(seed, n_questions=50)
            root.order({"verb": "write", "tree": drawn.tree.spec, "file": drawn.file})
            answers = answer_together(drawn.questions, drawn.questions[0].source, tmp_path)
            expected = {}
            for question in drawn.questions:
                try:
                    expected[question.key] = root.ask(question)
                except RootDied:
                    n_died += 1
            n_asked += len(expected)
            differences += _differences(drawn, answers, expected)
    assert differences == []
    assert n_died <= n_asked / 100
    assert n_asked > 900


def _differences(drawn: Round, answers: list[Any], expected: dict[str, Any]) -> list[str]:
    """Tell each question that has another answer, or none on one side only."""
    found = []
    for question, answer in zip(drawn.questions, answers, strict=True):
        if question.key not in expected:
            continue
        if not is_same(answer, expected[question.key], question):
            found.append(f"{question.key}\n    ours   {answer}\n    ROOT's {expected[question.key]}")
    return found
