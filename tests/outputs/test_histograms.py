"""Histograms of every storage and axis, merged in any way."""

from __future__ import annotations

import pickle
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Any

import boost_histogram as bh
import hist
import numpy as np
import pytest

from overproof.outputs.document import dump_json, outputs_document
from overproof.outputs.state import OutputState
from overproof.words.errors import MergeError

STORAGES = ("Double", "Int64", "AtomicInt64", "Unlimited", "Weight", "Mean", "WeightedMean")
POSITIONS = [(file, index) for file in range(3) for index in range(8)]
LETTERS = np.array(list("gfedcba"))


def samples(position: tuple[int, int], storage: str, *, wild: bool = False) -> dict[str, Any]:
    """Draw the weights and samples of one block; wild ones go from 1e-300 to 1e300 and cancel in pairs."""
    rng = np.random.default_rng([*position, 1])
    weights = rng.normal(size=30) * 10.0 ** rng.integers(-300, 300, size=30) if wild else rng.normal(size=30)
    if wild:
        weights[15:] = -weights[:15]
    if storage in ("Int64", "AtomicInt64"):
        return {}
    if storage == "Mean":
        return {"sample": rng.normal(1000, 1, size=30)}
    if storage == "WeightedMean":
        return {"sample": rng.normal(1000, 1, size=30), "weight": np.abs(rng.normal(size=30))}
    return {"weight": weights}


def filled(position: tuple[int, int], storage: str, *axes: Any, wild: bool = False) -> hist.Hist[Any]:
    """Fill one block's histogram: values over (-10, 10), integers and letters."""
    rng = np.random.default_rng([*position, 2])
    histogram = hist.Hist(*axes, storage=getattr(hist.storage, storage)(), name="h", label="a label")
    columns = {
        "x": rng.uniform(-10, 10, size=30),
        "i": rng.integers(-5, 20, size=30),
        "s": rng.choice(LETTERS[: 3 + position[1] % 4], size=30),
        "b": rng.integers(0, 2, size=30),
    }
    histogram.fill(*(columns[axis.name[0]] for axis in axes), **samples(position, storage, wild=wild))
    return histogram


def fixed_axes() -> list[Any]:
    return [
        hist.axis.Regular(5, -3, 3, name="x", label="x [GeV]"),
        hist.axis.StrCategory(["a", "b"], name="s"),
        hist.axis.Boolean(name="b"),
    ]


def growing_axes() -> list[Any]:
    return [
        hist.axis.Regular(6, -1, 1, name="x", growth=True),
        hist.axis.StrCategory([], name="s", growth=True),
        hist.axis.Integer(0, 3, name="i", growth=True),
    ]


@pytest.mark.parametrize("wild", [False, True])
@pytest.mark.parametrize("axes", [fixed_axes, growing_axes])
@pytest.mark.parametrize("storage", STORAGES)
def test_the_way_of_merging_never_shows(storage: str, axes: Any, wild: bool, in_order: Any, at_random: Any) -> None:
    """Pickle and JSON are equal byte for byte, however the blocks were spread over states and merged."""
    outputs = {p: {"h": filled(p, storage, *axes(), wild=wild)} for p in POSITIONS}
    expected = in_order(outputs).value()
    for seed in range(4):
        result = at_random(outputs, seed).value()
        assert pickle.dumps(result) == pickle.dumps(expected)
        assert dump_json(outputs_document(result)) == dump_json(outputs_document(expected))


@pytest.mark.parametrize("storage", ["Int64", "AtomicInt64", "Unlimited", "Double"])
def test_counts_are_what_boost_histogram_adds_up(storage: str, at_random: Any) -> None:
    """Unweighted histograms are sums of integers, which boost-histogram's own + gives without rounding."""
    blocks = {}
    for file, index in POSITIONS:
        histogram = hist.Hist(*fixed_axes()[:1], storage=getattr(hist.storage, storage)())
        blocks[file, index] = {"h": histogram.fill(np.random.default_rng([file, index]).normal(size=50))}
    assert at_random(blocks, 1).value()["h"] == reduce(add, (block["h"] for block in blocks.values()))


