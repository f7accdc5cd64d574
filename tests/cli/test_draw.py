"""`overproof draw`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import uproot

ASK = ("x", "--bins", "10, 0, 500", "--engine", "inline")


def test_the_document_holds_histogram_and_account(call: Callable, numbers: Path) -> None:
    """`--json -` writes only the document to standard output, with the histogram's fields at the top."""
    called = call("draw", numbers, *ASK, "--cut", "n < 500", "--json", "-")
    document = json.loads(called.out)
    assert called.code == 0
    assert document["contents"] == [0.0, *[100.0] * 5, *[0.0] * 6]
    assert document["variances"] == document["contents"]
    assert document["axes"][0]["bins"] == 10
    assert document["account"]["processed"] == document["account"]["total"] == 1000
    assert (document["excluded"], document["missing"]) == ([], [])
    assert "statistics" not in document
    assert "1,000 processed" in called.err


def test_statistics_are_there_on_demand(call: Callable, numbers: Path) -> None:
    """`--stats` prints what the query cost and puts it into the document."""
    called = call("draw", numbers, *ASK, "--stats", "--json", "-")
    assert json.loads(called.out)["statistics"]["entries"] == 1000
    assert all(word in called.err for word in ("packets", "startup_s", "loop_s", "merging", "w0"))


def test_the_same_question_gives_the_same_bytes(call: Callable, numbers: Path, tmp_path: Path) -> None:
    """Documents are equal byte for byte, whatever the packetizer, on paper and on standard output."""
    first, again = (
        call("draw", numbers, *ASK, "--json", "-", "--packetizer", packetizer, "--block-entries", "100").out
        for packetizer in ("adaptive", "fixed")
    )
    call("draw", numbers, *ASK, "--json", tmp_path / "a.json", "--block-entries", "100")
    assert first == again == (tmp_path / "a.json").read_text()


def test_results_go_where_they_were_asked_for(call: Callable, numbers: Path, tmp_path: Path) -> None:
    """A ROOT file holds the contents that were drawn, and the picture is one."""
    pytest.importorskip("mplhep", reason="pictures need the extra `plot`")
    called = call("draw", numbers, *ASK, "--root", tmp_path / "h.root", "--plot", tmp_path / "h.png", "--name", "half")
    assert called.code == 0
    with uproot.open(tmp_path / "h.root") as file:
        assert np.array_equal(file["half"].values(), np.full(10, 100.0))
    assert (tmp_path / "h.png").read_bytes().startswith(b"\x89PNG")
    assert "█" in called.out
    assert "complete" in called.out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["h.png", "h.root"]


def test_limits_are_obeyed(call: Callable, numbers: Path) -> None:
    """`--first` and `--entries` choose the entries, and the account counts what was asked for."""
    called = call("draw", numbers, *ASK, "--first", "900", "--entries", "50", "--json", "-")
    document = json.loads(called.out)
    assert document["account"]["total"] == sum(document["contents"]) == 50
    assert document["contents"][10] == 50


def test_a_file_named_twice_is_counted_once(call: Callable, numbers: Path) -> None:
    """A repetition is warned of in one line and counted once, unless it is wanted."""
    once = call("draw", numbers, numbers, *ASK, "--json", "-", "-q")
    assert json.loads(once.out)["account"]["total"] == 1000
    assert once.err.startswith("overproof: warning: ")
    twice = call("draw", numbers, numbers, *ASK, "--allow-duplicates", "--json", "-", "-q")
    assert (json.loads(twice.out)["account"]["total"], twice.err) == (2000, "")


def test_an_unreadable_file_does_not_stop_the_others(call: Callable, numbers: Path, truncated: Path) -> None:
    """One cut file among good ones: their entries are drawn, it is accounted for, the exit code is 3."""
    called = call("draw", numbers, truncated, *ASK, "--json", "-")
    document = json.loads(called.out)
    assert called.code == 3
    assert sum(document["contents"]) == 1000
    assert document["account"]["files_unknown"] == 1
    assert document["missing"][0]["file"] == str(truncated)
    assert "not complete" in called.err


def test_quiet_says_nothing_of_what_is_complete(call: Callable, numbers: Path, truncated: Path) -> None:
    """`--quiet` prints nothing for a complete result, and the account for an incomplete one."""
    complete = call("draw", numbers, *ASK, "-q")
    assert (complete.out, complete.err) == ("", "")
    incomplete = call("draw", numbers, truncated, *ASK, "-q")
    assert incomplete.out == ""
    assert str(truncated) in incomplete.err
