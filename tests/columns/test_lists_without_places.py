"""Lists of which ROOT has stored no places (TIOFeatures): the branch of their lengths tells them."""

from __future__ import annotations

from pathlib import Path

import pytest

from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec

FEATURES = Path(__file__).parent / "data" / "features.root"


@pytest.mark.parametrize(("first", "stop"), [(0, 100), (0, 40), (37, 83), (99, 100), (50, 50)])
def test_lists_are_those_that_were_written(first: int, stop: int) -> None:
    """Whatever range is read, over the borders of baskets too, each entry has its own list."""
    reader = open_reader(FileSpec(path=str(FEATURES), tree="tree"))

    found = reader.read(["x", "pairs"], first, stop)

    entries = range(first, stop)
    assert found["x"].tolist() == [[number + at / 4 for at in range(number % 4)] for number in entries]
    assert found["pairs"].tolist() == [[[number, at] for at in range(number % 4)] for number in entries]
