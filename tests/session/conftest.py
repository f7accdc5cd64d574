"""Small files for the tests of sessions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import uproot


@pytest.fixture(scope="session")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Two files with the entries 0 to 9,999 in the branch `n`, 1,000 a basket."""
    folder = tmp_path_factory.mktemp("numbers")
    for index in range(2):
        with uproot.recreate(folder / f"f{index}.root") as file:
            file.mktree("Events", {"n": "int64"})
            for start in range(index * 5_000, (index + 1) * 5_000, 1_000):
                file["Events"].extend({"n": np.arange(start, start + 1_000)})
    return f"{folder}/*.root:Events"


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """An empty folder for scripts."""
    return tmp_path
