"""Files of one chain whose branches differ in type: numbers are numbers, shapes are not guessed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot

import overproof as op
from overproof.session.result import IncompleteWarning

NUMBERS = {
    "float64": np.arange(4) + 0.5,
    "float32": (np.arange(4) + 0.1).astype(np.float32),
    "bool": np.array([True, False, True, True]),
    "uint8": np.arange(252, 256).astype(np.uint8),
    "int16": np.arange(-4, 0).astype(np.int16),
    "uint32": (2**32 - np.arange(1, 5)).astype(np.uint32),
    "int64": 2**53 + np.arange(4),
    "uint64": np.arange(4).astype(np.uint64) + 2**63,
}


@pytest.fixture(scope="module")
def session() -> Iterator[op.Session]:
    with op.Session("inline", progress=False) as session:
        yield session


def write(path: Path, values: Any) -> str:
    typed = (values.dtype, values.shape[1:]) if isinstance(values, np.ndarray) else values.type.content
    with uproot.recreate(path) as file:
        file.mktree("t", {"v": typed})
        file["t"].extend({"v": values})
    return str(path)


@pytest.mark.parametrize("first", ["float32", "bool", "uint64"])
def test_numbers_of_any_type_are_numbers(session: op.Session, tmp_path: Path, first: str) -> None:
    """Each file is read as what it is, and computed in double, whichever type the first file has."""
    names = sorted(NUMBERS, key=lambda name: name != first)
    data = [write(tmp_path / f"{name}.root", NUMBERS[name]) for name in names]
    everything = np.concatenate([NUMBERS[name].astype(np.float64) for name in names])
    drawn = session.draw(data, "v", bins="40, -5, 5")
    assert drawn.values(flow=True).tolist() == [0.0, *np.histogram(everything, 40, (-5, 5))[0].tolist(), 16.0]
    weighted = session.draw(data, "Entry$", weight="v/3", bins="32, 0, 32")
    assert weighted.values().tolist() == (everything / 3).tolist()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.arange(16.0).reshape(4, 4), "is made of arrays of 4 here and of arrays of 3 in the first file"),
        (ak.Array([[1.0], [], [2.0, 3.0], []]), "is made of lists of variable length here and of arrays of 3 in the"),
        (np.arange(4.0), "has 1 dimensions here and 2 in the first file"),
    ],
    ids=["longer", "jagged", "plain"],
)
@pytest.mark.parametrize("expression", ["v", "v[2]", "v + v[0]", "Length$(v)"])
def test_another_shape_is_not_read_in_steps_of_the_first(
    session: op.Session, tmp_path: Path, values: Any, said: str, expression: str
) -> None:
    """Arrays that are longer than in the first file would be read out of step: their entries are missing instead."""
    data = [write(tmp_path / "a.root", np.arange(12.0).reshape(4, 3)), write(tmp_path / "b.root", values)]
    with pytest.warns(IncompleteWarning):
        drawn = session.draw(data, expression, bins="1, -100, 100")
    assert drawn.account.processed == drawn.account.missing == 4
    assert said in drawn.missing[0].reason


def test_lists_may_be_arrays_elsewhere(session: op.Session, tmp_path: Path) -> None:
    """Where the first file has lists, arrays of any length are lists too."""
    data = [write(tmp_path / "a.root", ak.Array([[1.0], [], [2.0, 3.0]])), write(tmp_path / "b.root", np.ones((2, 3)))]
    assert session.draw(data, "Length$(v)", bins="4, 0, 4").values().tolist() == [1.0, 1.0, 1.0, 2.0]
    assert session.process(lambda events: {"v": events.v.tolist()}, data)["v"] == [
        [1.0],
        [],
        [2.0, 3.0],
        [1.0] * 3,
        [1.0] * 3,
    ]
