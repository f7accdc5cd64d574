"""`overproof scan`, `count`, several EXPR of `draw`, and entry lists."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import uproot

from overproof.cli.written.arguments import parse_friends, parse_pairs, part_arguments
from overproof.words.errors import OptionError

INLINE = ("--engine", "inline")


def test_a_table_is_printed_and_saved(call: Callable, numbers: Path, tmp_path: Path) -> None:
    """On the screen so many rows, in the file and in the document the same."""
    place = tmp_path / "rows.csv"
    asked = ("scan", numbers, "n", "x * 2:x", "--cut", "n > 10", "--rows", "2", *INLINE)
    called = call(*asked, "-o", place)
    lines = called.out.splitlines()
    assert called.code == 0
    assert lines[0].split() == ["entry", "instance", "n", "x", "*", "2", "x"]
    assert [line.split() for line in lines[1:3]] == [["11", "0", "11", "11", "5.5"], ["12", "0", "12", "12", "6"]]
    assert lines[3] == "2 of 989 rows"
    assert place.read_text() == "entry,instance,n,x * 2,x\n11,0,11,11.0,5.5\n12,0,12,12.0,6.0\n"
    document = json.loads(call(*asked, "--json", "-", "-q").out)
    assert document["outputs"]["columns"]["n"] == [11, 12]
    assert list(document["outputs"]["columns"]) == ["entry", "instance", "n", "x * 2", "x"]
    assert document["outputs"]["n_rows"] == 989
    assert document["account"]["complete"]


def test_the_screen_shows_fifty_rows_and_files_hold_all(call: Callable, numbers: Path, tmp_path: Path) -> None:
    """Without --rows a table on the screen ends after fifty rows; what is written has every row."""
    called = call("scan", numbers, "n", *INLINE, "-o", tmp_path / "all.root")
    assert len([line for line in called.out.splitlines() if line.split()[0].isdigit()]) == 51
    assert "50 of 1,000 rows" in called.out
    with uproot.open(tmp_path / "all.root") as file:
        assert file["table"]["n"].array().to_list() == list(range(1000))


def test_a_table_is_fetched_and_resumed_as_a_table(call: Callable, numbers: Path, tmp_path: Path) -> None:
    """What was asked as a table comes back as one, in the formats of tables."""
    call("scan", numbers, "n", "--rows", "1", *INLINE)
    for verb in (("queries", "fetch", "last"), ("resume", "last", *INLINE)):
        called = call(*verb, "-o", tmp_path / "again.csv")
        assert called.code == 0
        assert "1 of 1,000 rows" in called.out
        assert (tmp_path / "again.csv").read_text() == "entry,instance,n\n0,0,0\n"


def test_entries_are_counted(call: Callable, numbers: Path) -> None:
    """Two lines for people, two numbers in the document."""
    called = call("count", numbers, "--cut", "n >= 990", *INLINE)
    assert called.out.splitlines()[:2] == ["entries     10", "passes      10"]
    document = json.loads(call("count", numbers, "--cut", "n >= 990", "--json", "-", "-q", *INLINE).out)
    assert document["outputs"] == {"entries": 10, "passes": 10}


def test_a_selection_among_the_files_is_told_apart(call: Callable, numbers: Path) -> None:
    """`count FILE CUT` is not a missing file: the error shows how a cut is said."""
    called = call("count", numbers, "n > 3")
    assert called.code == 2
    assert called.err == "overproof: n > 3: is no file; a selection is said as --cut 'n > 3'\n"


def test_several_expressions_are_drawn_in_one_pass(call: Callable, numbers: Path, tmp_path: Path) -> None:
    """Each with its own bins, under its own name; the document has them by name."""
    asked = ("draw", numbers, "n", "x>>half", "2 * n>>+half", "--bins", "2,0,1000", "--bins", "2,0,500", *INLINE)
    refused = call(*asked)
    assert (refused.code, "--bins is given 2 times for 3 EXPR" in refused.err) == (2, True)
    called = call(*asked, "--bins", "2,0,500", "--json", tmp_path / "h.json", "-o", tmp_path / "h.root")
    document = json.loads((tmp_path / "h.json").read_text())
    assert called.code == 0
    assert document["outputs"]["n"]["contents"] == [0.0, 500.0, 500.0, 0.0]
    assert document["outputs"]["half"]["contents"] == [0.0, 625.0, 625.0, 750.0]
    assert "contents" not in document
    with uproot.open(tmp_path / "h.root") as file:
        assert file["half"].values(flow=True).tolist() == [0.0, 625.0, 625.0, 750.0]


def test_a_profile_and_an_alias(call: Callable, numbers: Path) -> None:
    """`--profile` averages, `--alias` names, `--python` reads Python."""
    asked = ("--bins", "2,0,1000", "--json", "-", "-q", *INLINE)
    profile = json.loads(call("draw", numbers, "twice:n", "--profile", "--alias", "twice=2 * x", *asked).out)
    assert profile["contents"][1:3] == [249.5, 749.5]
    python = json.loads(call("draw", numbers, "n", "--python", "--cut", "(n > 9) & (n < 20)", *asked).out)
    assert python["contents"] == [0.0, 10.0, 0.0, 0.0]


def test_a_list_is_recorded_and_used(call: Callable, numbers: Path, tmp_path: Path) -> None:
    """`'>>name' -o F` records entries, `--entry-list F` processes these only; every verb with a query takes it."""
    place = tmp_path / "good.json"
    recorded = call("draw", numbers, ">>good", "--cut", "n % 100 == 7", "-o", place, *INLINE)
    assert recorded.code == 0
    assert recorded.out.startswith("good        <EntryList good: 10 entries of 1 file>")
    listed = json.loads(place.read_text())["outputs"]["good"]
    assert listed["entry_list"] == [
        {"file": str(numbers), "tree": "Events", "entries": [7, 107, 207, 307, 407, 507, 607, 707, 807, 907]}
    ]
    document = json.loads(call("count", numbers, "--entry-list", place, "--json", "-", "-q", *INLINE).out)
    assert document["outputs"]["entries"] == document["account"]["total"] == 10
    missing = call("draw", numbers, "n", "--entry-list", tmp_path / "none.json", *INLINE)
    assert (missing.code, "cannot be read as an entry list" in missing.err) == (2, True)
    overwritten = call("count", numbers, "--entry-list", place, "--json", place, *INLINE)
    assert (overwritten.code, "is one of the files to read" in overwritten.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "n_files"),
    [
        (["a", "x"], 1),
        (["a.root", "b.root:t", "x"], 2),
        (["a", "root://host//b", "x", "y"], 2),
        (["a", "x", "b.root"], 1),
        (["a", "HERE", "x"], 2),
        (["a", "HERE:tree", "x"], 2),
        (["a", "PLACE/h*e", "x"], 2),
        (["a", "x*2", "y"], 1),
        (["a", "b.root"], 1),
    ],
)
def test_files_stand_before_expressions(tmp_path: Path, arguments: list[str], n_files: int) -> None:
    """A file is what looks like one, or is there; the first argument is always one, the last never."""
    (tmp_path / "here").touch()
    given = [each.replace("HERE", str(tmp_path / "here")).replace("PLACE", str(tmp_path)) for each in arguments]
    assert part_arguments(given) == (given[:n_files], given[n_files:])


@pytest.mark.parametrize("text", ["x", "=x", "x=", "a=1"])
def test_names_with_something_behind_are_checked(text: str) -> None:
    """Without a name, without anything behind it, or twice: an error with an example."""
    with pytest.raises(OptionError, match="--alias"):
        parse_pairs(["a=1", text], option="--alias", example="a=1")


def test_a_friend_may_have_several_files() -> None:
    """The same name again adds a file."""
    assert parse_friends(["f=a:t", "g=b", "f=c:t"]) == {"f": ["a:t", "c:t"], "g": ["b"]}
