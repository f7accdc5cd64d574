"""Which expressions get bins of a whole width."""

from __future__ import annotations

import pytest

from overproof.analysis.draw.axes import Automatic
from overproof.analysis.draw.plan import make_plan
from overproof.records.schema import Branch, Schema

SCHEMA = Schema(
    tree="t",
    format="TTree",
    branches=(
        Branch(name="n", typename="int32_t", kind="number", dtype="int32"),
        Branch(name="flag", typename="bool", kind="number", dtype="bool"),
        Branch(name="hits", typename="uint8_t[]", kind="number", dtype="uint8", n_jagged=1),
        Branch(name="pt", typename="float[]", kind="number", dtype="float32", n_jagged=1),
        Branch(name="x", typename="double", kind="number", dtype="float64"),
    ),
)


def _whole(expression: str, **keywords: object) -> list[bool]:
    axes = make_plan(expression, schema=SCHEMA, **keywords).axes  # type: ignore[arg-type]
    return [axis.is_whole for axis in axes if isinstance(axis, Automatic)]


@pytest.mark.parametrize(
    "expression",
    ["n", "(n)", "flag", "hits", "hits[0]", "Length$(pt)", "Length$", "Iteration$", "Entry$", "Alt$(hits[2], 0)"],
)
def test_what_is_whole_for_root(expression: str) -> None:
    """A branch of integers or booleans alone, and numbers of passes and entries; asked of ROOT 6.40."""
    assert _whole(expression) == [True]


@pytest.mark.parametrize(
    "expression",
    ["pt", "x", "n+1", "n*1", "-n", "n==1", "!n", "n&1", "n%2", "int(x)", "3", "Sum$(hits)", "Max$(hits)", "abs(n)",
     "n ? n : n", "Alt$(pt[2], 0)"],
)  # fmt: skip
def test_what_is_not_whole_for_root(expression: str) -> None:
    """Anything computed, whatever its values; asked of ROOT 6.40."""
    assert _whole(expression) == [False]


def test_each_axis_on_its_own() -> None:
    """Axes know it of what goes along them, x first; what is averaged has no axis."""
    assert _whole("n:pt") == [False, True]
    assert _whole("pt:n:x", profile=True) == [False, True]


@pytest.mark.parametrize(
    ("expression", "whole"), [("n", True), ("n + 1", True), ("n > 1", True), ("n/1", False), ("x", False)]
)
def test_python_knows_kinds(expression: str, whole: bool) -> None:
    """In the Python dialect all booleans and integers are whole, computed ones too."""
    assert _whole(expression, dialect="python") == [whole]
