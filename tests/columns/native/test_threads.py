"""Columns asked for from several threads at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import uproot

from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec

N_ENTRIES, N_BRANCHES = 40_000, 8


@pytest.fixture(scope="module", params=["TTree", "RNTuple"])
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree whose branch number `k` has nothing but `k`, `k + 1`, ... in it."""
    path = tmp_path_factory.mktemp("threads") / "t.root"
    branches = {f"b{k}": np.arange(k, k + N_ENTRIES, dtype=np.int64) for k in range(N_BRANCHES)}
    with uproot.recreate(path, compression=uproot.ZSTD(1)) as file:
        if request.param == "TTree":
            file.mktree("t", {name: each.dtype for name, each in branches.items()})
            file["t"].extend(branches)
        else:
            file.mkrntuple("t", branches)
    return path


def test_threads_of_the_user_get_what_one_would_get(path: Path) -> None:
    """Nothing that one thread decompresses is overwritten by another, in whatever ranges they read."""
    reader = open_reader(FileSpec(path=str(path), tree="t"))

    def is_right(task: int) -> bool:
        k, first = task % N_BRANCHES, (task * 997) % (N_ENTRIES - 5_000)
        values = reader.read_native([f"b{k}"], first, first + 5_000)[f"b{k}"].values
        return bool((values == np.arange(k + first, k + first + 5_000)).all())

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(is_right, range(600)))
    reader.close()
