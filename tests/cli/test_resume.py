"""Laws of `overproof resume`, and of a command that is told to end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from overproof.session.keeping import find_query, list_queries

SELECTOR = """
import os
import numpy as np
import overproof as op

class Tally:
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        assert isinstance(other, Tally)
        return Tally(self.n + other.n)

class Sums(op.Selector):
    def process(self, events):
        signals = self.params.get("signals", "")
        here = getattr(self, "n_blocks", 0)
        self.n_blocks = here + 1
        if here == 2 and signals and os.path.exists(signals):
            os.unlink(signals)
            stem = open(f"/proc/{os.getppid()}/stat").read()
            os.kill(int(stem.rpartition(")")[2].split()[1]), self.params["number"])
        return {"sum": float(np.sum(events.x)), "tally": Tally(len(events))}

    def terminate(self, outputs):
        assert isinstance(outputs["tally"], Tally)
        return {"sum": outputs["sum"], "n": outputs["tally"].n}
"""


@pytest.fixture
def selector(tmp_path: Path) -> Path:
    path = tmp_path / "sums.py"
    path.write_text(SELECTOR)
    return path


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "overproof", *map(str, arguments)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def answer(path: Path) -> Any:
    return json.loads(path.read_text())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_command_that_was_ended_goes_on(selector: Path, numbers: Path, tmp_path: Path, number: int) -> None:
    """SIGTERM and Ctrl-C hand over and say how to go on, kill -9 says nothing; `resume` gives the whole answer.

    It does so where the module of the selector, whose classes are in the outputs, cannot be imported.
    """
    whole, part, resumed = (tmp_path / f"{name}.json" for name in ("whole", "part", "resumed"))
    marker = tmp_path / "marker"
    asked = ["run", selector, f"{numbers}:Events", "--block-entries", 20, "--workers", 1, "--delta-interval", 0]
    asked += ["--param", f"signals={marker}", "--param", f"number={int(number)}"]
    assert run(*asked, "--json", whole, "--no-journal").returncode == 0
    marker.touch()
    ended = run(*asked, "--json", part)
    (query,) = list_queries()
    if number == signal.SIGKILL:
        assert ended.returncode == -9
        assert query.state == "interrupted"
    else:
        assert ended.returncode == 4, ended.stderr
        assert query.state == "stopped"
        assert f"`overproof resume {query.id}` goes on" in ended.stderr
        account = answer(part)["account"]
        assert 0 < account["processed"] < account["total"]
    again = run("resume", "last", "--workers", 1, "--json", resumed)
    assert again.returncode == 0, again.stderr
    assert resumed.read_bytes() == whole.read_bytes()


def test_a_finished_query_is_given_again(
    call: Callable[..., Any], selector: Path, numbers: Path, tmp_path: Path
) -> None:
    """The same files come out, bit for bit, of a draw too, and whatever has become of the selector."""
    for verb, arguments in (
        ("run", (selector, f"{numbers}:Events")),
        ("draw", (f"{numbers}:Events", "x", "--bins", "10, 0, 500")),
    ):
        first, second = tmp_path / f"{verb}1.json", tmp_path / f"{verb}2.json"
        assert call(verb, *arguments, "--engine", "inline", "--json", first, "-q").code == 0
        assert call("resume", "last", "--engine", "inline", "--json", second, "-q").code == 0
        assert second.read_bytes() == first.read_bytes()


def test_what_cannot_be_resumed_is_bad_input(call: Callable[..., Any], numbers: Path, tmp_path: Path) -> None:
    """No such query, a place that cannot be written, a file of the query as place: said in a line, exit code 2."""
    assert call("resume", "nonsense").code == 2
    assert call("resume", "last").code == 2
    assert call("draw", f"{numbers}:Events", "x", "--bins", "10, 0, 500", "--engine", "inline").code == 0
    assert call("resume", "last", "--json", tmp_path / "no" / "such.json").code == 2
    before = numbers.read_bytes()
    assert call("resume", "last", "--root", numbers).code == 2
    assert numbers.read_bytes() == before
    query = find_query(list_queries()[0].id)
    assert query.hold()
    refused = call("resume", "last", "--engine", "inline")
    assert refused.code == 2
    assert "runs already" in refused.err
    query.release()
