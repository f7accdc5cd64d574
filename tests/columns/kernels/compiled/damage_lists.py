"""Run compiled functions over blocks whose lists do not fit their content; in a process of its own, as it might die.

Says how many blocks were left to the interpreter, of how many the answer was the interpreter's, and of how many not.
"""

from __future__ import annotations

import random
import sys

import numpy as np
from two_paths import CompiledTogether, interpreted
from wide_questions import Asker
from wide_tree import SCHEMA, random_block

from overproof.columns.kernels.compiled.work import Undecided
from overproof.columns.kernels.evaluate import Block

NUMBERS = [-1, -(2**63), 2**63 - 1, 2**62, 2**40, 10**6, 64, 13, 1, 0]
WAYS = ("one number", "all numbers", "beyond", "backwards", "too few lists", "too little content")


def damage(block: Block, dice: random.Random) -> None:
    """Damage one array of offsets, or one content, of a block."""
    way, name = dice.choice(WAYS), dice.choice([name for name, each in block.columns.items() if each.offsets])
    column = block.columns[name]
    offsets = dice.choice(column.offsets)
    if way == "one number":
        offsets[dice.randrange(len(offsets))] = dice.choice(NUMBERS)
    elif way == "all numbers":
        offsets[:] = [dice.choice(NUMBERS) for _ in offsets]
    elif way == "beyond":
        offsets[1:] += dice.choice([1, 100, 2**50])
    elif way == "backwards":
        offsets[:] = offsets[::-1].copy()
    elif way == "too few lists":
        shorter = offsets[: len(offsets) // 2].copy()
        for each in block.columns.values():  # those of one collection share it
            own = tuple(shorter if starts is offsets else starts for starts in each.offsets)
            object.__setattr__(each, "offsets", own)
    else:
        object.__setattr__(column, "content", column.content[: len(column.content) // 2].copy())


def run(seed: int, *, n_questions: int, n_blocks: int) -> tuple[int, int, int]:
    """Damage blocks, and let one function of many questions run over them."""
    dice = random.Random(seed)
    asker = Asker(dice)
    questions = [asker.rows(SCHEMA) for _ in range(n_questions)]
    compiled = CompiledTogether([question.rows for question in questions], like=_block(seed))
    n_left = n_same = n_other = 0
    for number in range(n_blocks):
        block = _block(seed + number)
        damage(block, dice)
        try:
            answers = compiled(block)
        except Undecided:
            n_left += 1
            continue
        pairs = zip(questions, answers, strict=True)
        is_same = not any(answer.difference(interpreted(question.rows, block)) for question, answer in pairs)
        n_same, n_other = n_same + is_same, n_other + (not is_same)
    return n_left, n_same, n_other


def _block(seed: int) -> Block:
    """Return a block in which no two arrays of offsets are equal and yet two arrays."""
    block = random_block(np.random.default_rng(seed), n_entries=12)
    return Block({**block.columns, "c": block.columns["d"]}, block.n_entries, block.numbers, block.texts)


if __name__ == "__main__":
    print(*run(int(sys.argv[1]), n_questions=int(sys.argv[2]), n_blocks=int(sys.argv[3])))
