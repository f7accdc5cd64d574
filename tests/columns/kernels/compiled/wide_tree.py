"""A tree with a branch of every shape and type that the draw language reads, and random blocks of it in memory."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from overproof.columns.kernels.evaluate import Block
from overproof.columns.kernels.jagged import Column, Integers
from overproof.columns.kernels.texts.table import Texts
from overproof.records.schema import Branch, Schema

Array = npt.NDArray[Any]

NUMBERS = ("bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64")
WORDS = (b"", b"mu", b"el", b"muon", b"tau", b"Z 1", b"u", b"no ascii \xc3\xa4")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Shape of a branch.

    Attributes:
        dtype: of its numbers; empty for texts.
        lists: collections whose lengths it has, outermost first; a name is one array of offsets.
        fixed: dimensions behind these.
    """

    dtype: str
    lists: tuple[str, ...] = ()
    fixed: tuple[int, ...] = ()


def _shapes() -> dict[str, Shape]:
    scalars = {f"s_{dtype}": Shape(dtype=dtype) for dtype in NUMBERS}
    arrays = {
        "f": Shape(dtype="float64", fixed=(3,)),
        "f_bool": Shape(dtype="bool", fixed=(2,)),
        "f_one": Shape(dtype="int32", fixed=(1,)),
        "f_five": Shape(dtype="uint16", fixed=(5,)),
        "g": Shape(dtype="float32", fixed=(2, 3)),
        "g_one": Shape(dtype="float64", fixed=(3, 1)),
        "g_ones": Shape(dtype="int64", fixed=(1, 1)),
        "h": Shape(dtype="float64", fixed=(2, 2, 3)),
        "h_one": Shape(dtype="int8", fixed=(1, 2, 1)),
    }
    jagged = {
        "a": Shape(dtype="float64", lists=("A",)),
        "a_float": Shape(dtype="float32", lists=("A",)),
        "a_int": Shape(dtype="int32", lists=("A",)),
        "a_bool": Shape(dtype="bool", lists=("A",)),
        "a_large": Shape(dtype="uint64", lists=("A",)),
        "b": Shape(dtype="float64", lists=("B",)),
        "b_short": Shape(dtype="int16", lists=("B",)),
        "c": Shape(dtype="float32", lists=("same as A",)),
        "d": Shape(dtype="int64", lists=("mostly one",)),
        "k": Shape(dtype="float64", lists=("A",), fixed=(3,)),
        "k_one": Shape(dtype="float32", lists=("A",), fixed=(1,)),
        "k_two": Shape(dtype="int32", lists=("B",), fixed=(2, 2)),
        "k_ones": Shape(dtype="float64", lists=("mostly one",), fixed=(2, 1)),
    }
    nested = {
        "v": Shape(dtype="float64", lists=("V", "of V")),
        "v_int": Shape(dtype="int32", lists=("V", "of V")),
        "w": Shape(dtype="float32", lists=("V", "other of V")),
        "x": Shape(dtype="float64", lists=("W", "of W")),
    }
    texts = {
        "t": Shape(dtype=""),
        "t_two": Shape(dtype=""),
        "t_list": Shape(dtype="", lists=("A",)),
        "t_array": Shape(dtype="", fixed=(2,)),
        "t_rows": Shape(dtype="", lists=("V", "of V")),
    }
    return {**scalars, **arrays, **jagged, **nested, **texts}


SHAPES = _shapes()

CHARACTERS = {
    "f_char": (Shape(dtype="int8", fixed=(4,)), Shape(dtype="")),
    "k_char": (Shape(dtype="uint8", lists=("A",), fixed=(3,)), Shape(dtype="", lists=("A",))),
}
"""Arrays of characters, as numbers and as texts; they are texts beside a text."""

SHAPES |= {name: numbers for name, (numbers, _) in CHARACTERS.items()}

SCHEMA = Schema(
    tree="wide",
    format="TTree",
    branches=tuple(
        Branch(
            name=name,
            typename=shape.dtype or "string",
            kind="number" if shape.dtype else "string",
            dtype=shape.dtype,
            n_jagged=len(shape.lists),
            fixed_shape=shape.fixed,
        )
        for name, shape in SHAPES.items()
    ),
)

