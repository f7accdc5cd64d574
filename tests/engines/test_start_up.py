"""Laws of the start: whoever waits for a first block waits for nothing that it does not need."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

HEAVY = ("awkward", "boost_histogram", "fsspec", "hist", "llvmlite", "matplotlib", "numba", "rich", "uproot")
"""Libraries that take longer to load than a worker takes to begin."""

USER = f"""
import json, subprocess, sys
import overproof as op

data, script = sys.argv[1:3]
heavy = {HEAVY!r}

def loaded():
    return [name for name in heavy if name in sys.modules]

def first(events):
    import sys
    return {{"loaded": [name for name in {HEAVY!r} if name in sys.modules], "n": len(events)}}
"""

PROCESS = """
start, told = subprocess.Popen, {}
def started(*arguments, **options):
    told["numpy"] = "numpy" in sys.modules
    return start(*arguments, **options)
subprocess.Popen = started
with op.Session("local:1", progress=False) as session:
    result = session.process(first, data)
told |= {"n": result["n"], "worker": result["loaded"], "user": loaded()}
print(json.dumps(told))
"""

DRAW = """
with op.Session("local:1", progress=False) as session:
    drawn = session.draw(data, {"a": "x", "b": "three[1]", "c": "y"}, cut="Sum$(y) >= 0", bins="10, 0, 100")
    told = {"sums": [sum(each.values(flow=True)) for each in drawn.values()], "worker": session.exec(script)[0].value}
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A tree of numbers, fixed arrays and lists."""
    path = tmp_path_factory.mktemp("start") / "plain.root"
    counts = np.arange(100) % 3
    lists = np.split(np.arange(counts.sum(), dtype=float), np.cumsum(counts)[:-1])
    with uproot.recreate(path) as file:
        tree = file.mktree("t", {"x": "float32", "three": "3 * int16", "y": "var * float64"})
        tree.extend(
            {"x": np.arange(100, dtype="f4"), "three": np.ones((100, 3), "i2"), "y": [list(each) for each in lists]}
        )
    return f"{path}:t"


def told_by(user: str, data: str, script: Path | None = None) -> dict[str, Any]:
    """Run a user's script in a process of its own, and return what it tells."""
    done = subprocess.run(
        [sys.executable, "-c", USER + user, data, str(script)], capture_output=True, text=True, check=True, timeout=120
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_the_first_block_waits_for_nothing_heavy(plain: str) -> None:
    """Law: the stem is started before even numpy is loaded; neither user's process nor worker needs anything heavy."""
    assert told_by(PROCESS, plain) == {"numpy": False, "n": 100, "worker": [], "user": []}


@pytest.mark.parametrize("name", ["nano_tt_v15.root:Events", "nano_dy.root:Events"])
def test_a_wide_file_needs_nothing_heavy_either(name: str, shared_file: Callable[[str], Path]) -> None:
    """Law: the same for 1,500 branches and more, as an experiment writes them."""
    file, _, tree = name.partition(":")
    told = told_by(PROCESS, f"{shared_file(file)}:{tree}")
    assert (told["worker"], told["user"]) == ([], [])


def test_a_worker_that_draws_loads_nothing_heavy(plain: str, tmp_path: Path) -> None:
    """Law: numbers, fixed arrays and lists go from the file into bins as plain arrays."""
    script = tmp_path / "tell.py"
    script.write_text(f"import sys\n[name for name in {HEAVY!r} if name in sys.modules]")
    assert told_by(DRAW, plain, script) == {"sums": [100, 100, 99], "worker": []}


def test_one_that_draws_compiled_loads_the_compiler_alone(
    plain: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Law: the same for the other path, but for the compiler; the sums are the same."""
    monkeypatch.setenv("OVERPROOF_PATH", "compiled")
    script = tmp_path / "tell.py"
    script.write_text(f"import sys\n[name for name in {HEAVY!r} if name in sys.modules]")
    assert told_by(DRAW, plain, script) == {"sums": [100, 100, 99], "worker": ["llvmlite"]}
