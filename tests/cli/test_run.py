"""`overproof run`."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

SELECTORS = """
import hist
import neighbour
import overproof as op


class Count(op.Selector):
    def process(self, events):
        h = hist.Hist.new.Reg(10, 0, 1000, name="n").Double().fill(events.n)
        return {"n": h, "entries": len(events), "scaled": neighbour.FACTOR * self.params.get("scale", 1) * len(events)}


def fails_late(events):
    if max(events.n) >= 600:
        raise ValueError("a number that is too large")
    return {"entries": len(events)}


def cycles(block):
    return {"cycles": len(block)}


class Tally:
    def __init__(self, count):
        self.count = count

    def __add__(self, other):
        return Tally(self.count + other.count)


def objects(events):
    return {"tally": Tally(len(events))}
"""


@pytest.fixture
def selectors(tmp_path: Path) -> Path:
    """A file with a selector and functions, and its neighbour."""
    (tmp_path / "neighbour.py").write_text("FACTOR = 10\n")
    path = tmp_path / "count_numbers.py"
    path.write_text(SELECTORS)
    return path


def test_a_selector_runs_with_its_parameters(call: Callable, numbers: Path, selectors: Path, tmp_path: Path) -> None:
    """The only selector of a file needs no name; it gets its parameters; its neighbour is imported; it is saved."""
    out = tmp_path / "out.pkl"
    called = call("run", selectors, numbers, "--param", "scale=3", "-o", out, "--engine", "inline", "--json", "-")
    assert called.code == 0
    assert json.loads(called.out)["outputs"]["scaled"] == 30_000
    assert pickle.loads(out.read_bytes())["n"].sum() == 1000


def test_workers_get_the_users_code(call: Callable, numbers: Path, selectors: Path) -> None:
    """Code next to the selector reaches worker processes, and the answer is that of the inline engine."""
    far, near = (
        call("run", selectors, numbers, "--engine", engine, "--block-entries", "100", "--json", "-").out
        for engine in ("local:2", "inline")
    )
    assert far == near != ""


def test_cycles_need_no_files(call: Callable, selectors: Path) -> None:
    """`--cycles` runs without data; neither or both is bad usage."""
    called = call("run", f"{selectors}:cycles", "--cycles", "5000", "--engine", "inline", "--json", "-")
    assert (called.code, json.loads(called.out)["outputs"]) == (0, {"cycles": 5000})
    assert call("run", f"{selectors}:cycles", "--engine", "inline").code == 2


def test_outputs_are_printed(call: Callable, numbers: Path, selectors: Path) -> None:
    """Without `--json -` the terminal gets the histogram, the numbers and the account."""
    called = call("run", selectors, numbers, "--engine", "inline")
    assert all(text in called.out for text in ("█", "entries     1000", "1,000 processed", "complete"))


def test_a_failing_selector_keeps_the_part_done(call: Callable, numbers: Path, selectors: Path) -> None:
    """A selector that raises: exit code 4, its traceback and place are shown, what was done before is kept."""
    asked = ("--engine", "inline", "--block-entries", "250", "--packetizer", "fixed", "--json", "-")
    called = call("run", f"{selectors}:fails_late", numbers, *asked)
    document = json.loads(called.out)
    account = document["account"]
    assert called.code == 4
    assert "ValueError: a number that is too large" in called.err
    assert "fails_late" in called.err
    assert document["excluded"][0]["first"] == 500
    assert document["outputs"].get("entries", 0) == account["processed"]
    assert sum(account[part] for part in ("processed", "excluded", "missing", "unread")) == account["total"] == 1000


def test_a_place_that_fails_does_not_keep_the_others(
    call: Callable, numbers: Path, selectors: Path, tmp_path: Path
) -> None:
    """Outputs without a form in JSON: said in one line, exit code 4, and the pickle is written all the same."""
    out = tmp_path / "out.pkl"
    asked = ("-o", out, "--json", tmp_path / "out.json", "--engine", "inline", "--entries", "250")
    called = call("run", f"{selectors}:objects", numbers, *asked)
    assert called.code == 4
    assert "'tally'" in called.err
    assert "Traceback" not in called.err
    assert pickle.loads(out.read_bytes())["tally"].count == 250
    assert not (tmp_path / "out.json").exists()


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("nowhere.py", "no such file"),
        ("count_numbers.py:Coutn", "did you mean Count"),
        ("count_numbers.py:no name", "name of a class"),
        ("neighbour.py", "defines no subclass"),
        ("neighbour.py:FACTOR", "no selector"),
    ],
)
def test_a_selector_that_is_not_there(
    call: Callable, numbers: Path, selectors: Path, reference: str, said: str
) -> None:
    """A selector that cannot be found is one line with what there is, and exit code 2."""
    called = call("run", selectors.parent / reference, numbers, "--engine", "inline")
    assert (called.code, called.out, len(called.err.splitlines())) == (2, "", 1)
    assert said in called.err


def test_a_selector_that_cannot_be_imported(call: Callable, numbers: Path, tmp_path: Path) -> None:
    """An exception in the user's file is told with its line and its text, without a traceback."""
    (tmp_path / "broken_numbers.py").write_text("import math\n\nfactor = math.sqroot(2)\n")
    called = call("run", tmp_path / "broken_numbers.py", numbers, "--engine", "inline")
    assert called.code == 2
    assert "line 3: factor = math.sqroot(2)" in called.err
    assert "Traceback" not in called.err


def test_a_parameter_without_a_value(call: Callable, numbers: Path, selectors: Path) -> None:
    """A parameter is written name=value."""
    called = call("run", selectors, numbers, "--param", "scale", "--engine", "inline")
    assert (called.code, "name=value" in called.err) == (2, True)
