"""What the tests of queries on disk share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import uproot

import overproof as op


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory for one test."""
    monkeypatch.setenv("OVERPROOF_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="session")
def hard(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Two files of unequal length with weights from 1e-300 to 1e300, in clusters of 50 entries."""
    folder = tmp_path_factory.mktemp("hard")
    rng = np.random.default_rng(11)
    for index in range(2):
        n = 1_500 - 37 * index
        weights = rng.choice([-1.0, 1.0], n) * 10.0 ** rng.uniform(-300, 300, n)
        with uproot.recreate(folder / f"f{index}.root") as file:
            file.mktree("Events", {"x": "float64", "w": "float64", "tag": "int32"})
            for first in range(0, n, 50):
                part = slice(first, first + 50)
                file["Events"].extend(
                    {
                        "x": rng.uniform(-0.1, 1.1, n)[part],
                        "w": weights[part],
                        "tag": ((np.arange(n) // 113 * 7 + index) % 23).astype(np.int32)[part],
                    }
                )
    return f"{folder}/*.root:Events"


@pytest.fixture
def session() -> Iterator[op.Session]:
    """A session in this process."""
    with op.Session("inline", progress=False) as session:
        yield session