LENGTHS = {
    "ordinary": [0, 0, 1, 1, 2, 3, 4],
    "empty": [0],
    "one": [1],
    "long": [0, 1, 6, 9, 20],
    "mostly one": [1, 1, 1, 1, 0, 2],
}
"""Lengths of lists by the kind of the block; collections of mostly one element have their own."""

_ODD_DOUBLES = [
    0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, -5e-324, 1e-310, 2.0**31, -(2.0**31), 2.0**31 - 1, 2.0**32,
    2.0**53, 2.0**53 + 2, 2.0**63, -(2.0**63), 2.0**64, 1.7e308, -1.7e308, 700.0, 701.0, 0.5, 1.5, 2.5, -0.5, 1e300,
]  # fmt: skip


def random_block(
    dice: np.random.Generator, *, n_entries: int, lengths: str = "ordinary", is_odd: bool = False
) -> Block:
    """Return a block with every branch of the tree.

    Args:
        dice: all choices come from it.
        n_entries: of the block.
        lengths: kind of the lengths of its lists.
        is_odd: numbers are NaN, infinite, denormal or huge, in place of such as are measured.
    """
    offsets = _all_offsets(dice, n_entries, lengths)
    texts = Texts()
    columns = {}
    as_texts = {f'"{name}"': texts for name, (_, texts) in CHARACTERS.items()}
    for name, shape in (SHAPES | as_texts).items():
        own = tuple(offsets[each] for each in shape.lists)
        n_elements = int(own[-1][-1]) if own else n_entries
        size = n_elements * math.prod(shape.fixed)
        content = _numbers(dice, shape.dtype, size, is_odd=is_odd) if shape.dtype else _codes(dice, size, texts)
        columns[name] = Column(content=content, offsets=own, fixed_shape=shape.fixed, n_entries=n_entries)
    local = np.arange(n_entries, dtype=np.float64) + 40.0
    numbers = {"local_entry": local, "entry": local + 1000.0, "entries": 5000.0}
    return Block(columns, n_entries, numbers, texts)


def _all_offsets(dice: np.random.Generator, n_entries: int, lengths: str) -> dict[str, Integers]:
    offsets = {name: _offsets(dice, n_entries, LENGTHS[lengths]) for name in ("A", "B", "V", "W")}
    offsets["mostly one"] = _offsets(dice, n_entries, LENGTHS["mostly one"])
    offsets["same as A"] = offsets["A"].copy()
    for rows, elements in (("V", "of V"), ("V", "other of V"), ("W", "of W")):
        offsets[elements] = _offsets(dice, int(offsets[rows][-1]), LENGTHS[lengths])
    return offsets


def _offsets(dice: np.random.Generator, n_lists: int, lengths: list[int]) -> Integers:
    return np.concatenate([[0], np.cumsum(dice.choice(lengths, n_lists))]).astype(np.int64)


def _numbers(dice: np.random.Generator, dtype: str, size: int, *, is_odd: bool) -> Array:
    kind = np.dtype(dtype)
    if kind.kind == "b":
        return dice.random(size) < 0.5
    if kind.kind in "iu":
        limits = np.iinfo(kind)
        if is_odd:
            edges = np.array([limits.min, limits.min + 1, 0, 1, limits.max - 1, limits.max], dtype=kind)
            return np.where(dice.random(size) < 0.6, dice.choice(edges, size), dice.integers(0, 70, size).astype(kind))
        return dice.integers(max(limits.min, -9), 10, size).astype(kind)
    if is_odd:
        odd = np.where(dice.random(size) < 0.7, dice.choice(_ODD_DOUBLES, size), dice.normal(0.0, 100.0, size))
        with np.errstate(all="ignore"):
            return odd.astype(kind)
    plain = np.where(dice.random(size) < 0.5, dice.integers(-8, 9, size) / 4, dice.normal(0.0, 5.0, size))
    return plain.astype(kind)


def _codes(dice: np.random.Generator, size: int, texts: Texts) -> Array:
    return texts.codes([WORDS[each] for each in dice.integers(0, len(WORDS), size)])
