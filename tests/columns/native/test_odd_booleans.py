"""Booleans whose byte is neither 0 nor 1, as programs leave them that never set one."""

from __future__ import annotations

from pathlib import Path

import awkward as ak
import numpy as np
import pytest
import uproot

from overproof import Session

BYTES = np.array([0, 1, 2, 204, 255, 0, 1], dtype=np.uint8)


@pytest.fixture
def tree(tmp_path: Path) -> str:
    """Write a tree of odd booleans: one an entry, and lists."""
    path = tmp_path / "odd.root"
    counts = np.array([1, 0, 3, 0, 2, 1, 0])
    with uproot.recreate(path) as file:
        file.mktree("t", {"b": "bool", "n": "int32", "many": ak.Array([[True]]).type.content})
        many = ak.unflatten(ak.Array(BYTES.view(np.bool_)), counts)
        file["t"].extend({"b": BYTES.view(np.bool_), "n": np.arange(7, dtype=np.int32), "many": many})
    return f"{path}:t"


@pytest.mark.parametrize("path", ["compiled", "interpreted"])
@pytest.mark.parametrize(
    ("expression", "cut", "expected"), [("b", "", {0: 2, 1: 5}), ("n", "b", {1: 1, 2: 1, 3: 1, 4: 1, 6: 1})]
)
def test_any_byte_but_zero_is_true(
    tree: str, path: str, expression: str, cut: str, expected: dict[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A boolean is 1 wherever it is not 0, on both paths and as a cut."""
    monkeypatch.setenv("OVERPROOF_PATH", path)
    with Session("inline") as session:
        drawn = session.draw(tree, expression, cut=cut, bins="300,0,300")
    assert {int(place): drawn.values()[place] for place in np.flatnonzero(drawn.values())} == expected


@pytest.mark.parametrize("path", ["compiled", "interpreted"])
@pytest.mark.parametrize("dialect", ["root", "python"])
def test_sums_count_what_is_true(tree: str, path: str, dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sum of booleans is how many are true, in both dialects and on both paths."""
    monkeypatch.setenv("OVERPROOF_PATH", path)
    text = "Sum$(many)" if dialect == "root" else "ak.sum(many, axis=1)"
    with Session("inline") as session:
        drawn = session.draw(tree, text, bins="300,0,300", dialect=dialect)
    found = {int(place): int(drawn.values()[place]) for place in np.flatnonzero(drawn.values())}
    assert found == {0: 4, 1: 2, 3: 1}
