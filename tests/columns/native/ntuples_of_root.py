"""What is in the files that `pages/data/make_encodings.py` makes, told by the same formulas and not by reading."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from overproof.columns.files import LocalFile
from overproof.columns.layouts import Description, NativeColumn
from overproof.columns.lean.file import LeanFile
from overproof.columns.lean.rntuple import describe
from overproof.columns.native.pages import PageDecoder
from overproof.columns.native.steps import Machinery

DATA = Path(__file__).parent / "pages" / "data"
N_ENTRIES, LATE, CLUSTERS = 300, 100, (0, 151, 158, 300)
LOW, HIGH = -10.0, 110.0
N_WAYS = 200


def opened(path: Path, tree: str = "t") -> tuple[Description, LocalFile]:
    """Describe the RNTuple of a file without uproot."""
    source = LocalFile(str(path))
    file = LeanFile(source)
    anchor = file.object_of(file.find(tree).key)
    return describe(anchor, source, path=str(path), tree=tree, uuid=file.uuid), source


def decoder(path: Path, tree: str = "t", *, is_compiled: bool = False) -> PageDecoder:
    """Open what reads the pages of a file, by numpy or by steps that are compiled at once."""
    description, source = opened(path, tree)
    machinery = Machinery(patience=0)
    machinery.use(is_compiled)
    return PageDecoder(description.layout, source, machinery=machinery)


def lists(column: NativeColumn) -> list[Any]:
    """Return what a column has for each entry."""
    found = list(column.values)
    for offsets in reversed(column.offsets):
        found = [found[first:stop] for first, stop in pairwise(offsets)]
    return found


def _value(i: int) -> float:
    return (i * 37) % 101 + 0.25 * (i % 4)


def _whole(i: int) -> int:
    return (-1 if i % 2 else 1) * i * 12345678901


def _wrapped(dtype: str) -> Callable[[int], Any]:
    return lambda i: np.asarray(_whole(i), np.int64).astype(dtype)


def _late(of: Callable[[int], Any], zero: Any) -> Callable[[int], Any]:
    return lambda i: of(i) if i >= LATE else zero


NUMBERS: dict[str, tuple[str, Callable[[int], Any]]] = {
    "flag": ("bool", lambda i: i * 7 % 3 == 0),
    "letter": ("uint8", lambda i: i % 256),
    "i1": ("int8", _wrapped("int8")),
    "u1": ("uint8", _wrapped("uint8")),
    **{
        f"{kind}{size}_{way}": (dtype, _wrapped(dtype))
        for kind, name in (("i", "int"), ("u", "uint"))
        for size in (2, 4, 8)
        for dtype in (f"{name}{8 * size}",)
        for way in ("plain", "split")
    },
    **{f"f4_{way}": ("float32", _value) for way in ("plain", "split")},
    **{f"f8_{way}": ("float64", lambda i: np.float32(_value(i)) / np.float64(3)) for way in ("plain", "split")},
    "f4_half": ("float16", _value),
    "f8_single": ("float32", lambda i: np.float32(np.float32(_value(i)) / np.float64(3))),
    "three": ("float32", lambda i: [_value(i), _value(i) + 1, _value(i) + 2]),
    "six": ("int16", lambda i: [[i, i - 10], [i - 20, i - 30], [i - 40, i - 50]]),
    "bits": ("bool", lambda i: [bool(i * 97 >> bit & 1) for bit in range(13)]),
    "atom": ("int32", lambda i: -i),
    "size": ("int64", lambda i: i * i % 7),
    "late": ("float32", _late(_value, 0.0)),
    "late_flag": ("bool", _late(lambda _: True, False)),
    "late_two": ("int64", _late(lambda i: [i, -i], [0, 0])),
}
"""Fields of one number, or one array of numbers, an entry: type, and value of each entry."""

LISTS: dict[str, tuple[str, Callable[[int], Any]]] = {
    "flags": ("bool", lambda i: [(i + j) % 3 == 0 for j in range(i % 5)]),
    "deep": ("int32", lambda i: [[i * j] * ((i + j) % 3) for j in range(i % 4)]),
    "deeper": (
        "float64",
        lambda i: [[[i + j * 0.5] * ((i + k) % 3) for k in range((i + j) % 3)] for j in range(i % 3)],
    ),
    "pairs": ("float32", lambda i: [[_value(i), -_value(i)]] * (i % 3)),
    **{
        f"list_{way}": ("float32", lambda i: [_value(i)] * (i * i % 7))
        for way in ("index32", "split32", "index64", "split64")
    },
    "same": ("float32", lambda i: [_value(i)] * (i * i % 7)),
    "late_list": ("int32", _late(lambda i: [i] * (i % 4), [])),
}
"""Fields of lists: type of the numbers, and list of each entry."""

OTHERS = ("text", "texts", "lists_in_array", "maybe", "either")
"""Fields that are not of numbers, or of lists in arrays."""


def as_lists(values: Iterable[Any]) -> list[Any]:
    """Turn arrays into lists, however deep."""
    return [each.tolist() if hasattr(each, "tolist") else as_lists(each) if isinstance(each, list) else each
            for each in values]  # fmt: skip
