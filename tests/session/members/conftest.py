"""Small files for the tests of several datasets in one query."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

TYPES = {"x": "float32", "run": "uint32", "luminosityBlock": "uint32", "event": "uint64"}


def columns(first: int, stop: int) -> dict[str, Any]:
    """Return the entries of a range, as uproot writes them."""
    n = np.arange(first, stop)
    ones = np.ones(len(n), np.uint32)
    return {"x": (n % 97).astype(np.float32), "run": ones, "luminosityBlock": ones, "event": n.astype(np.uint64)}


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of 0 to 400 entries, 100 a basket: `empty`, `small` (100), `middle` (300), `large` (400)."""
    folder = tmp_path_factory.mktemp("samples")
    for name, first, stop in (("empty", 0, 0), ("small", 0, 100), ("middle", 100, 400), ("large", 400, 800)):
        with uproot.recreate(folder / f"{name}.root") as file:
            file.mktree("Events", TYPES)
            for start in range(first, stop, 100):
                file["Events"].extend(columns(start, start + 100))
    return folder


@pytest.fixture(scope="session")
def fileset_of(samples: Path) -> Callable[..., dict[str, Any]]:
    """Make a fileset of datasets by the names of their files: `fileset_of(a="small large", b="empty")`."""

    def make(**datasets: str) -> dict[str, Any]:
        return {
            name: {
                "files": {str(samples / f"{file}.root"): "Events" for file in files.split()},
                "metadata": {"xsec": float(len(name) + place)},
            }
            for place, (name, files) in enumerate(datasets.items())
        }

    return make
