"""Where Dask is not installed there is nothing to try."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("distributed", reason="the extra dask is not installed")

sys.path.insert(0, str(Path(__file__).parent))
