"""Laws of questions about no entries at all: nothing is the answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uproot

import overproof as op
from overproof.cli.main import main
from overproof.words.errors import DatasetError


@pytest.fixture(scope="module")
def session() -> Iterator[op.Session]:
    """A session in this process."""
    with op.Session("inline", progress=False) as session:
        yield session


@pytest.fixture(scope="module")
def hollow(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A tree with a branch and no entries."""
    path = tmp_path_factory.mktemp("hollow") / "hollow.root"
    with uproot.recreate(path) as file:
        file.mktree("Events", {"n": "int64", "x": "var * float32"})
    return f"{path}:Events"


@pytest.fixture(params=["a tree without entries", "a list without entries"])
def asked(request: pytest.FixtureRequest, session: op.Session, hollow: str, numbers: str) -> dict[str, Any]:
    """Data and keywords that leave no entries."""
    if request.param == "a tree without entries":
        return {"data": hollow}
    return {"data": numbers, "entry_list": session.draw(numbers, ">>none", cut="n < 0")}


def test_no_entries_are_drawn_as_nothing(session: op.Session, asked: dict[str, Any]) -> None:
    """Every output is there, empty and complete; axes without limits go from 0 to 1, as in ROOT."""
    drawn = session.draw(expression=["n", "n:n>>two", "n>>own(5, 0, 50)", ">>again"], **asked)
    assert [each.account.is_complete for each in drawn.values()] == [True] * 4
    assert [drawn[name].sum(flow=True).value for name in ("n", "two", "own")] == [0, 0, 0]
    assert [(axis.size, *axis.edges[[0, -1]]) for axis in drawn["n"].axes] == [(100, 0, 1)]
    assert [(axis.size, *axis.edges[[0, -1]]) for axis in drawn["two"].axes] == [(40, 0, 1)] * 2
    assert [(axis.size, *axis.edges[[0, -1]]) for axis in drawn["own"].axes] == [(5, 0, 50)]
    assert len(drawn["again"]) == 0


def test_no_entries_are_listed_and_counted(session: op.Session, asked: dict[str, Any]) -> None:
    """A table has its columns and no rows; a count is 0."""
    table = session.scan(columns="n:n / 2", **asked)
    assert {name: len(column) for name, column in table.items()} == {"entry": 0, "instance": 0, "n": 0, "n / 2": 0}
    counted = session.count(**asked)
    assert (counted.entries, counted.passes, counted.account.total) == (0, 0, 0)


def test_selectors_without_entries_have_no_outputs(session: op.Session, asked: dict[str, Any]) -> None:
    """What a selector would have given nobody knows, and that is said."""
    with pytest.raises(DatasetError, match="no entries to process"):
        session.process(lambda events: {"n": len(events)}, **asked)


def test_what_names_no_entries_by_mistake_is_refused(session: op.Session, numbers: str, hollow: str) -> None:
    """A range behind the end, and an empty list instead of data, are no answers."""
    with pytest.raises(DatasetError, match="the range lies behind"):
        session.count(numbers, first=10_000)
    with pytest.raises(DatasetError, match="the entry list none names no file: give the data too"):
        session.count(session.draw(hollow, ">>none"))


def test_the_command_line_is_content(hollow: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0, and the files are written."""
    place = tmp_path / "out.root"
    assert main(["draw", hollow, "n", "-o", str(place), "--engine", "inline"]) == 0
    assert "0 entries: complete" in capsys.readouterr().out
    with uproot.open(place) as file:
        assert file["draw"].axis().edges()[[0, -1]].tolist() == [0, 1]
