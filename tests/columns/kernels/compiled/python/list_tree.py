"""A tree with numbers, lists of two lengths, fixed arrays and lists of lists, and random blocks of it."""

from __future__ import annotations

from typing import Any

import awkward as ak
import numpy as np

from overproof.records.schema import Branch, Schema

SHAPES: dict[str, tuple[str, int, tuple[int, ...]]] = {
    "n": ("int32", 0, ()),
    "u": ("uint8", 0, ()),
    "met": ("float32", 0, ()),
    "w": ("float64", 0, ()),
    "ok": ("bool", 0, ()),
    "pt": ("float32", 1, ()),
    "eta": ("float64", 1, ()),
    "q": ("int16", 1, ()),
    "good": ("bool", 1, ()),
    "jet": ("float64", 1, ()),
    "tag": ("bool", 1, ()),
    "m": ("float64", 0, (3,)),
    "dd": ("float64", 2, ()),
    "ee": ("float32", 2, ()),
    "pair": ("float64", 1, (2,)),
}
"""Type of the numbers, lists of variable length, fixed shape."""

SCHEMA = Schema(
    tree="t",
    format="TTree",
    branches=tuple(
        Branch(name=name, typename=dtype, kind="number", dtype=dtype, n_jagged=n_jagged, fixed_shape=fixed)
        for name, (dtype, n_jagged, fixed) in SHAPES.items()
    ),
)

ODD = [0.0, -0.0, 1.0, -1.0, 0.5, np.nan, np.inf, -np.inf, 5e-324, -5e-324, 1e308, -1e308, 2.0**31, 2.0**53, -(2.0**63)]
"""Numbers on edges."""


class Block(dict[str, Any]):
    """Columns by name, of some entries."""

    def __init__(self, columns: dict[str, Any], n_entries: int) -> None:
        super().__init__(columns)
        self.n_entries = n_entries

    def __len__(self) -> int:
        return self.n_entries


def random_block(dice: np.random.Generator, *, n_entries: int, longest: int = 3, is_odd: bool = False) -> Block:
    """Make a block.

    Args:
        dice: to be thrown.
        n_entries: how many.
        longest: list.
        is_odd: half of the numbers are on edges.
    """
    leptons, jets, rows = (dice.integers(0, longest + 1, n_entries) for _ in range(3))
    inner = dice.integers(0, longest + 1, int(rows.sum()))
    lengths = dict.fromkeys(("pt", "eta", "q", "good", "pair"), leptons) | {"jet": jets, "tag": jets}
    columns = {}
    for name, (dtype, n_jagged, fixed) in SHAPES.items():
        counts = inner if n_jagged == 2 else lengths[name] if n_jagged else None
        size = n_entries if counts is None else int(counts.sum())
        column = ak.Array(_numbers(dice, np.dtype(dtype), (size, *fixed), is_odd=is_odd))
        if counts is not None:
            column = ak.unflatten(column, counts)
        columns[name] = ak.unflatten(column, rows) if n_jagged == 2 else column
    return Block(columns, n_entries)


def _numbers(dice: np.random.Generator, dtype: np.dtype[Any], shape: tuple[int, ...], *, is_odd: bool) -> Any:
    if dtype.kind == "b":
        return dice.random(shape) < 0.5
    if dtype.kind in "iu":
        return dice.integers(0 if dtype.kind == "u" else -3, 6, shape).astype(dtype)
    numbers = np.where(dice.random(shape) < 0.3, dice.integers(-2, 3, shape), dice.normal(0.0, 3.0, shape))
    if is_odd:
        numbers = np.where(dice.random(shape) < 0.5, dice.choice(ODD, shape), numbers)
    with np.errstate(over="ignore"):
        return numbers.astype(dtype)
