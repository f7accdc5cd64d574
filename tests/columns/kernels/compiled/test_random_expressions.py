"""Random expressions on both paths: compiled equals interpreted, bit for bit."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, get_args

import numpy as np
import pytest
from two_paths import CompiledTogether, interpreted, node_kinds
from wide_questions import Asked, Asker
from wide_tree import SCHEMA, random_block

from overproof.analysis.draw.language.vocabulary import FUNCTIONS
from overproof.analysis.draw.resolve import BINARY_KERNELS, UNARY_KERNELS
from overproof.analysis.draw.typed import Typed
from overproof.columns.kernels.evaluate import Block

TOGETHER = 25
"""Questions in one function."""

SEEDS = range(60)
CAREFUL = range(100, 102)
"""Seeds whose functions are compiled as in real draws, which takes ten times longer."""

CAMPAIGN = range(1_000, 1_500)
PARTS = 20

BLOCKS = [{"n_entries": 12}, {"n_entries": 12, "is_odd": True}]
ONE_OF = [
    {"n_entries": 5, "lengths": "long"},
    {"n_entries": 4, "lengths": "one", "is_odd": True},
    {"n_entries": 2, "lengths": "empty"},
    {"n_entries": 0},
]
"""Blocks of which every seed has one."""


def asked(seed: int) -> list[Asked]:
    """Return the questions of a seed; the same in every process."""
    asker = Asker(random.Random(seed))
    return [asker.rows(SCHEMA) for _ in range(TOGETHER)]


def blocks(seed: int) -> list[tuple[dict[str, Any], Block]]:
    """Return the blocks of a seed, each with what it is made of."""
    dice = np.random.default_rng(seed)
    return [(kind, random_block(dice, **kind)) for kind in (*BLOCKS, ONE_OF[seed % len(ONE_OF)])]


def differences(seed: int) -> list[str]:
    """Tell each question of a seed that has another answer on the compiled path."""
    questions = asked(seed)
    given = blocks(seed)
    compiled = CompiledTogether([question.rows for question in questions], like=given[0][1])
    found = []
    for kind, block in given:
        for question, answer in zip(questions, compiled(block), strict=True):
            difference = answer.difference(interpreted(question.rows, block))
            if difference:
                found.append(f"{question}\n    on {kind}: {difference}")
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_compiled_is_interpreted(seed: int, compiled_in_haste: None) -> None:
    """Law: rows, with their values, weights, entries and numbers, have the same bits on both paths.

    Compiled answers come from a time in which nothing can be interpreted, and the other way round.
    """
    assert differences(seed) == []


@pytest.mark.parametrize("seed", CAREFUL)
def test_improved_functions_give_the_same(seed: int) -> None:
    """Law: what LLVM does to make a function faster changes no bit."""
    assert differences(seed) == []


def test_the_questions_cover_the_language() -> None:
    """Law: the random questions have every kind of node, every operator and every function of the language in them."""
    kinds = node_kinds([question.rows for seed in SEEDS for question in asked(seed)])
    functions = {function.kernel for function in FUNCTIONS.values()}
    operators = {*BINARY_KERNELS.values(), *UNARY_KERNELS.values(), "truth"}
    nodes = {kind.__name__ for kind in get_args(Typed)}
    assert (nodes | functions | operators) - kinds == set()


def test_questions_are_the_same_in_every_process() -> None:
    """Law: a seed that ever failed asks the same again."""
    assert [str(question) for question in asked(7)] == [str(question) for question in asked(7)]


@contextmanager
def _shown(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    with capsys.disabled():
        yield


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(PARTS))
def test_a_campaign_finds_no_difference(part: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Law: of more than 10,000 random questions none has another answer on the compiled path; a part tells how many."""
    found, questions = [], list[Asked]()
    for seed in CAMPAIGN[part::PARTS]:
        questions += asked(seed)
        found += differences(seed)
    kinds = node_kinds([question.rows for question in questions])
    with _shown(capsys):
        print(f"\npart {part}: {len(questions)} questions of {len(kinds)} kinds: {' '.join(sorted(kinds))}")
    assert found == []
    assert len(questions) * PARTS >= 10_000
