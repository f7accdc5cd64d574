"""The table of all differences between the two dialects, in the page on the draw language: every row is evaluated."""

from __future__ import annotations

import itertools
import math
import re
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest

from overproof.analysis.draw.dialects import rows_in
from overproof.analysis.draw.language.vocabulary import FUNCTIONS
from overproof.analysis.draw.python.resolve import BIT_KERNELS, KERNELS
from overproof.analysis.draw.python.vocabulary import ELEMENTWISE
from overproof.analysis.draw.resolve import BINARY_KERNELS
from overproof.columns.kernels.rows import compute_rows
from overproof.records.schema import Branch, Schema
from overproof.words.errors import InputError

PAGE = Path(__file__).resolve().parents[3] / "docs" / "draw-language.md"
SECTION = PAGE.read_text(encoding="utf-8").split("\n## Differences between the dialects\n")[1].split("\n## ")[0]


def number(name: str, dtype: str = "float64", n_jagged: int = 0) -> Branch:
    return Branch(name=name, typename=dtype, kind="number", dtype=dtype, n_jagged=n_jagged)


SCHEMA = Schema(
    tree="t",
    format="TTree",
    branches=(
        *(number(name, n_jagged=1) for name in ("x", "y", "z")),
        number("n", "int32"),
        number("r"),
        number("yes", "bool"),
    ),
)


class Entry(dict[str, Any]):
    """The one entry of the table."""

    first = 0
    file_number = 0
    entry_numbers = np.arange(1)

    def __len__(self) -> int:
        return 1


ENTRY = Entry(
    x=ak.Array([[3.0, 1.0, 2.0]]),
    y=ak.Array([[10.0, 20.0]]),
    z=ak.Array([[1.0]])[:, 1:],
    n=ak.Array(np.array([3], dtype=np.int32)),
    r=ak.Array([2.5]),
    yes=ak.Array([True]),
)


def answer(dialect: str, text: str) -> str:
    """Write what a dialect gives for the entry, as the table does."""
    try:
        rows = compute_rows(rows_in(dialect, text, schema=SCHEMA), ENTRY)
    except InputError:
        return "error"
    return ", ".join(repr(float(value)).removesuffix(".0") for value in rows.values[0]) or "no row"


def table() -> list[list[str]]:
    """Return text, answer in ROOT's dialect and answer in Python's of every row."""
    rows = [re.split(r"(?<!\\)\|", line) for line in SECTION.splitlines() if line.startswith("| `")]
    return [[cell.strip().strip("`").replace("\\|", "|") for cell in row[1:4]] for row in rows]


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize(("text", "in_root", "in_python"), table(), ids=[ascii(row[0]) for row in table()])
def test_a_row_says_what_both_dialects_give(text: str, in_root: str, in_python: str) -> None:
    """Law: the table is true, on both sides."""
    assert [answer("root", text), answer("python", text)] == [in_root, in_python]


PAIRS = np.array(
    list(itertools.product((-1e300, -3, -2.5, -1, -0.0, 0, 0.5, 1, 2.5, 3, 64, math.inf, math.nan), repeat=2))
)
WHOLE = np.array(list(itertools.product((-(2**40), -3, -1, 0, 1, 2, 3, 63, 64, 2**40), repeat=2)))


class Grid(Entry):
    """An entry for each pair of values."""

    def __len__(self) -> int:
        return len(self["a"])


REALS = Grid(a=ak.Array(PAIRS[:, 0]), b=ak.Array(PAIRS[:, 1]))
INTEGERS = Grid(a=ak.Array(WHOLE[:, 0]), b=ak.Array(WHOLE[:, 1]))


def differs(text: str) -> bool:
    """Tell whether a text gives something else in the other dialect, to the last bit, for any pair of values."""
    for grid, dtype in ((REALS, "float64"), (INTEGERS, "int64")):
        schema = Schema(tree="t", format="TTree", branches=(number("a", dtype), number("b", dtype)))
        try:
            found = [
                compute_rows(rows_in(dialect, text, schema=schema), grid).values[0] for dialect in ("root", "python")
            ]
        except InputError:
            return True
        if not np.array_equal(*found, equal_nan=True):
            return True
    return False


def test_no_operator_differs_unseen() -> None:
    """Law: the operators whose values may differ are those that the page names, and each is in the table."""
    shared = {*BINARY_KERNELS, "**", "and", "or"} & {*KERNELS, *BIT_KERNELS, "and", "or"}
    found = {each for each in shared if differs(f"(a {each} b)")}
    found |= {each for each in ("-", "+", "not ") if differs(f"{each}a")}
    sentence = SECTION.split("whose values may differ:")[1].split(". ")[0]
    assert found == {text.replace("\\", "") for text in re.findall(r"`([^`]+)`", sentence)}
    in_table = " ".join(row[0] for row in table() if row[1] != row[2])
    assert [each for each in found if each not in in_table] == []


@pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() & ELEMENTWISE.keys()))
def test_functions_of_both_dialects_give_the_same(name: str) -> None:
    """Law: a function that both dialects know is the same function, to the last bit."""
    n_arguments = FUNCTIONS[name].n_arguments
    assert n_arguments == ELEMENTWISE[name].n_arguments
    assert not differs(f"{name}({', '.join(('a', 'b')[:n_arguments])})")
