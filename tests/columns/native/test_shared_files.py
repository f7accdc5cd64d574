"""Every plain branch of every real file is on the fast path, and is bit for bit what uproot reads."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from agreement import check_tree, differing, plain_names
from bits import Bits
from make_shared_numbers import NUMBERS, summed
from ways import native, native_bits

from overproof.columns.formats import Reader

TREES = [
    (file, tree, told) for file, trees in json.loads(NUMBERS.read_text(encoding="ascii")).items()
    for tree, told in trees.items()
]  # fmt: skip
SLOW = {("uproot-physlite-rntuple_v1-0-0-0.root", "MetaData")}
"""Trees of one entry, of which opening takes longer than everything else together."""

trees = pytest.mark.parametrize(
    ("file", "tree", "told"),
    [
        pytest.param(*each, id=f"{each[0]}:{each[1]}", marks=[pytest.mark.nightly] if each[:2] in SLOW else [])
        for each in TREES
    ],
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """How the branches of a tree are read.

    Attributes:
        fast: names of those that are read natively.
        fallback: names of all others.
    """

    fast: list[str]
    fallback: list[str]


def paths_of(reader: Reader) -> Paths:
    """Ask for every branch natively, and look which come."""
    names = [branch.name for branch in reader.schema().branches if not branch.within]
    came = reader.read_native(names, 0, 0)
    return Paths(fast=list(came), fallback=[name for name in names if name not in came])


@trees
def test_every_plain_branch_is_native_and_equal(
    shared_file: Callable[[str], Path],
    file: str,
    tree: str,
    told: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As many branches as uproot knows to be plain are read natively; the sum of all their bits is that of uproot; any
    ranges, in any order, and the blocks of any grid give the same bits.
    """
    path = shared_file(file)
    with native(path, tree) as reader:
        paths = paths_of(reader)
        with capsys.disabled():
            print(f"\n{file}:{tree}: {len(paths.fast):,} fast, {len(paths.fallback):,} fallback", end="")
        assert sorted(paths.fast) == sorted(plain_names(reader.schema()))
        assert (len(paths.fast), len(paths.fallback)) == (told["fast"], told["fallback"])
        assert reader.n_entries == told["n_entries"]
        found = native_bits(reader, paths.fast, 0, reader.n_entries)
        check_ranges(reader, found, seed=f"{file} {tree}")
    if summed({name: bits.digest() for name, bits in found.items()}) != told["sum"]:
        # One of them is not what it was: uproot, asked now, tells which.
        check_tree(path, tree, seed=0, n_ranges=0)
        raise AssertionError(f"uproot itself says something else than in {NUMBERS.name}: make it anew")


def check_ranges(reader: Reader, whole: dict[str, Bits], *, seed: str) -> None:
    """Compare ranges and blocks of some columns with the whole, cut."""
    dice = random.Random(seed)
    ranges = [tuple(sorted(dice.choices(range(reader.n_entries + 1), k=2))) for _ in range(4)]
    for block_entries in (13, 700):
        ranges += pairwise((0, *reader.grid(block_entries).stops))
    for first, stop in dice.sample(ranges, min(len(ranges), 10)):
        some = dice.sample(list(whole), min(len(whole), 40))
        expected = {name: whole[name].cut(first, stop) for name in some}
        assert differing(native_bits(reader, some, first, stop), expected) == "", (first, stop)


@pytest.mark.nightly
@trees
def test_uproot_asked_now(shared_file: Callable[[str], Path], file: str, tree: str, told: dict[str, Any]) -> None:
    """The same against uproot itself: types, schema, size and every block."""
    check_tree(shared_file(file), tree, seed=7, n_ranges=3)
