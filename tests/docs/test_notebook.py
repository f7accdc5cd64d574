"""The notebook among the examples runs, and shows what it says."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from source_tree import CHECKOUT

from overproof.testing import write_sample

pytestmark = pytest.mark.docs

NOTEBOOK = CHECKOUT / "examples" / "live.ipynb"


def test_the_notebook_is_kept_without_outputs() -> None:
    """What is in the repository was not run: no outputs, and no numbers of cells."""
    cells = [cell for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert cells
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in cells)


def test_the_notebook_runs(tmp_path: Path) -> None:
    """Every cell ends well; each that shows something shows it as HTML, with what its text promises."""
    if not all(importlib.util.find_spec(name) for name in ("ipykernel", "nbclient")):
        pytest.skip("there is nothing here that runs notebooks")
    import nbclient
    import nbformat

    write_sample(tmp_path / "demo" / "sample", n_events=20_000, n_files=2)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbclient.NotebookClient(
        notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    shown = [
        "".join(output["data"].get("text/html", "") for output in cell.outputs if "data" in output)
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]
    session, drawn, query, other, result, excluded, closed = shown
    assert "session local" in session
    assert "<svg" in drawn
    assert "query 2" in query
    assert "leading pt" in query
    assert "muons/count" in result
    assert "muons: sum" in other
    assert "ValueError: a bad event" in result
    assert "1 entry excluded" in excluded
    assert closed == ""
