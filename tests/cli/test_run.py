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


def fails_at(name: str, *entries: int) -> str:
    return f"""

def {name}(events):
    for n in events.n:
        if n in {entries}:
            raise ValueError("a number that is unlucky")
    return {{"entries": len(events)}}
"""


def test_one_bad_entry_costs_one_entry(call: Callable, numbers: Path, selectors: Path) -> None:
    """By default the entries on which a selector fails are excluded and named: exit code 3, one traceback a cause."""
    selectors.write_text(SELECTORS + fails_at("unlucky", 3, 613))
    called = call("run", f"{selectors}:unlucky", numbers, "--engine", "inline", "--block-entries", "250", "--json", "-")
    document = json.loads(called.out)
    assert called.code == 3
    assert document["outputs"]["entries"] == document["account"]["processed"] == 998
    assert [(each["entry"], each["kind"], each["tree"]) for each in document["excluded"]] == [
        (3, "exception", "Events"),
        (613, "exception", "Events"),
    ]
    assert called.err.count("Traceback") == 1
    assert "excluded    2 entries: ValueError: a number that is unlucky" in called.err


@pytest.mark.parametrize("policy", ["stop", "isolate", "skip"])
def test_a_selector_that_is_wrong(call: Callable, numbers: Path, selectors: Path, policy: str) -> None:
    """A selector that fails on 400 entries of 1000: `stop` ends at the first, `isolate` when that is too many.

    Both have exit code 4, and keep what was done; `skip` goes on, without the blocks that fail: exit code 3.
    """
    asked = ("--engine", "inline", "--block-entries", "250", "--packetizer", "fixed", "--json", "-")
    called = call("run", f"{selectors}:fails_late", numbers, *asked, "--on-error", policy)
    document = json.loads(called.out)
    account = document["account"]
    assert called.code == (3 if policy == "skip" else 4)
    assert "ValueError: a number that is too large" in called.err
    assert "fails_late" in called.err
    assert ("the selector is probably wrong" in called.err) == (policy == "isolate")
    assert called.err.count("Traceback") == 1
    assert document["outputs"].get("entries", 0) == account["processed"] > 0
    assert sum(account[part] for part in ("processed", "excluded", "missing", "unread")) == account["total"] == 1000


def test_more_may_be_excluded_on_request(call: Callable, numbers: Path, selectors: Path) -> None:
    """`--max-excluded` says how many entries may fail before the query stops: 3 of 3 may, of 4 may not."""
    selectors.write_text(SELECTORS + fails_at("unlucky", 3, 4, 613) + fails_at("worse", 3, 4, 5, 6))
    asked = (numbers, "--engine", "inline", "--max-excluded", "3", "-q")
    assert call("run", f"{selectors}:unlucky", *asked).code == 3
    called = call("run", f"{selectors}:worse", *asked)
    assert (called.code, "--max-excluded N" in called.err) == (4, True)


MERGES_BADLY = """

def grows(events):
    import hist
    return {"n": hist.Hist.new.Reg(10, 0, 1000 + int(events.n[0]), name="n").Double().fill(events.n)}
"""


@pytest.mark.parametrize("engine", ["inline", "local:2"])
def test_outputs_that_cannot_be_added(call: Callable, numbers: Path, selectors: Path, engine: str) -> None:
    """Blocks whose outputs do not fit together are said once, with the way out, wherever that is found."""
    selectors.write_text(SELECTORS + MERGES_BADLY)
    asked = ("--engine", engine, "--block-entries", "250", "--json", "-", "--packetizer", "fixed")
    called = call("run", f"{selectors}:grows", numbers, *asked)
    assert called.code == 4
    assert called.err.count("make the same axes in every block") == 1
    assert "Traceback" not in called.err


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
