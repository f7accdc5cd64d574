"""Several datasets on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import uproot

from overproof.cli.written.arguments import parse_weights
from overproof.words.errors import OptionError

ASK = ("x", "--bins", "2, 0, 500", "--engine", "inline")


@pytest.fixture
def fileset(numbers: Path, tmp_path: Path) -> Path:
    """A document of a fileset in which the file of numbers is in two datasets."""
    place = tmp_path / "fileset.json"
    files = {str(numbers): "Events"}
    place.write_text(
        json.dumps({name: {"files": files, "metadata": {"scale": scale}} for name, scale in (("dy", 2), ("tt", 0.5))})
    )
    return place


def test_histograms_of_datasets_are_written_and_shown(call: Callable, fileset: Path, tmp_path: Path) -> None:
    """Each has its picture, its place in the ROOT file, its entry in the document, and its line in the account."""
    called = call("draw", fileset, *ASK, "--by-dataset", "--root", tmp_path / "h.root", "--json", tmp_path / "h.json")
    assert called.code == 0
    with uproot.open(tmp_path / "h.root") as file:
        assert file["dy"].values().tolist() == file["tt"].values().tolist() == [500.0, 500.0]
    document = json.loads((tmp_path / "h.json").read_text())
    assert list(document["outputs"]) == list(document["accounts"]) == ["dy", "tt"]
    assert document["accounts"]["tt"]["processed"] == 1000
    assert "contents" not in document
    lines = called.out.splitlines()
    assert {"dy", "tt"} <= set(lines)
    assert sum(line.strip().startswith("dy ") and line.endswith("1,000 entries") for line in lines) == 1


def test_several_draws_of_a_dataset_stand_in_a_directory(call: Callable, fileset: Path, tmp_path: Path) -> None:
    """Names that ROOT can type, one directory a dataset; on paper `dataset/name`."""
    called = call("draw", fileset, "x", "x/2", *ASK[1:], "--by-dataset", "-o", tmp_path / "h.root")
    assert called.code == 0
    with uproot.open(tmp_path / "h.root") as file:
        assert sorted(file.keys(cycle=False)) == ["dy", "dy/x", "dy/x_2", "tt", "tt/x", "tt/x_2"]
    assert "dy/x/2" in called.out


def test_weights_scale_what_is_added(call: Callable, fileset: Path) -> None:
    """By name, or by the name of their metadata."""
    by_name = ("--dataset-weight", "dy=2", "--dataset-weight", "tt=0.5")
    for said in (by_name, ("--dataset-weight", "scale")):
        document = json.loads(call("draw", fileset, *ASK, *said, "--json", "-").out)
        assert document["contents"] == [0.0, 1250.0, 1250.0, 0.0]
        assert document["variances"] == [0.0, 2125.0, 2125.0, 0.0]


def test_counts_and_selectors_by_dataset(call: Callable, fileset: Path, tmp_path: Path) -> None:
    """They have the same option."""
    document = json.loads(call("count", fileset, "--engine", "inline", "--by-dataset", "--json", "-").out)
    assert document["outputs"]["tt"] == {"entries": 1000, "passes": 1000}
    selector = tmp_path / "length.py"
    selector.write_text("def length(events):\n    return {'n': len(events)}\n")
    called = call("run", f"{selector}:length", fileset, "--engine", "inline", "--by-dataset")
    assert {"dy/n        1000", "tt/n        1000"} <= set(called.out.splitlines())


@pytest.mark.parametrize("said", [["dy"], ["dy=2", "scale"], ["dy=two"], ["dy=2", "dy=3"], ["dy="], ["dy=2"]])
def test_weights_that_make_no_sense(call: Callable, fileset: Path, said: list[str]) -> None:
    """They are bad input, told in one line."""
    options = [each for text in said for each in ("--dataset-weight", text)]
    called = call("draw", fileset, *ASK, *options)
    assert (called.code, called.out) == (2, "")
    assert called.err.count("\n") == 1


def test_weights_are_read() -> None:
    """No option is no weight."""
    assert parse_weights([]) is None
    assert parse_weights(["a=1", "b=-2e-3"]) == {"a": 1.0, "b": -0.002}
    assert parse_weights(["xsec"]) == "xsec"
    with pytest.raises(OptionError, match="write a number behind the ="):
        parse_weights(["a=x"])


def test_a_result_that_lacks_an_empty_file_is_not_complete(call: Callable, tmp_path: Path) -> None:
    """The account adds up, and the exit code says that something was left out."""
    with uproot.recreate(tmp_path / "empty.root") as file:
        file.mktree("Events", {"x": "float64"})
    with uproot.recreate(tmp_path / "full.root") as file:
        file.mktree("Events", {"x": "float64"})
        file["Events"].extend({"x": [1.0, 2.0]})
    selector = tmp_path / "afraid.py"
    selector.write_text(
        "import overproof as op\n\n\nclass Afraid(op.Selector):\n    takes_empty = True\n\n"
        "    def process(self, events):\n        return {'n': len(events), 'first': [float(events.x[0])]}\n"
    )
    called = call("run", selector, tmp_path / "full.root", tmp_path / "empty.root", "--engine", "inline")
    assert called.code == 3
    assert "2 processed + 0 excluded + 0 missing + 0 unread = 2 entries: not complete" in called.out
    assert "no entries, the tree is empty" in called.out


def test_a_processor_of_coffea_is_run_over_a_fileset(call: Callable, fileset: Path, tmp_path: Path) -> None:
    """`run` takes it as it is, and `--schema` says how it sees the entries."""
    pytest.importorskip("coffea")
    place = tmp_path / "processor.py"
    place.write_text(
        "class Length:\n    def process(self, events):\n        return {events.metadata['dataset']: len(events)}\n\n"
        "    def postprocess(self, accumulator):\n        return accumulator\n"
    )
    called = call("run", place, fileset, "--engine", "inline", "--schema", "BaseSchema", "--json", "-")
    assert (called.code, json.loads(called.out)["outputs"]) == (0, {"dy": 1000, "tt": 1000})
    wrong = call("run", place, fileset, "--engine", "inline", "--schema", "BassSchema")
    assert wrong.code == 2
    assert "did you mean BaseSchema" in wrong.err