def test_weights_are_the_exact_sums_rounded_once(at_random: Any) -> None:
    """Each cell of a Weight histogram is the nearest double to the sum of the blocks' cells."""
    outputs = {p: {"h": filled(p, "Weight", *fixed_axes())} for p in POSITIONS}
    view = at_random(outputs, 3).value()["h"].view(flow=True)
    for field in ("value", "variance"):
        cells = [np.asarray(block["h"].view(flow=True))[field].ravel().tolist() for block in outputs.values()]
        expected = [float(sum(map(Fraction, column))) for column in zip(*cells, strict=True)]
        assert np.asarray(view)[field].ravel().tolist() == expected


def exact_mean(cells: list[tuple[float, float, float]]) -> tuple[float, float]:
    """Combine (n, mean, M2) of blocks in fractions, the plain textbook way."""
    n = sum(Fraction(c[0]) for c in cells)
    if not n:
        return 0.0, 0.0
    mean = sum(Fraction(c[0]) * Fraction(c[1]) for c in cells) / n
    m2 = sum(Fraction(c[2]) + Fraction(c[0]) * (Fraction(c[1]) - mean) ** 2 for c in cells)
    return float(mean), float(m2)


@pytest.mark.parametrize("storage", ["Mean", "WeightedMean"])
@pytest.mark.parametrize("offset", [0.0, 1.0, 1e6, 1e12])
def test_means_lose_nothing_to_cancellation(storage: str, offset: float, at_random: Any) -> None:
    """Mean and M2 are the exact combination of the blocks' ones, rounded once, also far from zero."""
    fields = ["count", "value", "_sum_of_deltas_squared"]
    if storage == "WeightedMean":
        fields = ["sum_of_weights", "value", "_sum_of_weighted_deltas_squared"]
    blocks = {}
    for file, index in POSITIONS:
        rng = np.random.default_rng([file, index])
        histogram = bh.Histogram(bh.axis.Regular(3, 0, 1), storage=getattr(bh.storage, storage)())
        weight = {"weight": rng.random(20)} if storage == "WeightedMean" else {}
        histogram.fill(rng.random(20), sample=rng.normal(offset, 1, size=20), **weight)
        blocks[file, index] = {"h": histogram}
    result = np.asarray(at_random(blocks, 5).value()["h"].view(flow=True))
    cells = [[block["h"].view(flow=True)[field].tolist() for field in fields] for block in blocks.values()]
    for bin_ in range(5):
        mean, m2 = exact_mean([tuple(column[bin_] for column in block) for block in cells])
        assert result[fields[1]][bin_] == mean
        assert result[fields[2]][bin_] == m2


def test_mean_storage_agrees_with_numpy(at_random: Any) -> None:
    """The profile of all samples has numpy's mean and variance."""
    rng = np.random.default_rng(11)
    data = {p: rng.normal(5, 2, size=40) for p in POSITIONS}
    blocks = {
        p: {"h": bh.Histogram(bh.axis.Regular(1, 0, 1), storage=bh.storage.Mean()).fill([0.5] * 40, sample=x)}
        for p, x in data.items()
    }
    accumulator = at_random(blocks, 2).value()["h"][0]
    everything = np.concatenate(list(data.values()))
    assert accumulator.count == everything.size
    assert accumulator.value == pytest.approx(everything.mean(), rel=1e-14)
    assert accumulator.variance == pytest.approx(everything.var(ddof=1), rel=1e-12)


def test_equal_samples_have_no_variance(in_order: Any) -> None:
    """Blocks of one constant give M2 = 0 exactly."""
    blocks = {
        (0, i): {
            "h": bh.Histogram(bh.axis.Regular(1, 0, 1), storage=bh.storage.Mean()).fill(
                [0.5] * (i + 1), sample=[0.1] * (i + 1)
            )
        }
        for i in range(7)
    }
    cell = in_order(blocks).value()["h"][0]
    assert (cell.count, cell.value, cell._sum_of_deltas_squared) == (28, 0.1, 0)


@pytest.mark.parametrize("storage", STORAGES)
def test_one_block_comes_out_as_it_went_in(storage: str, in_order: Any) -> None:
    """Merging a single block changes no bit of it, nor its class, names and labels."""
    histogram = filled((0, 0), storage, *fixed_axes())
    result = in_order({(0, 0): {"h": histogram}}).value()["h"]
    assert type(result) is hist.Hist
    assert result == histogram
    assert (result.name, result.label) == ("h", "a label")
    assert [(axis.name, axis.label) for axis in result.axes] == [(axis.name, axis.label) for axis in histogram.axes]


