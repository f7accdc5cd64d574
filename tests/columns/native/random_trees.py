"""Trees thought out by dice, and written by uproot."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import uproot
from hypothesis import strategies as st

DTYPES = ("bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64")
COMPRESSIONS = {
    "zlib": (uproot.ZLIB, 9), "lzma": (uproot.LZMA, 6), "lz4": (uproot.LZ4, 9), "zstd": (uproot.ZSTD, 9)
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What one column is made of.

    Attributes:
        dtype: of one number.
        fixed: of one element.
        n_jagged: lists around it.
    """

    dtype: str
    fixed: tuple[int, ...] = ()
    n_jagged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """One tree.

    Attributes:
        columns: by name.
        pieces: entries of each basket or cluster.
        compression: algorithm (empty: none) and level.
        seed: of the numbers.
        noise: which part of the numbers are any bits at all; the others are small.
    """

    columns: dict[str, Shape]
    pieces: tuple[int, ...]
    compression: tuple[str, int]
    seed: int
    noise: float


def shapes(*, deepest: int, dtypes: tuple[str, ...] = DTYPES) -> st.SearchStrategy[Shape]:
    """Give a number, a fixed array or lists of numbers."""
    fixed = st.builds(Shape, dtype=st.sampled_from(dtypes), fixed=st.sampled_from([(), (1,), (3,), (2, 2)]))
    lists = st.builds(Shape, dtype=st.sampled_from(dtypes), n_jagged=st.integers(1, deepest))
    return fixed | lists


def trees(shape: st.SearchStrategy[Shape], *, longest: int) -> st.SearchStrategy[Tree]:
    """Give a tree of up to six columns."""
    compressions = st.sampled_from(list(COMPRESSIONS)).flatmap(
        lambda name: st.tuples(st.just(name), st.integers(1, COMPRESSIONS[name][1]))
    )
    return st.builds(
        Tree,
        columns=st.lists(shape, min_size=1, max_size=6).map(
            lambda each: {f"b{at}": one for at, one in enumerate(each)}
        ),
        pieces=st.lists(st.integers(1, 40) | st.integers(1, longest), min_size=1, max_size=5).map(tuple),
        compression=st.just(("", 0)) | compressions,
        seed=st.integers(0, 2**32),
        noise=st.sampled_from([0.0, 0.2, 1.0]),
    )


def _numbered(all_shapes: list[Shape]) -> dict[str, Shape]:
    return {f"b{number}": shape for number, shape in enumerate(all_shapes)}


def contents(tree: Tree) -> list[dict[str, Any]]:
    """Roll the numbers of each piece."""
    dice = np.random.default_rng(tree.seed)
    return [
        {name: _rolled(shape, n_entries, dice, noise=tree.noise) for name, shape in tree.columns.items()}
        for n_entries in tree.pieces
    ]


def _rolled(shape: Shape, n_entries: int, dice: np.random.Generator, *, noise: float) -> Any:
    counts = []
    for _ in range(shape.n_jagged):
        counts.append(dice.integers(0, 4, n_entries) * (dice.random(n_entries) < 0.8))
        n_entries = int(counts[-1].sum())
    array = _numbers(shape, n_entries, dice, noise=noise)
    for each in reversed(counts):
        array = ak.unflatten(array, each)
    return array


def _numbers(shape: Shape, length: int, dice: np.random.Generator, *, noise: float) -> Any:
    n_numbers = length * int(np.prod(shape.fixed, dtype=int))
    if shape.dtype == "bool":
        return (dice.random(n_numbers) < 0.3).reshape(length, *shape.fixed)
    small = (np.arange(n_numbers) % 100).astype(shape.dtype)
    any_bits = np.frombuffer(dice.bytes(n_numbers * small.itemsize), shape.dtype)
    return np.where(dice.random(n_numbers) < noise, any_bits, small).reshape(length, *shape.fixed)


def write_ttree(tree: Tree, path: Path) -> list[dict[str, Any]]:
    """Write a TTree `t`; return what it holds, piece by piece."""
    types = {
        name: f"var * {shape.dtype}" if shape.n_jagged else (np.dtype(shape.dtype), shape.fixed)
        for name, shape in tree.columns.items()
    }
    pieces = contents(tree)
    with uproot.recreate(path, compression=compression_of(*tree.compression)) as file:
        file.mktree("t", types)
        for piece in pieces:
            file["t"].extend(piece)
    return pieces


def write_rntuple(tree: Tree, path: Path) -> list[dict[str, Any]]:
    """Write an RNTuple `t`; return what it holds, piece by piece."""
    pieces = contents(tree)
    with uproot.recreate(path, compression=compression_of(*tree.compression)) as file:
        written = file.mkrntuple("t", _as_awkward(pieces[0]))
        for piece in pieces[1:]:
            written.extend(_as_awkward(piece))
    return pieces


def _as_awkward(piece: dict[str, Any]) -> Any:
    return ak.Array({name: ak.from_numpy(each, regulararray=True) if isinstance(each, np.ndarray) else each
                     for name, each in piece.items()})  # fmt: skip


def compression_of(name: str, level: int) -> Any:
    """Return uproot's word for a compression; for an empty name one that stores what it gets."""
    return COMPRESSIONS[name][0](level) if name else uproot.ZLIB(0)
