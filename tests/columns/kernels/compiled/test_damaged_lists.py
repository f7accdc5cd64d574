"""Lists that do not fit their content: they are left to the interpreter, and no function reads beyond its arrays."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import numpy.typing as npt
import pytest

from overproof.analysis.draw.rows import Rows
from overproof.analysis.draw.typed import Formula, Leaf
from overproof.columns.kernels.compiled.bounds import are_within
from overproof.columns.kernels.compiled.listing import CompiledRows
from overproof.columns.kernels.jagged import Column

DAMAGE = Path(__file__).with_name("damage_lists.py")
LARGEST = 2**63 - 1

LISTS = {
    "whole": ([0, 2, 2, 5], 5, True),
    "more content than lists": ([0, 2, 2, 5], 6, True),
    "empty lists": ([0, 0, 0, 0], 0, True),
    "less content than lists": ([0, 2, 2, 5], 4, False),
    "begins behind the first": ([1, 2, 2, 5], 5, False),
    "begins before the first": ([-1, 2, 2, 5], 5, False),
    "ends before it begins": ([0, 3, 2, 5], 5, False),
    "only the last ends too early": ([0, 2, 5, 4], 5, False),
    "too few lists": ([0, 2, 5], 5, False),
    "negative": ([0, -(2**63), 2, 5], 5, False),
    "difference that overflows": ([0, 1, -(2**63), 5], 5, False),
    "far beyond": ([0, LARGEST, LARGEST, LARGEST], 5, False),
    "once far beyond": ([0, LARGEST, 2, 5], 5, False),
}


class Events(dict[str, Any]):
    """Columns by name; as many entries as the first has."""

    def __len__(self) -> int:
        return len(next(iter(self.values())))


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("shape", [(), (2, 3)], ids=["numbers", "arrays"])
def test_lists_that_do_not_fit_are_left_to_the_interpreter(name: str, shape: tuple[int, ...]) -> None:
    """Law: whatever stands in the offsets, a function is called only where every list lies within the content."""
    offsets, n_elements, expected = LISTS[name]
    content = np.zeros(n_elements * int(np.prod(shape)))
    column = Column(content=content, offsets=(np.array(offsets),), fixed_shape=shape, n_entries=3)
    assert are_within([column], n_entries=3) is expected


@pytest.mark.parametrize("name", LISTS)
def test_rows_that_do_not_fit_are_left_to_the_interpreter(name: str) -> None:
    """Law: the same of the lists of lists; as many of them as there are outer items."""
    offsets, n_elements, expected = LISTS[name]
    lists = (np.array([0, 3, 3]), np.array(offsets))
    column = Column(content=np.zeros(n_elements), offsets=lists, fixed_shape=(), n_entries=2)
    assert are_within([column], n_entries=2) is expected


@pytest.mark.parametrize(
    "offsets", [np.array([0, 2, 5], dtype=np.int32), np.array([0, 9, 2, 9, 5])[::2]], ids=["short", "apart"]
)
def test_offsets_that_lie_otherwise_are_left_to_the_interpreter(offsets: npt.NDArray[Any]) -> None:
    """Law: a function reads offsets as 64-bit integers, one behind the other; no others are given to it."""
    column = Column(content=np.zeros(5), offsets=(offsets,), fixed_shape=(), n_entries=2)
    assert not are_within([column], n_entries=2)
    assert are_within([replace(column, offsets=(offsets.astype(np.int64).copy(),))], n_entries=2)


def test_numbers_that_are_too_few_are_left_to_the_interpreter() -> None:
    """Law: a branch without lists has an element for every entry."""
    column = Column(content=np.zeros(8), offsets=(), fixed_shape=(3,), n_entries=3)
    assert are_within([column], n_entries=2)
    assert not are_within([column], n_entries=3)


@pytest.mark.parametrize(
    "name", ["entries", "room of column x", "rows size", "column entries", "number entry", "text a"]
)
def test_branches_may_be_called_like_anything(name: str) -> None:
    """Law: no name of a branch is taken for something else that a function takes."""
    leaf = Leaf(column=name, n_jagged=1, fixed_shape=(), indices=(None,))
    rows = Rows(values=(Formula(root=leaf, leaves=(leaf,)),), selection=None, columns=(name,))
    computed = CompiledRows(rows).compute(Events({name: ak.Array([[1.5], [], [2.5, 3.5]])}))
    assert computed.values[0].tolist() == [1.5, 2.5, 3.5]


def _run(seed: int, *, n_questions: int, n_blocks: int) -> list[int]:
    command = [sys.executable, str(DAMAGE), *map(str, (seed, n_questions, n_blocks))]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, f"it ended with {ended.returncode}: {ended.stderr}"
    return [int(word) for word in ended.stdout.split()]


def test_damaged_blocks_do_no_harm() -> None:
    """Law: a function of many questions survives damage of every kind: it is not called, or has the answer."""
    n_left, n_same, n_other = _run(3, n_questions=15, n_blocks=150)
    assert n_left > 50
    assert n_same > 0
    assert n_other == 0


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(20))
def test_many_damaged_blocks_do_no_harm(seed: int) -> None:
    """Law: the same for more questions and more blocks."""
    assert _run(100 + seed, n_questions=40, n_blocks=1000)[-1] == 0
