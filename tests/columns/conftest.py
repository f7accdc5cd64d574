"""Small files with known contents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot

from overproof.columns.formats import Reader
from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec

N_PIECES = 5
PIECE = 200


def contents(piece: int) -> dict[str, Any]:
    """Give the columns of one basket or cluster of 200 entries."""
    rng = np.random.default_rng(piece)
    counts = rng.integers(0, 4, PIECE)
    return {
        "number": np.arange(PIECE * piece, PIECE * (piece + 1), dtype=np.int64),
        "x": rng.normal(size=PIECE).astype(np.float32),
        "three": rng.normal(size=(PIECE, 3)),
        "jagged": ak.unflatten(rng.normal(size=int(counts.sum())).astype(np.float32), counts),
    }


@pytest.fixture(scope="session")
def expected() -> Any:
    """The whole of what the two files hold."""
    return ak.concatenate([ak.Array(contents(piece)) for piece in range(N_PIECES)])


@pytest.fixture(scope="session")
def ttree_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A TTree `t` of five baskets a branch."""
    path = tmp_path_factory.mktemp("written") / "ttree.root"
    with uproot.recreate(path, compression=uproot.ZLIB(1)) as file:
        file.mktree("t", {"number": "i8", "x": "f4", "three": ("f8", (3,)), "jagged": "var * float32"})
        for piece in range(N_PIECES):
            file["t"].extend(contents(piece))
    return path


@pytest.fixture(scope="session")
def rntuple_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An RNTuple `t` of five clusters."""
    path = tmp_path_factory.mktemp("written") / "rntuple.root"
    with uproot.recreate(path) as file:
        ntuple = file.mkrntuple("t", ak.Array(contents(0)))
        for piece in range(1, N_PIECES):
            ntuple.extend(ak.Array(contents(piece)))
    return path


@pytest.fixture(params=["ttree", "rntuple"])
def written_path(request: pytest.FixtureRequest) -> Path:
    """The same contents in either format."""
    return request.getfixturevalue(f"{request.param}_path")


@pytest.fixture
def reader(written_path: Path) -> Iterator[Reader]:
    """A reader of the same contents in either format."""
    opened = open_reader(FileSpec(path=str(written_path), tree="t"))
    yield opened
    opened.close()
