"""What there is in a state, and copies of some of it."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import hist
import numpy as np
import pytest

from overproof.outputs.kinds.histograms.histogram import HistogramSum
from overproof.outputs.outline import Outlined
from overproof.outputs.state import OutputState


def filled(block: Any) -> OutputState:
    """A state of two blocks with outputs of several kinds, some of them nested."""
    state = OutputState()
    for index in range(2):
        line = hist.Hist.new.Reg(4, 0, 4).Double().fill([index])
        map_ = hist.Hist.new.Reg(2, 0, 2).Reg(2, 0, 2).Weight().fill([index], [1])
        cells = hist.Hist(hist.axis.Regular(2, 0, 2), storage=hist.storage.MultiCell(3))
        state.add_block(
            block(0, index),
            {"n": 1, "dy": {"mass": line, "deep": {"map": map_}}, "cells": cells, "gone": None, "a": np.ones(3),
             "c": Counter("ab"), "s": {1, 2}, "l": [1]},
        )  # fmt: skip
    return state


def test_outputs_are_listed_without_their_values(block: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every output is told with its path, its kind and its dimensions, in order; no histogram is made or copied."""
    state = filled(block)
    for method in ("value", "copy"):
        monkeypatch.setattr(HistogramSum, method, None)
    assert [(each.name, each.what, each.n_dim) for each in state.outline()] == [
        ("n", "number", 0), ("dy/mass", "histogram", 1), ("dy/deep/map", "histogram", 2), ("cells", "histogram", 0),
        ("gone", "nothing", 0), ("a", "array", 0), ("c", "counter", 0), ("s", "set", 0), ("l", "list or table", 0),
    ]  # fmt: skip


def test_users_types_are_told_by_their_name(block: Any) -> None:
    """An object with a `+` of its own is told as what it is."""
    state = OutputState()
    state.add_block(block(0, 0), {"share": Fraction(1, 3)})
    assert state.outline() == (Outlined(path=("share",), what="Fraction"),)


def test_a_part_copies_what_is_asked_for_only(block: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a state with several histograms one is copied where one is wanted, and its value is that of the whole."""
    state = filled(block)
    whole = state.value()
    copied: list[int] = []
    copy = HistogramSum.copy

    def counted(sums: HistogramSum) -> HistogramSum:
        copied.append(len(sums.axes))
        return copy(sums)

    monkeypatch.setattr(HistogramSum, "copy", counted)
    part = state.part([("dy", "mass")])
    assert copied == [1]
    assert part.value() == {"dy": {"mass": whole["dy"]["mass"]}}
    assert part.n_blocks == state.n_blocks


def test_a_mapping_is_taken_with_all_in_it(block: Any) -> None:
    """The path of a mapping means everything under it; a path of nothing gives nothing."""
    state = filled(block)
    assert list(state.part([("dy",), ("n",)]).value()) == ["n", "dy"]
    assert list(state.part([("dy",)]).value()["dy"]) == ["mass", "deep"]
    assert state.part([("mass",)]).value() == {}


def test_a_part_is_independent(block: Any) -> None:
    """What is merged later does not show in a part that was copied before."""
    state = filled(block)
    part = state.part([("dy",), ("n",)])
    later = OutputState()
    later.add_block(block(1, 0), {"n": 5, "dy": {"mass": hist.Hist.new.Reg(4, 0, 4).Double().fill([3])}})
    state.merge(later)
    assert part.value()["n"] == 2
    assert part.value()["dy"]["mass"].sum() == 2
    assert state.value()["n"] == 7
