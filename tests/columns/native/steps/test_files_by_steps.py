"""Every plain branch of every real file is the same by compiled steps."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from make_shared_numbers import NUMBERS, summed
from ways import native, native_bits

from overproof.columns.formats import Reader
from overproof.columns.native.steps import Machinery

TREES = [
    (file, tree, told) for file, trees in json.loads(NUMBERS.read_text(encoding="ascii")).items()
    for tree, told in trees.items() if told["fast"]
]  # fmt: skip
SLOW = {"uproot-physlite-rntuple_v1-0-0-0.root", "PHYSLITE_example.root", "nano_tt_v15.root", "nano_dy_empty.root"}
"""Files of many branches; others have the same steps in them."""


@pytest.fixture(scope="module")
def machinery() -> Machinery:
    """Steps that are compiled at once."""
    made = Machinery(patience=0)
    made.use(True)
    return made


def fast(reader: Reader) -> list[str]:
    names = [branch.name for branch in reader.schema().branches if not branch.within]
    return list(reader.read_native(names, 0, 0))


@pytest.mark.parametrize(
    ("file", "tree", "told"),
    [
        pytest.param(*each, id=f"{each[0]}:{each[1]}", marks=[pytest.mark.nightly] if each[0] in SLOW else [])
        for each in TREES
    ],
)
def test_the_sum_of_all_bits_is_that_of_uproot(
    shared_file: Callable[[str], Path], machinery: Machinery, file: str, tree: str, told: dict[str, Any]
) -> None:
    """Whatever is read natively is by compiled steps what uproot alone makes of it."""
    with native(shared_file(file), tree, machinery=machinery) as reader:
        names = fast(reader)
        assert len(names) == told["fast"]
        found = native_bits(reader, names, 0, reader.n_entries)
    assert summed({name: bits.digest() for name, bits in found.items()}) == told["sum"]
