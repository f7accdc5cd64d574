"""Axes of texts: from blocks to a histogram."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import awkward as ak
import numpy as np
import pytest

from overproof.analysis.draw.axes import Binning, Growing
from overproof.analysis.draw.axes.categories import Categories
from overproof.analysis.draw.plan import DrawPlan, make_plan
from overproof.columns.kernels.selectors.draw_selector import DrawSelector
from overproof.outputs.state import OutputState
from overproof.records.block import Block
from overproof.records.schema import Branch, Schema
from overproof.words.errors import ExpressionError, OptionError

SCHEMA = Schema(
    tree="t",
    format="TTree",
    branches=(
        Branch(name="name", typename="string", kind="string"),
        Branch(name="x", typename="double", kind="number", dtype="float64"),
        Branch(name="w", typename="double", kind="number", dtype="float64"),
    ),
)


def sample(n_entries: int = 300) -> Any:
    rng = np.random.default_rng(8)
    names = np.array(["pear", "fig", "", "kiwi", "plum"])
    # A text that only the last block has, and another that only the first one has.
    which = np.concatenate([[3], rng.integers(0, 3, n_entries - 2), [4]])
    return ak.Array(
        {"name": names[which].tolist(), "x": rng.normal(0, 1, n_entries), "w": rng.integers(-3, 9, n_entries) / 4}
    )


def drawn(plan: DrawPlan, events: Any, cuts: Sequence[int]) -> Any:
    """Draw blocks that arrive backwards, from their last to their first."""
    selector, state = DrawSelector([plan]), OutputState()
    for index, (first, stop) in reversed(list(enumerate(pairwise(cuts)))):
        block = Block(file=0, index=index, first=first, stop=stop)
        state.add_block(block, selector.process(events[first:stop]))
    (histogram,) = selector.terminate(state.value()).values()
    return histogram


ONE = [0, 300]
MANY = [0, 1, 40, 41, 200, 299, 300]


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("cuts", [ONE, MANY], ids=["one block", "blocks backwards"])
def test_bins_are_texts_in_the_order_of_first_appearance(cuts: list[int]) -> None:
    """Law: each text that is selected has a bin, in the order of the entries, with its weights and their squares."""
    events = sample()
    plan = make_plan("name", cut="x > -1", weight="w", schema=SCHEMA)

    histogram = drawn(plan, events, cuts)

    chosen = events[(events.x > -1) & (events.w != 0)]
    names = ak.to_list(chosen.name)
    assert list(histogram.axes[0]) == list(dict.fromkeys(names))
    for name in dict.fromkeys(names):
        weights = np.asarray(chosen.w[np.array(names) == name])
        assert histogram[name].value == weights.sum()
        assert histogram[name].variance == (weights**2).sum()


@pytest.mark.usefixtures("path")
def test_texts_and_numbers_in_two_dimensions() -> None:
    """Law: beside an axis of numbers, with its flow, a text has a row of its own; blocks change nothing."""
    events = sample()
    plan = make_plan("name:x", bins=[(4, -1.0, 1.0), (7, 0.0, 7.0)], schema=SCHEMA)

    histogram, whole = drawn(plan, events, MANY), drawn(plan, events, ONE)

    assert [type(axis).__name__ for axis in histogram.axes] == ["Regular", "StrCategory"]
    assert [axis.name for axis in histogram.axes] == ["x", "y"]
    assert [axis.label for axis in histogram.axes] == ["x", "name"]
    assert histogram == whole
    for place, name in enumerate(histogram.axes[1]):
        values = np.asarray(events.x[np.array(ak.to_list(events.name)) == name])
        inside, _ = np.histogram(values, bins=4, range=(-1, 1))
        flow = [(values < -1).sum(), *inside, (values >= 1).sum()]
        assert histogram.values(flow=True)[:, place].tolist() == flow


@pytest.mark.usefixtures("path")
def test_profiles_along_texts() -> None:
    """Law: a profile along texts has the mean of each, from one block as from many."""
    events = sample()
    plan = make_plan("x:name", profile=True, weight="w*w", schema=SCHEMA)

    histogram, whole = drawn(plan, events, MANY), drawn(plan, events, ONE)

    assert list(histogram.axes[0]) == list(whole.axes[0])
    for name in histogram.axes[0]:
        chosen = events[np.array(ak.to_list(events.name)) == name]
        assert histogram[name].value == pytest.approx(np.average(chosen.x, weights=np.asarray(chosen.w) ** 2))
        assert histogram[name].value == pytest.approx(whole[name].value)


@pytest.mark.usefixtures("path")
def test_axes_grow_beside_texts() -> None:
    """Law: an axis of numbers that grows does so beside texts as alone: summed over the texts both are one."""
    events = ak.with_field(sample(), np.cumsum(np.ones(300)) * np.where(np.arange(300) % 2, 1.0, -1.0), "x")
    growing = Growing(start=Binning(n=10, low=-2.0, high=3.0))
    beside = replace(make_plan("name:x", schema=SCHEMA), axes=(growing, Categories()))
    alone = replace(make_plan("x", schema=SCHEMA), axes=(growing,))

    both, one = drawn(beside, events, MANY), drawn(alone, events, MANY)

    assert both.axes[0] == one.axes[0]
    assert both.axes[0].edges[-1] > 300
    assert list(both.axes[1]) == list(dict.fromkeys(ak.to_list(events.name)))
    assert both.values(flow=True).sum(axis=1).tolist() == one.values(flow=True).tolist()


@pytest.mark.usefixtures("path")
def test_two_draws_of_one_name_share_the_texts() -> None:
    """Law: draws that go into one histogram unite their texts."""
    events = sample()
    selector = DrawSelector([make_plan("name", cut=cut, schema=SCHEMA) for cut in ("x > 0", "x <= 0")])

    (together,) = selector.terminate(selector.process(events)).values()
    alone = drawn(make_plan("name", schema=SCHEMA), events, ONE)

    assert {name: together[name].value for name in together.axes[0]} == {
        name: alone[name].value for name in alone.axes[0]
    }


@pytest.mark.usefixtures("path")
def test_nothing_is_selected() -> None:
    """Law: without rows, and without blocks, there is an axis without bins."""
    plan = make_plan("name", cut="x > 100", schema=SCHEMA)
    selector = DrawSelector([plan])

    for histogram in (drawn(plan, sample(), MANY), selector.terminate({})["draw"]):
        assert list(histogram.axes[0]) == []


def test_texts_are_not_averaged() -> None:
    """Law: a profile of texts is an error."""
    with pytest.raises(ExpressionError, match="a profile averages numbers: this is a text"):
        make_plan("name:x", profile=True, schema=SCHEMA)


def test_texts_and_numbers_share_no_axis() -> None:
    """Law: a draw of numbers cannot go into a histogram of texts."""
    with pytest.raises(OptionError, match="texts and numbers cannot be added to one axis of `draw`"):
        DrawSelector([make_plan("name", schema=SCHEMA), make_plan("x", bins="3, 0, 1", schema=SCHEMA)])
