"""Filesets on the command line: read from documents, and written of what lacks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

INLINE = ("--engine", "inline")


@pytest.fixture
def fileset(tmp_path: Path, numbers: Path) -> Path:
    """A document of two datasets: 1,000 entries with one file that is away, and 50 entries."""
    document = {
        "a": {"files": {str(numbers): "Events", str(tmp_path / "away.root"): "Events"}, "metadata": {"xs": 2.5}},
        "b": {"files": {str(numbers): {"object_path": "Events", "steps": [[0, 50]]}}},
    }
    path = tmp_path / "fileset.json"
    path.write_text(json.dumps(document))
    return path


def test_what_lacks_is_written_and_processed_again(
    call: Callable, fileset: Path, tmp_path: Path, numbers: Path
) -> None:
    """The fileset of what lacks holds the file that is away, and is data for the next call."""
    lacking = tmp_path / "lacking.json"
    called = call("draw", fileset, "n", "--bins", "10,0,1000", "--lacking", lacking, *INLINE)
    assert called.code == 3
    assert f"saved       {lacking}" in called.out
    document = json.loads(lacking.read_text())
    assert document["a"]["files"] == {str(tmp_path / "away.root"): {"object_path": "Events", "steps": None}}
    assert document["a"]["metadata"] == {"xs": 2.5}
    (tmp_path / "away.root").write_bytes(numbers.read_bytes())
    called = call("count", lacking, "--json", "-", *INLINE)
    assert called.code == 0
    assert json.loads(called.out)["outputs"]["entries"] == 1_000


def test_what_is_missing_is_written_without_what_is_excluded(
    call: Callable, fileset: Path, tmp_path: Path, numbers: Path
) -> None:
    """`--lacking` holds both; of `--missing` the result can be added."""
    script = tmp_path / "failing.py"
    script.write_text("def count(events):\n    if 7 in list(events.n):\n        raise ValueError\n    return {}\n")
    places = {name: tmp_path / f"{name}.json" for name in ("lacking", "missing")}
    called = call(
        "run", f"{script}:count", fileset, "--lacking", places["lacking"], "--missing", places["missing"],
        "--max-excluded", 5, *INLINE,
    )  # fmt: skip
    assert called.code == 3
    written = {name: json.loads(place.read_text()) for name, place in places.items()}
    away = str(tmp_path / "away.root")
    assert {name: list(each["a"]["files"]) for name, each in written.items()} == {
        "lacking": [str(numbers), away],
        "missing": [away],
    }
    assert (written["lacking"]["b"]["files"][str(numbers)]["steps"], "b" in written["missing"]) == ([[7, 8]], False)


def test_nothing_lacks_is_written_too(call: Callable, numbers: Path, tmp_path: Path) -> None:
    """What an earlier query lacked does not stay behind; nothing is no data."""
    lacking = tmp_path / "lacking.json"
    lacking.write_text('{"old": ["a.root"]}')
    assert call("count", f"{numbers}:Events", "--lacking", lacking, *INLINE).code == 0
    assert json.loads(lacking.read_text()) == {}
    called = call("count", lacking, *INLINE)
    assert (called.code, called.err) == (2, "overproof: the dataset is empty: give at least one file\n")


def test_a_file_that_is_named_twice_and_lacks_nothing_is_no_problem(
    call: Callable, numbers: Path, tmp_path: Path
) -> None:
    """What lacks is empty, however often a file is named."""
    lacking, data = tmp_path / "lacking.json", f"{numbers}:Events"
    called = call("count", data, data, "--allow-duplicates", "--lacking", lacking, *INLINE)
    assert (called.code, json.loads(lacking.read_text())) == (0, {})


@pytest.mark.parametrize(
    ("place", "said"), [("lacking.root", "end the name in .json"), ("no/such/l.json", "no/such"), ("", "is empty")]
)
def test_a_place_that_cannot_be_written_is_found_before_the_work(
    call: Callable, numbers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, said: str
) -> None:
    """As for every other output."""
    monkeypatch.chdir(tmp_path)
    called = call("count", f"{numbers}:Events", "--lacking", place, *INLINE)
    assert (called.code, called.out) == (2, "")
    assert said in called.err


def test_the_document_that_is_read_is_not_written_over(call: Callable, fileset: Path) -> None:
    """A fileset is an input: what lacks of it goes elsewhere."""
    before = fileset.read_bytes()
    called = call("count", fileset, "--lacking", fileset, *INLINE)
    assert (called.code, "is one of the files to read" in called.err) == (2, True)
    assert fileset.read_bytes() == before


def test_cycles_lack_no_files(call: Callable, tmp_path: Path) -> None:
    """What is asked for in vain is said before the work."""
    script = tmp_path / "cycles.py"
    script.write_text("def count(cycles):\n    return {'n': len(cycles)}\n")
    for option in ("--lacking", "--missing"):
        called = call("run", f"{script}:count", "--cycles", 5, option, tmp_path / "l.json", *INLINE)
        assert (called.code, called.out) == (2, "")
        assert f"{option} writes which files lack something, and --cycles has none" in called.err
