"""What no worker may read is told to the user, with the reason, wherever a result is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

import overproof as op
from overproof.cli.main import main
from overproof.query.locality import stranded
from overproof.records.account import Account, UnreadRange
from overproof.session.result import IncompleteWarning
from overproof.session.show.summary import account_text
from overproof.words.states import QueryState


@pytest.fixture
def two_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Lay one file on a host without workers, as the site says, and another on this one."""
    paths = []
    for name in ("far", "here"):
        (tmp_path / name).mkdir()
        paths.append(str(tmp_path / name / "x.root"))
        with uproot.recreate(paths[-1]) as file:
            file["Events"] = {"x": np.arange(100.0)}
    site = tmp_path / "site.toml"
    site.write_text(f'[[mounts]]\npath = "{tmp_path / "far"}"\nhost = "fs9.example.org"\n', encoding="utf-8")
    monkeypatch.setenv("OVERPROOF_SITE", str(site))
    monkeypatch.setattr(stranded, "PATIENCE_S", 0.0)
    return paths


def test_a_result_says_what_was_not_read_and_why(two_places: list[str]) -> None:
    """The file on this machine is read; the other is listed, as a dataset too, and the query can be resumed."""
    with op.Session("inline") as session:
        result = session.process(lambda events: {"n": len(events)}, two_places, packetizer="local-only")
    assert result.state is QueryState.STOPPED
    assert result["n"] == result.account.processed == 100
    (left,) = result.unread
    assert (left.file, left.stop) == (two_places[0], None)
    assert "no worker ran on fs9.example.org" in left.reason
    assert [spec.steps for spec in result.unread.dataset.files] == [None, ()]


def test_a_histogram_says_it_too(two_places: list[str]) -> None:
    """What is drawn carries what the result says."""
    with op.Session("inline") as session, pytest.warns(IncompleteWarning):
        drawn: Any = session.draw(two_places, "x", packetizer="local-only")
    assert [each.file for each in drawn.unread] == [two_places[0]]


def test_the_command_line_says_it_in_words_and_as_json(
    two_places: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The summary has a line with the reason, the document a list; the exit code is that of a query that stopped."""
    place = tmp_path / "out.json"
    arguments = ["--packetizer", "local-only", "--engine", "inline", "--json", str(place)]
    assert main(["count", *two_places, *arguments]) == 4
    document = json.loads(place.read_text(encoding="utf-8"))
    assert [each["file"] for each in document["unread"]] == [two_places[0]]
    told = "".join(capsys.readouterr())
    assert "no worker ran on fs9.example.org" in told


def test_what_was_left_is_one_line_for_each_reason() -> None:
    """Ranges that were left for one reason stand together."""
    unread = [UnreadRange(file=f"{name}.root", tree="T", first=0, stop=50, reason="nobody there") for name in "ab"]
    lines = account_text(Account(unread=100, total=100), unread=unread).splitlines()
    assert lines[1:] == [
        "unread      100 entries: nobody there",
        "              a.root:T entries 0 to 49",
        "              b.root:T entries 0 to 49",
    ]
