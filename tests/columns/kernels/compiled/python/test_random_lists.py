"""Random expressions of the Python dialect on both paths: compiled equals interpreted, bit for bit."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import numpy as np
import pytest
from both_paths import differences, interpreted, is_written
from list_questions import Asker, Question
from list_tree import SCHEMA, Block, random_block

from overproof.analysis.draw.python.rows import PythonRows, make_python_rows
from overproof.columns.kernels.compiled.python.contents import NotWrittenError
from overproof.columns.kernels.compiled.work import Undecided
from overproof.words.errors import ExpressionError

QUESTIONS = 22
"""Of each seed."""

TOGETHER = 6
"""In one function."""

SEEDS = range(16)
CAREFUL = range(100, 101)
"""Seeds whose functions are compiled as in real draws."""

CAMPAIGN = range(1_000, 1_400)
PARTS = 20

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def asked(seed: int) -> list[tuple[Question, PythonRows]]:
    """Return the questions of a seed; the same in every process."""
    asker, questions = Asker(random.Random(seed)), []
    while len(questions) < QUESTIONS:
        question = asker.question()
        try:
            rows = make_python_rows(question.text, cut=question.cut, weight=question.weight, schema=SCHEMA)
        except ExpressionError:
            continue
        questions.append((question, rows))
    return questions


def block_of(seed: int) -> Block:
    """Return the block of a seed; some have long lists, some have few entries, or none."""
    dice = np.random.default_rng(seed)
    kinds: list[dict[str, Any]] = [{"n_entries": 14, "is_odd": True}, {"n_entries": 14}]
    kinds += [{"n_entries": 5, "longest": 40}, {"n_entries": 1, "longest": 0}]
    return random_block(dice, **kinds[seed % 4 if seed % 8 > 5 else seed % 2])


def compared(seed: int) -> tuple[list[str], Counter[str]]:
    """Compare the answers to the questions of a seed; tell what differs, and count what was compared."""
    block, counts = block_of(seed), Counter[str]()
    answered, refused = list[tuple[Question, PythonRows]](), list[tuple[Question, PythonRows]]()
    for each in asked(seed):
        (refused if interpreted(each[1], block) is None else answered).append(each)
    written = [each for each in answered if is_written(each[1], block)]
    counts["only interpreted"] = len(answered) - len(written)
    answered = written
    told = []
    for first in range(0, len(answered), TOGETHER):
        some = answered[first : first + TOGETHER]
        found = differences([rows for _, rows in some], [block])
        told += [f"{some[number][0]}: {difference}" for number, difference in found.items()]
    counts["answered"] = len(answered)
    for question, rows in refused:
        counts["refused"] += 1
        try:
            differences([rows], [block])
        except (NotWrittenError, Undecided):
            continue
        told.append(f"{question}: an answer where the interpreter has an error")
    return told, counts


@pytest.mark.parametrize("seed", SEEDS)
def test_compiled_lists_are_interpreted_lists(seed: int, compiled_in_haste: None) -> None:
    """Law: rows, weights, entries and numbers have the same bits on both paths; errors are left to the interpreter."""
    assert compared(seed)[0] == []


@pytest.mark.parametrize("seed", CAREFUL)
def test_what_llvm_improves_stays_the_same(seed: int) -> None:
    """Law: the bits are the same when functions are compiled as in real draws."""
    assert compared(seed)[0] == []


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(PARTS))
def test_a_campaign_of_lists_finds_no_difference(
    part: int, capsys: pytest.CaptureFixture[str], compiled_in_haste: None
) -> None:
    """Law: of more than 8,000 random questions none has another answer on the compiled path; a part tells how many."""
    told, counts = [], Counter[str]()
    for seed in CAMPAIGN[part::PARTS]:
        found, compared_now = compared(seed)
        told += found
        counts += compared_now
    with capsys.disabled():
        print(f"\npart {part}: {dict(counts)}")
    assert told == []
    assert counts.total() * PARTS >= 8_000
    assert counts["only interpreted"] < 0.03 * counts["answered"]
