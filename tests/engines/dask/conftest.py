"""A Dask cluster in this process, for all tests of one module."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("distributed", reason="the extra dask is not installed")

sys.path.insert(0, str(Path(__file__).parent))

from clusters import started


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """Connect to two Dask workers of a thread each, without processes of their own."""
    with started(n_workers=2, processes=False) as client:
        yield client
