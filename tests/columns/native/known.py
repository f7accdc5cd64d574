"""Columns whose numbers are known before anybody writes them: thought out by dice that roll alike everywhere.

Needs nothing but Python and numpy: the script that lets ROOT write them imports it too.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import numpy as np

TYPES = {
    "B": "int8", "b": "uint8", "S": "int16", "s": "uint16", "I": "int32", "i": "uint32", "L": "int64", "l": "uint64",
    "G": "int64", "g": "uint64", "F": "float32", "D": "float64", "O": "bool",
}  # fmt: skip
"""Types of numbers, by the letters that ROOT has for them."""

VECTORS = {
    "char": "int8", "unsigned char": "uint8", "short": "int16", "unsigned short": "uint16", "int": "int32",
    "unsigned int": "uint32", "Long64_t": "int64", "ULong64_t": "uint64", "long": "int64", "float": "float32",
    "double": "float64", "bool": "bool",
}  # fmt: skip
"""Types of numbers in vectors, as C++ calls them."""

N_ENTRIES = 50
COUNTS = tuple((0, 1, 0, 3, 2, 0, 0, 5, 1, 1)[entry % 10] for entry in range(N_ENTRIES))
"""Lengths of all lists."""


SETTINGS = (0, 101, 109, 201, 404, 409, 501, 519)
"""Compression: a hundred for the algorithm (zlib, LZMA, LZ4, zstd), and the level; 0: none."""

N_PACKED = 300
"""Entries of the tree of compressed columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One column.

    Attributes:
        name: of the branch.
        values: shape `(n, *fixed)`.
        counts: elements of each entry; None: one.
    """

    name: str
    values: np.ndarray[Any, Any]
    counts: tuple[int, ...] | None = None

    def of_entry(self, entry: int) -> np.ndarray[Any, Any]:
        """Return the elements of one entry."""
        if self.counts is None:
            return self.values[entry : entry + 1]
        first = sum(self.counts[:entry])
        return self.values[first : first + self.counts[entry]]

    @property
    def offsets(self) -> tuple[tuple[int, ...], ...]:
        """Where the lists begin, and where the last ends."""
        return () if self.counts is None else (tuple(np.cumsum([0, *self.counts]).tolist()),)


def known(
    name: str,
    dtype: str,
    *,
    shape: tuple[int, ...] = (),
    counts: tuple[int, ...] | None = None,
    n_entries: int = N_ENTRIES,
) -> Known:
    """Think out a column, of as many entries as counts where there are some: any bits, but mostly small numbers."""
    dice = random.Random(f"{name} {dtype}")
    n_values = (n_entries if counts is None else sum(counts)) * int(np.prod(shape, dtype=int))
    size = np.dtype(dtype).itemsize
    if dtype == "bool":
        data = bytes(dice.choice((0, 1)) for _ in range(n_values))
    else:
        any_bits, small = dice.randbytes(n_values * size), np.arange(n_values).astype(dtype).tobytes()
        picked = [dice.random() < 0.3 for _ in range(n_values)]
        data = b"".join(
            (any_bits if is_any else small)[at * size : (at + 1) * size] for at, is_any in enumerate(picked)
        )
    return Known(name=name, values=np.frombuffer(data, dtype).reshape(-1, *shape), counts=counts)


def columns_of_types() -> list[Known]:
    """Think out every type of number: alone, in fixed arrays, in lists, and in lists of fixed arrays."""
    found = [Known(name="n", values=np.asarray(COUNTS, np.int32))]
    for letter, dtype in TYPES.items():
        found += [
            known(f"flat_{letter}", dtype),
            known(f"three_{letter}", dtype, shape=(3,)),
            known(f"square_{letter}", dtype, shape=(2, 2)),
            known(f"list_{letter}", dtype, counts=COUNTS),
            known(f"pairs_{letter}", dtype, shape=(2,), counts=COUNTS),
        ]
    return found


def columns_of_vectors() -> list[Known]:
    """Think out a vector of every type."""
    return [known(f"vector_{name.replace(' ', '_')}", dtype, counts=COUNTS) for name, dtype in VECTORS.items()]


def columns_of_leaves() -> list[Known]:
    """Think out the leaves of three branches that have several."""
    return [
        *(known(f"mixed.{leaf}", dtype) for leaf, dtype in (("a", "int32"), ("b", "float32"), ("c", "float64"))),
        *(known(f"alike.{leaf}", "uint16") for leaf in ("x", "y")),
        known("arrays.of", "float32", shape=(3,)),
        known("arrays.and", "float32"),
    ]


def columns_of_pieces() -> list[Known]:
    """Think out a few columns for trees that are special in how their baskets lie."""
    return [
        Known(name="n", values=np.asarray(COUNTS, np.int32)),
        known("x", "float64"),
        known("flag", "bool"),
        known("three", "float32", shape=(3,)),
        known("list", "float32", counts=COUNTS),
        known("small", "int16", counts=COUNTS),
    ]


def columns_of_packed() -> list[Known]:
    """Think out columns long enough for compression to be worth while: a flat one and lists for each setting."""
    counts = COUNTS * (N_PACKED // N_ENTRIES)
    found = [Known(name="n", values=np.asarray(counts, np.int32))]
    for setting in SETTINGS:
        found.append(known(f"flat_{setting}", "int64", n_entries=N_PACKED))
        found.append(known(f"list_{setting}", "float32", counts=counts))
    return found


ENCODINGS = {
    "bool": ("Bit",), "int8": ("Int8",), "uint8": ("UInt8",),
    "int16": ("SplitInt16", "Int16"), "uint16": ("SplitUInt16", "UInt16"),
    "int32": ("SplitInt32", "Int32"), "uint32": ("SplitUInt32", "UInt32"),
    "int64": ("SplitInt64", "Int64"), "uint64": ("SplitUInt64", "UInt64"),
    "float32": ("SplitReal32", "Real32", "Real16", "Real32Trunc_10", "Real32Trunc_31", "Real32Quant_1",
                "Real32Quant_13", "Real32Quant_32"),
    "float64": ("SplitReal64", "Real64", "SplitReal32", "Real32", "Real16", "Real32Trunc_17", "Real32Quant_20"),
}  # fmt: skip
"""How RNTuple stores the numbers of each type; behind some the bits of one number."""

INDICES = ("SplitIndex64", "Index64", "SplitIndex32", "Index32")
"""How RNTuple stores where lists end."""

_EXACT = {"float32": ("SplitReal32", "Real32"), "float64": ("SplitReal64", "Real64")}


def columns_of_ntuples() -> list[Known]:
    """Think out a flat column of each encoding, and lists whose ends are encoded in each way."""
    found = []
    for dtype, encodings in ENCODINGS.items():
        for encoding in encodings:
            name = f"flat_{dtype}_{encoding}"
            found.append(known(name, dtype) if encoding in _EXACT.get(dtype, (encoding,)) else _small(name, dtype))
        for number, index in enumerate(INDICES):
            encoding = _EXACT.get(dtype, encodings)[number % len(_EXACT.get(dtype, encodings))]
            found.append(known(f"list_{dtype}_{encoding}_{index}", dtype, counts=COUNTS))
    return found


def _small(name: str, dtype: str) -> Known:
    """Think out numbers between -2 and 2, for encodings that lose bits."""
    dice = random.Random(name)
    return Known(name=name, values=np.asarray([dice.uniform(-2, 2) for _ in range(N_ENTRIES)], dtype))


def is_lossy(column: Known) -> bool:
    """Tell whether its encoding loses bits."""
    dtype, _, encoding = column.name.removeprefix("flat_").partition("_")
    return dtype in _EXACT and column.counts is None and encoding not in _EXACT[dtype]