@pytest.mark.skipif(not hasattr(bh.storage, "MultiCell"), reason="this boost-histogram has no MultiCell storage")
def test_several_values_a_bin_are_added(in_order: Any) -> None:
    """MultiCell storages are summed value by value."""
    blocks = {}
    for index in range(3):
        histogram = bh.Histogram(bh.axis.Regular(2, 0, 2), storage=bh.storage.MultiCell(3))
        histogram.fill([0.5, 1.5], weight=np.full((2, 3), [1.0, 2.0, index]))
        blocks[0, index] = {"h": histogram}
    result = in_order(blocks).value()["h"]
    assert result.view().tolist() == [[3, 3], [6, 6], [3, 3]]


def test_the_state_is_not_touched_by_what_is_done_to_values(in_order: Any) -> None:
    """A partial result may be changed in place, and the user's histogram filled on; the state has its own."""
    histogram = filled((0, 0), "Weight", *fixed_axes())
    state = in_order({(0, 0): {"h": histogram}})
    expected = pickle.dumps(state.value())
    histogram.fill([0], ["a"], [0], weight=5)
    value = state.value()
    value["h"].reset()
    value["h"].axes[0].label = "changed"
    assert pickle.dumps(state.value()) == expected


def test_variances_are_known_only_if_known_in_all_blocks(in_order: Any) -> None:
    """One weighted fill of a Double histogram makes the variances of the sum unknown."""
    plain, weighted = (hist.Hist.new.Reg(2, 0, 2).Double() for _ in range(2))
    plain.fill([1])
    weighted.fill([1], weight=2)
    assert in_order({(0, 0): {"h": plain}, (0, 1): {"h": plain}}).value()["h"].variances().tolist() == [0, 2]
    assert in_order({(0, 0): {"h": plain}, (0, 1): {"h": weighted}}).value()["h"].variances() is None


@pytest.mark.parametrize(
    ("one", "other", "complaint"),
    [
        (hist.Hist.new.Reg(3, 0, 1).Double(), hist.Hist.new.Reg(4, 0, 1).Double(), "edges"),
        (hist.Hist.new.Reg(3, 0, 1).Double(), hist.Hist.new.Reg(3, 0, 2).Double(), "edges"),
        (hist.Hist.new.Reg(3, 0, 1).Double(), hist.Hist.new.Reg(3, 0, 1).Weight(), "storage"),
        (hist.Hist.new.Reg(3, 0, 1).Double(), hist.Hist.new.Var([0, 0.5, 1]).Double(), "type"),
        (hist.Hist.new.Reg(3, 0, 1, name="a").Double(), hist.Hist.new.Reg(3, 0, 1, name="b").Double(), "name"),
        (hist.Hist.new.Reg(3, 0, 1).Double(), hist.Hist.new.Reg(3, 0, 1, flow=False).Double(), "traits"),
        (hist.Hist.new.Reg(3, 0, 1).Double(), hist.Hist.new.Reg(3, 0, 1).Reg(2, 0, 1).Double(), "number of axes"),
        (hist.Hist.new.StrCat(["a"]).Double(), hist.Hist.new.StrCat(["b"]).Double(), "categories"),
        (hist.Hist.new.Reg(3, 0, 1).Double(), bh.Histogram(bh.axis.Regular(3, 0, 1)), "class"),
        (
            hist.Hist.new.Reg(3, 0, 1, growth=True).Double(),
            hist.Hist.new.Reg(3, 0.1, 1.1, growth=True).Double(),
            "lattices",
        ),
    ],
)
def test_different_histograms_are_refused_by_what_differs(one: Any, other: Any, complaint: str, block: Any) -> None:
    """The error names the output and what differs, and leaves the state as it was."""
    state = OutputState()
    state.add_block(block(0, 0), {"h": one, "n": 1})
    with pytest.raises(MergeError, match=complaint) as error:
        state.add_block(block(0, 1), {"n": 1, "h": other})
    assert "'h'" in str(error.value)
    assert state.n_blocks == 1
    assert state.value() == {"h": one, "n": 1}
