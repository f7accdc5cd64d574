"""Histograms filled by compiled functions: the same sums as the interpreter's, whatever the axes and however many."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import awkward as ak
import numpy as np
import pytest
from output_bits import as_bits

from overproof.analysis.draw.axes import Binning, Growing
from overproof.analysis.draw.plan import DrawPlan, make_plan
from overproof.columns.kernels.compiled.drawing import MAX_PLANS, CompiledDraw
from overproof.columns.kernels.compiled.fills import bins
from overproof.columns.kernels.fills.bins import bin_indices
from overproof.columns.kernels.selectors import ways
from overproof.columns.kernels.selectors.draw_selector import DrawSelector
from overproof.columns.kernels.selectors.ways import fill
from overproof.columns.machine.machine import Machine
from overproof.columns.machine.writer import Writer
from overproof.records.schema import Branch, Schema

SCHEMA = Schema(
    tree="Events",
    format="TTree",
    branches=(
        Branch(name="n", typename="int", kind="number", dtype="int32"),
        Branch(name="w", typename="float", kind="number", dtype="float32"),
        Branch(name="x", typename="double[]", kind="number", dtype="float64", n_jagged=1),
        Branch(name="y", typename="float[]", kind="number", dtype="float32", n_jagged=1),
        Branch(name="name", typename="string", kind="string"),
    ),
)


class Events(dict[str, Any]):
    """Columns by name."""

    def __len__(self) -> int:
        return len(super().__getitem__("n"))


def events(seed: int, n_entries: int = 400) -> Events:
    """Make a block with values on edges, far away, and of no number."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 5, n_entries)
    n_elements = int(counts.sum())
    x = rng.choice([0.0, -0.0, 0.5, 1.0, 7.25, -3.0, 100.0, 1e9, np.inf, -np.inf, np.nan], n_elements)
    x = np.where(rng.random(n_elements) < 0.7, rng.normal(3, 2, n_elements), x)
    return Events(
        n=ak.Array(counts.astype(np.int32)),
        w=ak.Array(rng.normal(1, 1, n_entries).astype(np.float32)),
        x=ak.unflatten(ak.Array(x), counts),
        y=ak.unflatten(ak.Array(rng.normal(0, 1, n_elements).astype(np.float32)), counts),
        name=ak.Array([f"s{number}" for number in rng.integers(0, 4, n_entries)]),
    )


def growing(expression: str, *starts: Binning | None, **keywords: Any) -> DrawPlan:
    """Plan a histogram some of whose axes grow; None keeps an axis as it is."""
    plan = make_plan(expression, schema=SCHEMA, **keywords)
    axes = tuple(axis if start is None else Growing(start=start) for axis, start in zip(plan.axes, starts, strict=True))
    return replace(plan, axes=axes)


ROUND = Binning(n=8, low=0.0, high=8.0)
CROOKED = Binning(n=7, low=0.1, high=5.3)

PLANS = {
    "flat": make_plan("x", bins="10,0,5", schema=SCHEMA),
    "flat-cut": make_plan("x", cut="abs(y) < 1", bins="10,0,5", schema=SCHEMA),
    "flat-weight": make_plan("x", cut="y", bins="10,0,5", schema=SCHEMA),
    "by-entry": make_plan("x", cut="n > 2", weight="w", bins="10,0,5", schema=SCHEMA),
    "missing": make_plan("x", cut="y[2] > 0", bins="10,0,5", schema=SCHEMA),
    "missing-in-decision": make_plan("n", cut="n > 3 || x[3] > 1", bins="10,0,5", schema=SCHEMA),
    "two": make_plan("y:x", cut="w", bins="10,0,5,4,-2,2", schema=SCHEMA),
    "three": make_plan("n:y:x", bins="3,0,5,4,-2,2,5,0,5", schema=SCHEMA),
    "profile": make_plan("y:x", cut="n", bins="10,0,5", schema=SCHEMA, profile=True),
    "profile-cut": make_plan("x:y", cut="abs(x) < 4", bins="10,-2,2", schema=SCHEMA, profile=True),
    "profile-unweighted": make_plan("x:n", bins="5,0,5", schema=SCHEMA, profile=True),
    "growing": growing("x", ROUND, bins="8,0,8"),
    "growing-crooked": growing("x", CROOKED, bins="7,0,7", cut="y"),
    "growing-one-of-two": growing("y:x", CROOKED, None, bins="7,0,7,4,-2,2"),
    "growing-both": growing("y:x", ROUND, CROOKED, bins="7,0,7,4,-2,2", cut="w > 0"),
    "growing-profile": growing("y:x", ROUND, bins="8,0,8", profile=True),
    "texts": make_plan("name", schema=SCHEMA),
    "texts-weight": make_plan("x:name", cut="w", bins="5,0,5,5,0,5", schema=SCHEMA),
    "aggregate": make_plan("Sum$(x*y)", cut="Max$(y) > 0", bins="10,-5,5", schema=SCHEMA),
}


