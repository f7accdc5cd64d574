"""Notebooks of coffea's documentation that run processors: their cells as they stand, on data of ours.

They come from a checkout of coffea, which the environment variable `OVERPROOF_TEST_COFFEA` names. Nothing of a cell
is changed but the places of files, which nobody else has. `coffea.processor.Runner` is ours, and each call is compared
with coffea's IterativeExecutor over the same ranges. What else happens in them, as with task graphs of Dask, is not
ours, and may fail.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import write_events

NOTEBOOKS = Path(os.environ.get("OVERPROOF_TEST_COFFEA", "/nowhere")) / "binder"
HERE = Path(__file__).resolve().parent

CALLS = {"processing": 3, "splitting": 6, "advanced_numba": 1}
"""How many calls of a runner there must be in each, so that none is passed over."""

PLACES = re.compile(r'"((?:root://|/)[^"\s]+\.root)"')
LOST = "root://eeeeee"
"""How the place of a file begins that is not there, on purpose."""


def on_our_data(source: str, place: Callable[[str], str]) -> str:
    """Name files of ours in the place of theirs, and leave all else."""
    return PLACES.sub(lambda found: f'"{place(found[1])}"', source)


@pytest.mark.nightly
@pytest.mark.parametrize("name", CALLS)
def test_a_notebook_gives_what_it_gives_in_coffea(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each output of a runner is the same, and as many calls are made as there are in it."""
    if not (NOTEBOOKS / f"{name}.ipynb").exists():
        pytest.skip("OVERPROOF_TEST_COFFEA names no checkout of coffea")
    if "dask" in (NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"):
        pytest.importorskip("dask_awkward", reason="the notebook wants dask-awkward, which is not installed")
        pytest.importorskip("dask_histogram", reason="the notebook wants dask-histogram, which is not installed")
        pytest.importorskip("distributed", reason="the notebook wants distributed, which is not installed")
    noted = tmp_path / "noted.jsonl"
    monkeypatch.setenv("OVERPROOF_TEST_NOTED", str(noted))
    monkeypatch.setenv("MPLBACKEND", "agg")
    notebook = execute(name, tmp_path)

    calls = [json.loads(line) for line in noted.read_text(encoding="utf-8").splitlines()]
    assert len(calls) >= CALLS[name]
    assert [call for call in calls if call["differences"]] == []
    assert all(call["entries"] for call in calls)
    assert [cell.source for cell in notebook.cells if runs_processors(cell) and has_failed(cell)] == []


def runs_processors(cell: Any) -> bool:
    """Tell whether a cell calls a runner."""
    return bool(re.search(r"\b(run|\w+_run)\(", cell.source))


def has_failed(cell: Any) -> bool:
    """Tell whether a cell ended with an error."""
    return any(output.output_type == "error" for output in cell.get("outputs", ()))


def execute(name: str, directory: Path) -> Any:
    """Run the cells of a notebook, each whatever became of the one before."""
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    files: dict[str, str] = {}

    def place(theirs: str) -> str:
        if theirs not in files:
            path = directory / f"{len(files)}.root"
            files[theirs] = str(path)
            if not theirs.startswith(LOST):
                write_events(path, n_entries=1_500, seed=len(files), muons=15.0)
        return files[theirs]

    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = on_our_data(cell.source, place)
    ways = [str(HERE), str(HERE.parent)]
    notebook.cells.insert(
        0, nbformat.v4.new_code_cell(f"import sys; sys.path[:0] = {ways}\nimport both_ways; both_ways.take_over()")
    )
    client = nbclient.NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        allow_errors=True,
        resources={"metadata": {"path": str(directory)}},
    )
    return client.execute()
