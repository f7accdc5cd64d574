"""A draw as a selector."""

from __future__ import annotations

import pickle
from typing import Any

import awkward as ak
import numpy as np
import pytest

from overproof.analysis.draw.plan import make_plan
from overproof.analysis.selector import Selector
from overproof.columns.kernels.selectors.draw_selector import DrawSelector
from overproof.records.schema import Branch, Schema

SCHEMA = Schema(
    tree="Events",
    format="TTree",
    branches=(
        Branch(name="n", typename="int", kind="number", dtype="int32"),
        Branch(name="w", typename="float", kind="number", dtype="float32"),
        Branch(name="ok", typename="bool[]", kind="number", dtype="bool", n_jagged=1),
        Branch(name="pt", typename="float[]", kind="number", dtype="float32", n_jagged=1),
    ),
)


class Events(dict[str, Any]):
    """Columns by name, that remember which were asked for."""

    def __init__(self, columns: dict[str, Any]) -> None:
        super().__init__(columns)
        self.asked: set[str] = set()

    def __len__(self) -> int:
        return len(self.get("n"))  # type: ignore[arg-type]  # always there

    def __getitem__(self, name: str) -> Any:
        self.asked.add(name)
        return super().__getitem__(name)


def events(n_entries: int = 1000) -> Events:
    rng = np.random.default_rng(5)
    counts = rng.integers(0, 5, n_entries)
    elements = int(counts.sum())
    return Events(
        {
            "n": ak.Array(counts.astype(np.int32)),
            "w": ak.Array(rng.normal(1, 1, n_entries).astype(np.float32)),
            "ok": ak.unflatten(ak.Array(rng.random(elements) < 0.7), counts),
            "pt": ak.unflatten(ak.Array(rng.exponential(30, elements).astype(np.float32)), counts),
        }
    )


def drawn(selector: DrawSelector, block: Any) -> Any:
    """Draw one block to the end."""
    (histogram,) = selector.terminate(selector.process(block)).values()
    return histogram


@pytest.mark.usefixtures("path")
def test_one_shot_numpy_agrees() -> None:
    """Law: a jagged draw with cut and weight is what numpy gives on the flat arrays in one shot."""
    block = events()
    plan = make_plan("pt", cut="ok && n > 1", weight="w", bins="20, 0, 100", schema=SCHEMA, name="spectrum")
    histogram = drawn(DrawSelector([plan]), block)

    counts = np.asarray(block["n"])
    flat, weights = ak.to_numpy(ak.flatten(block["pt"])), np.repeat(np.asarray(block["w"]), counts)
    chosen = ak.to_numpy(ak.flatten(block["ok"])) & np.repeat(counts > 1, counts)
    inside = chosen & (flat < 100)
    expected, _ = np.histogram(
        flat[inside].astype(float), bins=20, range=(0, 100), weights=weights[inside].astype(float)
    )
    np.testing.assert_allclose(histogram.values(), expected, rtol=1e-12)
    assert np.isclose(histogram.sum(flow=True).value, weights[chosen].astype(float).sum(), rtol=1e-12)


def test_only_columns_of_the_plan_are_asked_for() -> None:
    """Law: a draw touches the columns of its plan and declares them, so that they are read in one go."""
    block = events()
    selector = DrawSelector([make_plan("pt", cut="n > 1", bins="20, 0, 100", schema=SCHEMA)])
    selector.process(block)
    assert block.asked == {"pt", "n"} == set(selector.branches or ())
    assert Selector.branches is None


@pytest.mark.usefixtures("path")
def test_selectors_travel() -> None:
    """Law: a selector out of pickle draws what the first one drew."""
    block = events()
    selector = DrawSelector([make_plan("sqrt(pt)*exp(-w)", cut="ok", bins="20, 0, 10", schema=SCHEMA)])
    again = pickle.loads(pickle.dumps(selector))
    assert again.branches == selector.branches
    assert drawn(again, block) == drawn(selector, block)


@pytest.mark.usefixtures("path")
def test_empty_and_constant_draws() -> None:
    """Law: a block without entries fills nothing; a constant is filled once an entry."""
    assert drawn(DrawSelector([make_plan("pt", bins="2, 0, 2", schema=SCHEMA)]), events(0)).sum(flow=True).value == 0
    assert drawn(DrawSelector([make_plan("1", bins="2, 0, 2", schema=SCHEMA)]), events(7)).values().tolist() == [
        0,
        7,
    ]


@pytest.mark.usefixtures("path")
def test_lists_may_be_cut_out_of_larger_arrays() -> None:
    """Law: slices, picked lists and lists without order of an array draw what their packed copies draw."""
    block, plan = events(), make_plan("pt*n", cut="ok", bins="20, 0, 100", schema=SCHEMA)
    picks = [slice(100, 900), slice(None, None, 3), np.random.default_rng(6).permutation(1000)[:500]]
    for pick in picks:
        picked = Events({name: column[pick] for name, column in block.items()})
        packed = Events({name: ak.to_packed(column[pick]) for name, column in block.items()})
        assert drawn(DrawSelector([plan]), picked) == drawn(DrawSelector([plan]), packed)
