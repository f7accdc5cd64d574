"""What lies in the cache is no private memory of who looks at it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from overproof.columns.cache.cache import ColumnCache
from overproof.columns.cache.key import key_of
from overproof.columns.layouts import NativeColumn
from overproof.engines.local.watch import private_memory_bytes
from overproof.store.cache_place import CachePlace
from overproof.words.units import MB

N = 5_000_000


def test_memory_limits_do_not_count_what_is_shared(tmp_path: Path) -> None:
    """A process that looks at 40 MB of columns out of the cache has hardly more private memory than before."""
    key = key_of(version="1", path="a.root", tree="t", column="x")
    place = CachePlace(directory=str(tmp_path / "cache"), limit_bytes=100 * MB)
    writer, reader = ColumnCache(), ColumnCache()
    writer.use(place)
    reader.use(place)
    writer.keep(key, NativeColumn(values=np.arange(N, dtype=np.float64)), first=0, stop=N, n_entries=N, cost_s=1.0)
    before = private_memory_bytes(os.getpid())
    column = reader.find(key, 0, N)
    assert column is not None
    assert column.values[-1] == column.values.max() == N - 1  # every page was looked at
    after = private_memory_bytes(os.getpid())
    assert before is not None
    assert after is not None
    assert after - before < 10 * MB < column.size_bytes
