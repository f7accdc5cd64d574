"""Without coffea everything runs but its schemas; with it, nobody loads it who was not asked to."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import uproot

WITHOUT = """
import importlib.abc, json, sys

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "coffea":
            raise ModuleNotFoundError("No module named 'coffea'", name="coffea")

sys.meta_path.insert(0, Absent())
import overproof as op

class Counts:
    def process(self, events):
        return {"n": len(events)}

    def postprocess(self, accumulator):
        return accumulator

def said(ask):
    try:
        ask()
    except op.InputError as error:
        return str(error)

path = sys.argv[1]
with op.Session("inline") as session:
    print(json.dumps({
        "drawn": session.draw(path, "x", bins="4, 0, 4").values().tolist(),
        "processed": session.process(lambda events: {"n": len(events)}, path)["n"],
        "processor": said(lambda: session.process(Counts(), path)),
        "schema": said(lambda: session.process(Counts(), path, schema="NanoAODSchema")),
        "Runner": said(lambda: op.coffea.Runner()({"d": [path]}, Counts(), treename="Events")),
        "Executor": said(op.coffea.Executor),
    }))
"""


@pytest.fixture
def small_file(tmp_path: Path) -> str:
    """Four entries: 0, 1, 2, 3."""
    path = tmp_path / "small.root"
    with uproot.recreate(path) as file:
        file.mktree("Events", {"x": np.float64}).extend({"x": np.arange(4.0)})
    return f"{path}:Events"


def test_without_coffea_the_rest_runs_and_the_doors_say_how_to_install_it(small_file: str) -> None:
    """Draws and selectors run where coffea cannot be imported; whatever needs it names the command that installs it."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, small_file], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found.pop("drawn") == [1, 1, 1, 1]
    assert found.pop("processed") == 4
    assert {name for name, text in found.items() if "pip install 'overproof[coffea]'" not in (text or "")} == set()


IN_WORKERS = """
import json, sys
import overproof as op

def is_coffea_loaded(events):
    return {"coffea": sum(name.partition(".")[0] == "coffea" for name in sys.modules), "n": len(events.x)}

with op.Session(workers=1) as session:
    plain = session.process(is_coffea_loaded, sys.argv[1])
    shown = session.process(is_coffea_loaded, sys.argv[1], schema="BaseSchema")
print(json.dumps([plain["coffea"], shown["coffea"]]))
"""


def test_workers_load_coffea_only_for_a_schema(small_file: str, tmp_path: Path) -> None:
    """A worker of a plain selector has no coffea in it; one that shows NanoEvents has."""
    pytest.importorskip("coffea")
    # A script alone in its folder: workers import the modules that lie beside that of a selector.
    script = tmp_path / "alone" / "ask.py"
    script.parent.mkdir()
    script.write_text(IN_WORKERS)
    done = subprocess.run([sys.executable, script, small_file], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    plain, shown = json.loads(done.stdout)
    assert plain == 0
    assert shown > 0
