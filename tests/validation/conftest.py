"""Let the tests import the list of questions, which the script that asks ROOT imports too, without any package.

ROOT's questions are put to both paths.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(params=["interpreted", "compiled"])
def path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, compiled_in_haste: None) -> str:
    """Let queries be answered on one path and on no other."""
    from overproof.columns.kernels.compiled.drawing import CompiledDraw
    from overproof.columns.kernels.selectors import ways

    path: str = request.param
    place, name = (ways, "fill") if path == "compiled" else (CompiledDraw, "fill")
    monkeypatch.setenv("OVERPROOF_PATH", path)
    monkeypatch.setattr(place, name, _never)
    return path


def _never(*_: Any, **__: Any) -> Any:
    raise AssertionError("the other path was taken")
