"""A sample small enough for tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks.samples.pieces import write_piece

N_EVENTS = 3_000


@pytest.fixture(scope="session")
def piece(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Give a file of 3,000 generated events, by the name of its compression."""
    place, made = tmp_path_factory.mktemp("benchmarks"), {}

    def find(compression: str) -> Path:
        if compression not in made:
            path = made[compression] = place / f"{compression}.root"
            write_piece(
                path, source="generated", compression=compression, index=0, n_events=N_EVENTS, data=place / "none"
            )
        return made[compression]

    return find
