"""Results as JSON."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from typing import Any

import awkward as ak
import boost_histogram as bh
import hist
import numpy as np
import pytest

from overproof.outputs.document import account_document, dump_json, histogram_document, outputs_document
from overproof.records.account import Account, ExcludedRange, MissingRange, SplitRange
from overproof.records.outcome.failure import EventName
from overproof.words.errors import OutputError


def through_json(value: Any) -> Any:
    """Write a value as an output and read it back."""
    return json.loads(dump_json(outputs_document({"o": value})))["o"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (math.nan, None),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
        (0.1, 0.1),
        (np.float32(0.5), 0.5),
        (2**70, 2**70),
        (True, True),
        (None, None),
        ("µ", "µ"),
        (1 + 2j, {"real": 1.0, "imag": 2.0}),
        ({3, 1, 2}, [1, 2, 3]),
        (frozenset({"b", "a"}), ["a", "b"]),
        ({"a", 1}, ["a", 1]),
        ((1, [2.5, math.nan]), [1, [2.5, None]]),
        (np.array([[1.0, math.inf], [math.nan, 2.0]]), [[1.0, "Infinity"], [None, 2.0]]),
        (np.array([1, 2]), [1, 2]),
        (np.array([1j]), [{"real": 0.0, "imag": 1.0}]),
        (ak.Array([[1.0], [math.nan, 2]]), [[1.0], [None, 2.0]]),
        ({"b": 1, "a": {2: 3}}, {"a": {"2": 3}, "b": 1}),
        ({("x", 1): 2}, {"x, 1": 2}),
    ],
)
def test_values_have_a_form(value: Any, expected: Any) -> None:
    """JSON has no NaN, infinity, complex or set; each has one fixed form."""
    assert through_json(value) == expected


def test_doubles_come_back_bit_for_bit() -> None:
    """As many digits are written as tell two doubles apart."""
    numbers = np.random.default_rng(0).normal(size=100) * 10.0 ** np.arange(-150, 150, 3)
    assert through_json(numbers) == numbers.tolist()


@pytest.mark.parametrize(
    ("value", "name"),
    [(Fraction(1, 2), "'o'"), (b"x", "'o'"), ({"k": [object()]}, "'k'"), ({b"k": 1}, "'o'"), ({1: 1, "1": 1}, "'o'")],
)
def test_what_has_no_form_is_refused_by_name(value: Any, name: str) -> None:
    """The error names the output; nothing is written as its repr."""
    with pytest.raises(OutputError, match=name):
        outputs_document({"o": value})


def test_a_histogram_has_flow_bins_and_x_outermost() -> None:
    """Contents are nested lists, first axis outermost, underflow first."""
    histogram = hist.Hist(
        hist.axis.Regular(2, 0, 2, name="x", label="x [cm]"),
        hist.axis.StrCategory(["a"], name="c", growth=True),
        storage=hist.storage.Weight(),
        name="h",
    )
    histogram.fill([-1, 0.5, 5], ["a", "b", "b"], weight=[1, 2, 3])
    document = histogram_document(histogram)
    assert document["name"] == "h"
    assert document["contents"] == [[1, 0], [0, 2], [0, 0], [0, 3]]
    assert document["variances"] == [[1, 0], [0, 4], [0, 0], [0, 9]]
    flags = {"growth": False, "circular": False, "underflow": True, "overflow": True}
    assert document["axes"] == [
        {"type": "regular", "name": "x", "label": "x [cm]", "bins": 2, "lo": 0.0, "hi": 2.0, **flags},
        {
            "type": "category_str",
            "name": "c",
            "label": "c",
            "bins": 2,
            "categories": ["a", "b"],
            "growth": True,
            "circular": False,
            "underflow": False,
            "overflow": False,
        },
    ]


@pytest.mark.parametrize(
    ("axis", "facts"),
    [
        (bh.axis.Variable([0, 1, 5]), {"type": "variable", "edges": [0, 1, 5]}),
        (bh.axis.Integer(-1, 4), {"type": "integer", "lo": -1, "hi": 4}),
        (bh.axis.Boolean(), {"type": "boolean", "lo": 0, "hi": 2}),
        (bh.axis.IntCategory([5, 3]), {"type": "category_int", "categories": [5, 3]}),
        (bh.axis.Regular(2, 1, 4, transform=bh.axis.transform.sqrt), {"type": "regular", "transform": "sqrt"}),
    ],
)
def test_every_axis_says_what_it_is(axis: Any, facts: dict[str, Any]) -> None:
    """Type and bins of each axis are in the document."""
    document = json.loads(dump_json(histogram_document(bh.Histogram(axis))))
    assert document["axes"][0].items() >= facts.items()
    assert len(document["contents"]) == axis.extent


def test_unknown_variances_are_null() -> None:
    """A weighted Double histogram does not know its variances, and does not pretend to."""
    assert histogram_document(hist.Hist.new.Reg(1, 0, 1).Double().fill([0.5], weight=2))["variances"] is None


def test_profiles_tell_means_and_what_they_weigh() -> None:
    """Mean storages have counts, WeightedMean ones sums of weights; an empty bin's variance is null."""
    document = through_json(
        bh.Histogram(bh.axis.Regular(1, 0, 1), storage=bh.storage.Mean()).fill([0.5] * 2, sample=[1, 3])
    )
    assert (document["contents"], document["variances"]) == ([0, 2, 0], [None, 1, None])
    assert document["counts"] == [0, 2, 0]
    weighted = bh.Histogram(bh.axis.Regular(1, 0, 1), storage=bh.storage.WeightedMean())
    document = through_json(weighted.fill([0.5] * 2, sample=[1, 3], weight=[3, 1]))
    assert (document["contents"], document["sum_of_weights"]) == ([0, 1.5, 0], [0, 4, 0])
    assert document["sum_of_weights_squared"] == [0, 10, 0]


