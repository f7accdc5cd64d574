"""What a draw needs is named: a worker that finds it loaded loads nothing more of ours for its first block."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import uproot

from overproof.columns.kernels.selectors import needed

WORKER = """
import importlib, json, sys
path, dialect, file = sys.argv[1:]
from overproof.engines.libraries import load_first
from overproof.analysis.draw.plan import make_plan
from overproof.columns.kernels.selectors.draw_selector import DrawSelector
from overproof.columns.kernels.selectors.needed import needed_for
from overproof.engines.worker.source import BlockSource
from overproof.records.block import Block
from overproof.records.dataset import Dataset, FileSpec

load_first()
data = Dataset(name="d", files=(FileSpec(path=file, tree="t"),))
source = BlockSource()
source.begin(data, block_entries=1000, seed=0, branches=None, optional={})
schema = source.schema(data.files[0])
plan = make_plan("x", cut="x > 10", bins="10, 0, 100", schema=schema, dialect=dialect)
for name in needed_for([plan.rows], path=path):
    importlib.import_module(name)
before = set(sys.modules)
outputs = DrawSelector([plan], path=path).process(source.events(Block(file=0, index=0, first=0, stop=100)))
later = [each for each in set(sys.modules) - before if each.partition(".")[0] in ("overproof", "llvmlite", "awkward")]
print(json.dumps({"sum": float(outputs["draw"]["contents"].sum()), "later": sorted(later)}))
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("needed") / "plain.root"
    with uproot.recreate(path) as made:
        made.mktree("t", {"x": "float32"})
        made["t"].extend({"x": np.arange(100, dtype="f4")})
    return path


@pytest.mark.parametrize("dialect", ["root", "python"])
@pytest.mark.parametrize("path", ["compiled", "interpreted"])
def test_nothing_more_is_loaded(path: str, dialect: str, file: Path) -> None:
    """Law: what is named is all that the first block of a draw takes."""
    done = subprocess.run(
        [sys.executable, "-c", WORKER, path, dialect, str(file)],
        env=dict(os.environ), capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert json.loads(done.stdout) == {"sum": 89.0, "later": []}


def test_every_name_is_a_module() -> None:
    """Law: no name is left over from a module that is called otherwise now."""
    names = [*needed.OF_ALL, *needed.OF_COMPILED, needed.IN_PYTHON, needed.COMPILED_IN_PYTHON]
    assert [importlib.import_module(name).__name__ for name in names] == names
