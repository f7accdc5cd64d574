"""What is too large to be compiled is interpreted, without anybody waiting for it."""

from __future__ import annotations

import numpy as np
import pytest
from output_bits import as_bits
from two_paths import blocks_for_events, only_compiled
from wide_tree import SCHEMA, random_block

from overproof.analysis.draw.plan import DrawPlan, make_plan
from overproof.columns.kernels.compiled.drawing import CompiledDraw
from overproof.columns.kernels.compiled.nodes import NodeNumbers
from overproof.columns.kernels.compiled.python.contents import NotWrittenError
from overproof.columns.kernels.selectors.draw_selector import DrawSelector


def plan_of(text: str) -> DrawPlan:
    return make_plan(text, bins="8, -2, 6", schema=SCHEMA)


def inside_one_another(pattern: str, text: str, *, depth: int) -> str:
    for _ in range(depth):
        text = pattern.format(text)
    return text


LONG = {
    "sum": " + ".join(f"a*{number}" for number in range(190)),
    "differences": " - ".join(f"sin(a*{number})" for number in range(190)),
    "conditions": " && ".join(f"(a > {number})" for number in range(190)),
    "index": inside_one_another("a_int[{}]", "a_int", depth=25),
    "alternatives": inside_one_another("Alt$({} + v, 1)", "v", depth=25),
}


@pytest.mark.parametrize("name", LONG)
def test_long_formulas_have_the_same_answer(name: str, compiled_in_haste: None) -> None:
    """Law: as much as the language allows is drawn on the compiled path, by the interpreter where it must be."""
    plan, block = plan_of(LONG[name]), random_block(np.random.default_rng(4), n_entries=12)
    with blocks_for_events():
        found, expected = (DrawSelector([plan], path=path).process(block) for path in ("compiled", "interpreted"))
    assert as_bits(found) == as_bits(expected)


def test_a_function_that_takes_too_long_is_not_compiled() -> None:
    """Law: loops deep inside one another are left to the interpreter before LLVM sees them."""
    text = inside_one_another("v_int[][{}]", "v_int", depth=25)
    block = random_block(np.random.default_rng(4), n_entries=12)
    with blocks_for_events(), only_compiled(), pytest.raises(NotWrittenError, match="instructions"):
        CompiledDraw([plan_of(text)]).fill(block)


def test_equal_nodes_are_told_in_no_time() -> None:
    """Law: indices inside of indices, whose hash takes twice as long for each, have their number at once."""
    numbers = NodeNumbers()
    one, other = (plan_of(LONG["index"]).rows.values[0] for _ in range(2))
    shorter = plan_of(inside_one_another("a_int[{}]", "a_int", depth=24)).rows.values[0]
    assert one is not other
    assert numbers.of(one) == numbers.of(other) != numbers.of(shorter)
