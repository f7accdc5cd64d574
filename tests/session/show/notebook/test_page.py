"""Answers of every kind in a notebook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import hist
import numpy as np
import pytest
import uproot

import overproof as op

pytestmark = [
    pytest.mark.filterwarnings("ignore::overproof.session.result.IncompleteWarning"),
    pytest.mark.filterwarnings("ignore::overproof.session.chains.chain.UnknownLengthWarning"),
]


@pytest.fixture(scope="module")
def session() -> Iterator[op.Session]:
    with op.Session("inline") as session:
        yield session


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A file of ten entries, and one that is none, whose name looks like markup."""
    folder = tmp_path_factory.mktemp("data")
    with uproot.recreate(folder / "a.root") as file:
        file.mktree("Events", {"x": "float64", "run": "int32", "event": "int64", "luminosityBlock": "int32"})
        numbers = np.arange(10)
        file["Events"].extend({"x": numbers / 2, "run": numbers * 0 + 7, "event": numbers, "luminosityBlock": numbers})
    (folder / "<i>.root").write_text("this is no file of ROOT")
    return [str(folder / "a.root"), str(folder / "<i>.root")]


def page(answer: Any) -> str:
    """Give the text of an answer's HTML, which must be well-formed."""
    html = answer._repr_html_()
    assert "<i>" not in html
    return re.sub(r"\s+", " ", " ".join(ElementTree.fromstring(html).itertext()))


def picky(events: Any) -> dict[str, Any]:
    """Fail on the fourth entry."""
    x = np.asarray(events["x"])
    if 1.5 in x:
        raise ValueError("not <i> this one")
    return {"h": hist.Hist.new.Reg(4, 0, 4, name="x").Double().fill(x), "n": len(x)}


@pytest.fixture(scope="module")
def result(session: op.Session, data: list[str]) -> Any:
    return session.process(picky, data, max_excluded=5)


def test_a_result_tells_where_every_entry_is(result: Any) -> None:
    """A result shows its outputs, its account, what lacks with file, entries, event and reason, and what it cost."""
    text = page(result)
    for said in (
        "9 processed + 1 excluded = 10 entries; 1 file of unknown length: not complete", "1 range missing",
        "1 range excluded", "ValueError: not <i> this one", "7:3:3", "<i>.root", "n 9", "entries/s",
    ):  # fmt: skip
        assert said in text
    assert "<svg" in result._repr_html_()


def test_parts_of_a_result_have_faces_of_their_own(result: Any, session: op.Session) -> None:
    """The account, the statistics, what lacks and the session are shown alone too."""
    assert "9 processed + 1 excluded" in page(result.account)
    assert "packets" in page(result.statistics)
    assert page(result.excluded).startswith("1 entry excluded, in 1 range")
    assert page(result.missing).startswith("0 entries missing, in 1 range")
    assert "excluded or missing" in page(result.lacking)
    assert page(type(result.missing)()) == "nothing lacks"
    assert page(session) == "session inline 1 worker"


def test_accounts_of_several_datasets_are_told(session: op.Session, data: list[str]) -> None:
    """Where a query has several datasets the account of each is a row."""
    fileset = {"dy": {"files": {data[0]: "Events"}}, "tt": {"files": {data[0]: "Events"}}}
    text = page(session.process(lambda events: {"n": len(events)}, fileset))
    assert "2 datasets" in text
    assert "dy 10 0 0 0 10" in text
    drawn = page(session.draw(fileset, "x", bins="4, 0, 4", by_dataset=True))
    assert "2 datasets" in drawn
    assert "tt" in drawn


def test_counts_tables_and_lists(session: op.Session, data: list[str]) -> None:
    """A count, a table and an entry list say what they have, and what lacks in them."""
    count = page(session.count(data, "x > 1"))
    assert count.startswith("7 entries")
    assert "1 range missing" in count
    table = page(session.scan(data, ["x", "event"]))
    assert "entry instance x event" in table
    assert "9 0 4.5 9" in table
    assert "10 rows" in table
    entries = page(session.draw(data, ">>good", cut="x > 1"))
    assert entries.startswith("entry list good 7 entries")


def test_long_tables_are_cut(session: op.Session, numbers: str) -> None:
    """Of a long table the first rows are shown; the others are counted."""
    assert "and 9,980 more rows" in page(session.scan(numbers, "n"))


def test_a_list_that_was_loaded_has_a_face_too(session: op.Session, data: list[str], tmp_path: Path) -> None:
    """An entry list out of a file has no account, and shows none."""
    session.draw(data[0], ">>good", cut="x > 1").save(tmp_path / "good.json")
    assert "complete" not in page(op.EntryList.load(tmp_path / "good.json"))


def test_histograms_keep_their_own_face(session: op.Session, data: list[str]) -> None:
    """What is drawn is shown as the library of histograms shows its own, account or not."""
    drawn = session.draw(data[0], "x", bins="4, 0, 4")
    assert drawn.account.is_complete
    assert drawn._repr_html_() == hist.Hist(drawn)._repr_html_()
