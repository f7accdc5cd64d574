"""Tables are those of TTree::Scan, counts those of TTree::GetEntries."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import overproof as op

pytestmark = pytest.mark.validation

HERE = Path(__file__).resolve().parent
ANSWERS = json.loads((HERE / "numbers.json").read_text())
TABLES = [answer for answer in ANSWERS if answer["columns"]]


@pytest.fixture(scope="module")
def session() -> Iterator[op.Session]:
    with op.Session("inline", progress=False) as session:
        yield session


@pytest.mark.parametrize("answer", [each for each in ANSWERS if not each["columns"]], ids=lambda answer: answer["cut"])
def test_a_count_is_that_of_root(
    session: op.Session, shared_file: Callable[[str], Path], answer: dict[str, Any]
) -> None:
    """An entry counts once, whatever loops in the selection."""
    path = f"{shared_file(answer['file'])}:{answer['tree']}"
    assert [[session.count(path, answer["cut"]).entries]] == answer["rows"]


@pytest.mark.parametrize("answer", TABLES, ids=lambda answer: f"{answer['columns']} | {answer['cut']}")
def test_a_table_is_that_of_root(
    session: op.Session, shared_file: Callable[[str], Path], answer: dict[str, Any]
) -> None:
    """The same rows, entries and instances, and the same numbers; what ROOT leaves blank is NaN."""
    path = f"{shared_file(answer['file'])}:{answer['tree']}"
    table = session.scan(path, answer["columns"], cut=answer["cut"], entries=answer["entries"])
    found = [[None if math.isnan(cell) else cell for cell in row] for row in table.rows()]
    assert found == answer["rows"]


def test_every_question_has_an_answer() -> None:
    """The list and the numbers belong together, and there is something to be compared."""
    lines = (HERE / "questions.txt").read_text().splitlines()
    asked = [line.split("|")[3].strip() for line in lines if line.strip() and not line.startswith("#")]
    assert [answer["columns"] for answer in ANSWERS] == asked
    assert sum(len(answer["rows"]) for answer in ANSWERS) > 200
