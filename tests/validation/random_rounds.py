"""A campaign of random questions: which trees, which questions, from one seed each."""

from __future__ import annotations

import random
from dataclasses import dataclass

from questions import Question, Source
from random_questions import Asker
from random_tree import RandomTree, random_tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One random tree, and what is asked of it.

    Attributes:
        file: where the tree is to be written.
    """

    file: str
    tree: RandomTree
    questions: tuple[Question, ...]


def random_round(seed: int, *, n_questions: int) -> Round:
    """Return the round of a seed; the same in every process."""
    dice = random.Random(seed)
    tree, file = random_tree(dice), f"random_{seed}.root"
    asker = Asker(dice, tree.branches, Source(files=(file,), tree=tree.name))
    questions = {question.key: question for question in (asker.question() for _ in range(n_questions))}
    return Round(file=file, tree=tree, questions=tuple(questions.values()))