@pytest.mark.parametrize("name", PLANS)
def test_sums_are_those_of_the_interpreter(name: str) -> None:
    """A compiled function leaves the sums, and the rows set apart, that the interpreter leaves: the same bits."""
    draw = CompiledDraw([PLANS[name]])
    for seed in range(3):
        block = events(seed)
        assert as_bits(draw.fill(block)[0]) == as_bits(fill(PLANS[name], block))


def test_plans_in_one_function_do_not_disturb_one_another() -> None:
    """Plans filled by few functions give what each gives alone."""
    block = events(5)
    assert len(PLANS) > MAX_PLANS
    found = CompiledDraw(list(PLANS.values())).fill(block)
    for plan, sums in zip(PLANS.values(), found, strict=True):
        assert as_bits(sums) == as_bits(fill(plan, block))


def test_plans_of_two_dialects_are_all_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each dialect has functions of its own, the sums come in the order of the plans, and nothing is interpreted."""
    block = events(12)
    in_python = make_plan("ak.sum(x * y, axis=1)", cut="n > 1", bins="10,-5,5", schema=SCHEMA, dialect="python")
    plans = [in_python, PLANS["flat"], in_python, PLANS["aggregate"]]
    expected = [as_bits(fill(plan, block)) for plan in plans]
    monkeypatch.setattr(ways, "fill", lambda plan, _: pytest.fail(f"{plan.request} was interpreted"))
    assert [as_bits(sums) for sums in ways.Filling(plans, path="compiled").fill(block)] == expected
    assert ways.Filling([], path="compiled").fill(block) == []


def test_blocks_of_other_kinds() -> None:
    """A block whose numbers are of another type, or that is empty, is filled by a function of its own."""
    draw = CompiledDraw([PLANS["flat-cut"]])
    other = events(7)
    other["x"] = ak.values_astype(ak.nan_to_num(other["x"], posinf=9, neginf=9), np.int16)
    for block in (events(6), other, events(8, n_entries=0), events(9, n_entries=1)):
        assert as_bits(draw.fill(block)[0]) == as_bits(fill(PLANS["flat-cut"], block))


def test_rows_without_room_are_written_again() -> None:
    """More rows set apart than there was room for at first are all kept."""
    block = events(11, n_entries=3000)
    plan = growing("x", Binning(n=2, low=1000.0, high=1001.0), bins="8,0,8")
    assert as_bits(CompiledDraw([plan]).fill(block)[0]) == as_bits(fill(plan, block))


def test_selectors_that_have_compiled_can_travel() -> None:
    """A selector that has filled blocks is pickled without its compiled functions, and goes on elsewhere."""
    selector = DrawSelector([PLANS["two"]], path="compiled")
    first = selector.process(events(1))
    again = pickle.loads(pickle.dumps(selector))
    assert again.path == "compiled"
    assert as_bits(again.process(events(1))) == as_bits(first)


AXES = {
    "round": Binning(n=10, low=0.0, high=5.0),
    "crooked": Binning(n=37, low=-0.1, high=0.7),
    "one": Binning(n=1, low=-1.0, high=1.0),
    "far": Binning(n=100, low=1e15, high=1e15 + 100),
    "narrow": Binning(n=1000, low=1.0, high=1.0 + 1e-13),
    "tiny": Binning(n=5, low=0.0, high=1e-310),
    "huge": Binning(n=5, low=-0.8e308, high=0.9e308),
    "many": Binning(n=2**21, low=0.0, high=1.0),
    "thirds": Binning(n=3 * 2**10, low=1 / 3, high=2 / 3),
}


@pytest.mark.parametrize("name", AXES)
def test_bins_are_those_of_the_interpreter(name: str) -> None:
    """Every value lands in the same bin on both paths: edges, their neighbours, far and strange ones."""
    axis = AXES[name]
    numbers = np.unique(np.concatenate([np.arange(-2, 40), np.linspace(0, axis.n, 400).astype(np.int64)]))
    share = np.random.default_rng(3).random(2000)
    with np.errstate(all="ignore"):
        edges = axis.low + numbers * ((axis.high - axis.low) / axis.n)
    values = np.concatenate(
        [
            edges,
            *(np.nextafter(edges, end) for end in (-np.inf, np.inf)),
            axis.low * (1 - share) + axis.high * share,
            [axis.high, axis.low, np.nan, np.inf, -np.inf, 0.0, -0.0, 5e-324, -5e-324, 1e308, -1e308],
        ]
    )
    writer = Writer()
    given, found = writer.array("values", np.float64), writer.array("bins", np.int64, is_constant=False)
    with writer.count(writer.integer(0), writer.number("n")) as place:
        writer.write(found, place, bins.write_bin(writer, writer.read_double(given, place), axis))
    writer.give(writer.integer(0))
    written = np.zeros(len(values), dtype=np.int64)
    with np.errstate(all="ignore"):
        expected = bin_indices(values, axis)
    assert Machine(writer)({"values": values, "bins": written, "n": len(values)}) == 0
    assert written.tolist() == expected.tolist()
