"""Lists of which ROOT has stored no places (TIOFeatures): the branch of their lengths tells them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from overproof.columns.layouts import NativeColumn
from overproof.columns.native.baskets import BasketDecoder
from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec
from overproof.words.errors import ReadError

DATA = Path(__file__).parent / "data"
FEATURES = DATA / "features.root"
"""Made by `make_features.py` beside it."""

LENGTHS = DATA / "lengths.root"
"""Made by `make_lengths.py` beside it."""


@pytest.mark.parametrize(("first", "stop"), [(0, 100), (0, 40), (37, 83), (99, 100), (50, 50)])
def test_lists_are_those_that_were_written(first: int, stop: int) -> None:
    """Whatever range is read, over the borders of baskets too, each entry has its own list."""
    reader = open_reader(FileSpec(path=str(FEATURES), tree="tree"))

    found = reader.read(["x", "pairs"], first, stop)

    entries = range(first, stop)
    assert found["x"].tolist() == [[number + at / 4 for at in range(number % 4)] for number in entries]
    assert found["pairs"].tolist() == [[[number, at] for at in range(number % 4)] for number in entries]


@pytest.mark.parametrize(("first", "stop"), [(0, 100), (37, 83), (99, 100), (50, 50)])
def test_texts_and_objects_are_those_that_were_written(first: int, stop: int) -> None:
    """Of entries whose lengths nothing else tells, lengths are stored where others have places."""
    reader = open_reader(FileSpec(path=str(LENGTHS), tree="tree"))

    found = reader.read(["text", "words", "numbers", "vector"], first, stop)

    entries = range(first, stop)
    words = [chr(ord("a") + number % 7) * (300 if number % 9 == 8 else number % 5) for number in entries]
    assert found["words"].tolist() == found["text"].tolist() == words
    assert found["numbers"].tolist() == [[number] * (number % 3) for number in entries]
    vectors = found["vector"].tolist()
    assert [(one["fX"], one["fY"], one["fZ"]) for one in vectors] == [(number, 2, -number) for number in entries]


def test_baskets_of_lengths_are_counted_too() -> None:
    """The bytes read for lists are those of their baskets and of those that tell their lengths."""
    reader = open_reader(FileSpec(path=str(FEATURES), tree="tree"))

    reader.read_native(["x"], 0, 100)

    sizes = {branch.name: branch.size_bytes for branch in reader.schema().branches}
    assert reader.read_bytes == sizes["x"] + sizes["n"]


def test_lengths_out_of_another_branch_are_covered_by_no_checksum_of_the_lists() -> None:
    """A negative length among them is found, whatever the basket of the lists is covered by."""

    class Damaged(BasketDecoder):
        def _assemble(self, name: str, *rest: Any) -> NativeColumn:
            column = super()._assemble(name, *rest)
            if name != "n":
                return column
            values = column.values.copy()
            values[0], values[1] = -1, values[0] + values[1] + 1
            return replace(column, values=values)

    reader = open_reader(FileSpec(path=str(FEATURES), tree="tree"))
    decoder = Damaged(reader._layout, reader._source)
    with pytest.raises(ReadError, match="the places of its entries do not follow each other"):
        decoder.read(["x"], 0, 100)
