"""Objects that are not split, texts and aliases, from the file to the value, against ROOT."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from overproof.analysis.draw.rows import make_rows
from overproof.columns.events import Events
from overproof.columns.kernels.rows import compute_rows
from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec

DATA = Path(__file__).resolve().parents[1] / "data"
ANSWERS: dict[str, list[float]] = json.loads((DATA / "objects.json").read_text(encoding="utf-8"))


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("text", ANSWERS)
def test_values_are_roots(text: str) -> None:
    """Law: methods, members and sizes of objects, texts and stored aliases have ROOT's values, to the last bit."""
    reader = open_reader(FileSpec(path=str(DATA / "objects.root"), tree="tree"))
    rows = make_rows(text, schema=reader.schema())

    blocks = [compute_rows(rows, Events(reader, *part)).values[0] for part in ((0, 7), (7, 7), (7, 20))]

    assert np.concatenate(blocks).tolist() == ANSWERS[text]


def test_members_of_objects_are_columns() -> None:
    """Law: what is inside of an object that is not split can be read under its name, and is no branch of its own."""
    reader = open_reader(FileSpec(path=str(DATA / "objects.root"), tree="tree"))
    inside = {branch.name: branch.within for branch in reader.schema().branches if branch.within}

    events = Events(reader, 2, 5)

    assert inside["whole.fP.fX"] == "whole"
    assert inside["list.fP.fX"] == "list.fP"
    assert not inside.keys() & set(reader.names)
    assert events["whole.fP.fX"].tolist() == events["whole"]["fP", "fX"].tolist() == ANSWERS["whole.fP.fX"][2:5]