def test_the_account_is_told_in_full() -> None:
    """All counts, and every range with its reason; tracebacks stay out."""
    account = Account(processed=80, excluded=1, missing=19, total=100)
    event = EventName(run=1, luminosity_block=2, event=3)
    excluded = [
        ExcludedRange(
            file="f", tree="t", first=5, stop=6, kind="exception", reason="ValueError: x", traceback="...",
            cause="ValueError at a.py:3", event=event, host="somewhere",
        ),
        ExcludedRange(file="f", tree="t", first=7, stop=9, kind="timeout", reason="more than 60 s"),
    ]  # fmt: skip
    missing = [MissingRange(file="g", tree=None, first=0, stop=None, phase="open", reason="gone")]
    assert json.loads(dump_json(account_document(account, excluded, missing))) == {
        "account": {
            "processed": 80,
            "excluded": 1,
            "missing": 19,
            "unread": 0,
            "total": 100,
            "files_unknown": 0,
            "files_unopened": 0,
            "complete": False,
        },
        "excluded": [
            {
                "file": "f", "tree": "t", "entry": 5, "first": 5, "stop": 6, "kind": "exception",
                "reason": "ValueError: x", "run": 1, "luminosityBlock": 2, "event": 3,
            },
            {
                "file": "f", "tree": "t", "entry": None, "first": 7, "stop": 9, "kind": "timeout",
                "reason": "more than 60 s", "run": None, "luminosityBlock": None, "event": None,
            },
        ],
        "missing": [{"file": "g", "tree": None, "first": 0, "stop": None, "phase": "open", "reason": "gone"}],
    }  # fmt: skip


def test_ranges_computed_in_two_are_told_when_there_are_any() -> None:
    """A document has `split` only when something was split."""
    assert "split" not in account_document(Account())
    split = SplitRange(file="f", tree="t", first=0, at=5, stop=10, kind="memory", reason="more than 1.00 GB")
    assert account_document(Account(), split=[split])["split"] == [
        {"file": "f", "tree": "t", "first": 0, "at": 5, "stop": 10, "kind": "memory", "reason": "more than 1.00 GB"}
    ]
