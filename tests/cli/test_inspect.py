"""`overproof inspect`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path


def test_the_document_tells_trees_and_branches(call: Callable, numbers: Path) -> None:
    """The document has entries, clusters, compression and every branch with its type."""
    called = call("inspect", numbers, "--json", "-")
    (tree,) = json.loads(called.out)["trees"]
    assert called.code == 0
    assert (tree["tree"], tree["format"], tree["entries"], tree["clusters"]) == ("Events", "TTree", 1000, 4)
    assert {branch["name"]: branch["dtype"] for branch in tree["branches"]} == {"n": "int64", "x": "float64"}
    assert tree["blocks"][-1] == 1000
    assert tree["compression"] == "zlib"


def test_people_get_a_table(call: Callable, numbers: Path) -> None:
    """On the terminal a tree is two lines and one a branch."""
    lines = call("inspect", f"{numbers}:Events").out.splitlines()
    assert lines[0] == str(numbers)
    assert lines[1].startswith("Events  TTree, 1,000 entries, 2 branches")
    assert [line.split()[:2] for line in lines[3:]] == [["n", "int64"], ["x", "float64"]]


def test_wide_and_old_files_can_be_inspected(call: Callable, shared_file: Callable[[str], Path]) -> None:
    """Real files are told too: several trees, RNTuple, no compression."""
    two = json.loads(call("inspect", shared_file("nano_dimuon.root"), "--json", "-").out)["trees"]
    assert {tree["tree"]: tree["entries"] for tree in two}["Runs"] == 56
    (staff,) = json.loads(call("inspect", shared_file("ntpl001_staff_rntuple_v1-0-0-0.root"), "--json", "-").out)[
        "trees"
    ]
    assert (staff["format"], staff["entries"]) == ("RNTuple", 3354)
    (plain,) = json.loads(call("inspect", shared_file("uproot-HZZ-uncompressed.root"), "--json", "-").out)["trees"]
    assert (plain["compression"], len(plain["branches"])) == ("none", 51)


def test_friends_of_a_tree_are_told(call: Callable) -> None:
    """A line for each friend that a tree names, and the same in the document."""
    path = Path(__file__).parents[1] / "columns" / "friends" / "data" / "main.root"
    assert call("inspect", path).out.splitlines()[3:5] == [
        "  friend u: tree u of first.root", "  friend g: tree v of second.root",
    ]  # fmt: skip
    (tree,) = json.loads(call("inspect", path, "--json", "-").out)["trees"]
    assert tree["friends"][1] == {"name": "g", "tree": "v", "file": "second.root"}
