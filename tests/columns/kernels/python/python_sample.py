"""A small tree in memory, for both dialects."""

from __future__ import annotations

from typing import Any

import awkward as ak
import numpy as np

from overproof.records.schema import Branch, Schema

N_ENTRIES = 200


def _lists(values: Any, counts: Any) -> Any:
    return ak.unflatten(values, counts)


def _columns() -> dict[str, Any]:
    dice = np.random.default_rng(5)
    counts = dice.integers(0, 4, N_ENTRIES)
    rows = dice.integers(0, 4, 2 * N_ENTRIES)
    jets = dice.integers(0, 4, N_ENTRIES)
    n_values = int(counts.sum())
    return {
        "n": ak.Array(counts),
        "flags": ak.Array(dice.integers(0, 16, N_ENTRIES)),
        "met": ak.Array(dice.normal(30.0, 20.0, N_ENTRIES)),
        "w": ak.Array(dice.random(N_ENTRIES)),
        "ok": ak.Array(dice.random(N_ENTRIES) < 0.5),
        "pt": _lists(dice.normal(30.0, 20.0, n_values).round(3), counts),
        "eta": _lists(dice.normal(0.0, 1.5, n_values), counts),
        "q": _lists(2 * dice.integers(0, 2, n_values) - 1, counts),
        "good": _lists(dice.random(n_values) < 0.5, counts),
        "jet": _lists(dice.normal(30.0, 20.0, int(jets.sum())), jets),
        "m": ak.Array(dice.normal(0.0, 1.0, (N_ENTRIES, 3))),
        "dd": _lists(_lists(dice.normal(0.0, 1.0, int(rows.sum())), rows), np.full(N_ENTRIES, 2)),
    }


COLUMNS = _columns()

_SHAPES: dict[str, tuple[str, int, tuple[int, ...]]] = {
    "n": ("int64", 0, ()),
    "flags": ("int64", 0, ()),
    "met": ("float64", 0, ()),
    "w": ("float64", 0, ()),
    "ok": ("bool", 0, ()),
    "pt": ("float64", 1, ()),
    "eta": ("float64", 1, ()),
    "q": ("int64", 1, ()),
    "good": ("bool", 1, ()),
    "jet": ("float64", 1, ()),
    "m": ("float64", 0, (3,)),
    "dd": ("float64", 2, ()),
}

SCHEMA = Schema(
    tree="t",
    format="TTree",
    branches=(
        *(
            Branch(name=name, typename=dtype, kind="number", dtype=dtype, n_jagged=n_jagged, fixed_shape=fixed)
            for name, (dtype, n_jagged, fixed) in _SHAPES.items()
        ),
        Branch(name="label", typename="std::string", kind="string"),
    ),
    aliases=(("stored", "Sum$(pt)"),),
)


class Events(dict[str, Any]):
    """A block of some entries of the sample."""

    def __init__(self, first: int = 0, stop: int = N_ENTRIES) -> None:
        super().__init__({name: column[first:stop] for name, column in COLUMNS.items()})
        self.first = first
        self.n_entries = stop - first

    def __len__(self) -> int:
        return self.n_entries
