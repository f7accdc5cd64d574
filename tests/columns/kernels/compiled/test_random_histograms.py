"""Random histograms and profiles on both paths: the same sums, bit for bit, whatever is fused with what."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from output_bits import as_bits
from two_paths import blocks_for_events, only_compiled, only_interpreted
from wide_questions import Asker
from wide_tree import SCHEMA, random_block

from overproof.analysis.draw.axes import Automatic, Binning, Growing
from overproof.analysis.draw.language.grammar import parse_dimensions
from overproof.analysis.draw.plan import DrawPlan, make_plan
from overproof.columns.kernels.compiled.drawing import CompiledDraw
from overproof.columns.kernels.evaluate import Block
from overproof.columns.kernels.selectors.ways import fill
from overproof.words.errors import ExpressionError, OptionError

TOGETHER = 16
SEEDS = range(20)
CAMPAIGN = range(1_000, 1_100)
AXES = [(5, -2.0, 3.0), (4, 0.0, 4.0), (7, -1.1, 5.3), (1, -0.5, 0.5), (30, -1e3, 1e3), (3, 0.0, 1e-3)]


def plans(seed: int) -> list[DrawPlan]:
    """Return plans of one to three dimensions, profiles and growing axes among them; the same in every process."""
    dice = random.Random(seed)
    asker, found = Asker(dice), list[DrawPlan]()
    while len(found) < TOGETHER:
        text, cut, weight = asker.texts()
        try:
            n_values = len(parse_dimensions(text))
            is_profile = n_values > 1 and dice.random() < 0.4
            axes = [dice.choice(AXES) for _ in range(n_values - is_profile)]
            bins = ", ".join(str(number) for axis in axes for number in axis)
            name = f"h{len(found)}"
            plan = make_plan(
                text, cut=cut, weight=weight, bins=bins, profile=is_profile, name=name, schema=SCHEMA
            )  # fmt: skip
        except (ExpressionError, OptionError):
            continue
        if not any(isinstance(axis, Automatic) for axis in plan.axes):
            found.append(_growing(plan, dice) if dice.random() < 0.3 else plan)
    return found


def _growing(plan: DrawPlan, dice: random.Random) -> DrawPlan:
    """Let some axes grow."""
    axes = [Growing(start=axis) if isinstance(axis, Binning) and dice.random() < 0.7 else axis for axis in plan.axes]
    return replace(plan, axes=tuple(axes))


def blocks(seed: int) -> list[Block]:
    dice = np.random.default_rng(seed)
    return [random_block(dice, n_entries=30), random_block(dice, n_entries=20, is_odd=True)]


def differences(seed: int) -> list[str]:
    """Tell each plan of a seed whose sums differ."""
    of_seed: Sequence[DrawPlan] = plans(seed)
    draw, found = CompiledDraw(of_seed), []
    for number, block in enumerate(blocks(seed)):
        with blocks_for_events():
            with only_compiled():
                sums = draw.fill(block)
            with only_interpreted(), np.errstate(all="ignore"):
                expected = [fill(plan, block) for plan in of_seed]
        found += [
            f"{plan.request.text} cut={plan.request.cut!r} weight={plan.request.weight!r} on block {number}"
            for plan, mine, its in zip(of_seed, sums, expected, strict=True)
            if as_bits(mine) != as_bits(its)
        ]
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_compiled_sums_are_interpreted_sums(seed: int, compiled_in_haste: None) -> None:
    """Law: contents, errors, and rows that growing axes set apart, have the same bits on both paths."""
    assert differences(seed) == []


def test_there_are_histograms_of_every_kind() -> None:
    """Law: one to three dimensions, profiles, texts, growing axes, weights and none are among them."""
    of_all = [plan for seed in SEEDS for plan in plans(seed)]
    kinds = {(len(plan.axes), plan.request.is_profile, plan.rows.selection is None) for plan in of_all}
    assert len(kinds) == 10
    assert len({type(axis) for plan in of_all for axis in plan.axes}) == 3


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(10))
def test_a_campaign_finds_no_difference(part: int) -> None:
    """Law: of 1,600 more histograms none differs, compiled as in real draws."""
    assert [each for seed in CAMPAIGN[part::10] for each in differences(seed)] == []
