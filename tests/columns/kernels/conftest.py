"""Let what ROOT was asked be answered on both paths."""

from __future__ import annotations

import functools
from typing import Any

import pytest


@pytest.fixture(params=["interpreted", "compiled"])
def path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, compiled_in_haste: None) -> str:
    """Let the module of a test compute rows, and draw, on one path and on no other."""
    from overproof.columns.kernels.selectors import ways
    from overproof.columns.kernels.selectors.draw_selector import DrawSelector
    from overproof.columns.machine.machine import Machine

    path: str = request.param
    is_compiled = path == "compiled"
    never = {(ways, "fill")} if is_compiled else {(Machine, "__call__")}
    for place, name in never:
        monkeypatch.setattr(place, name, _never)
    if is_compiled and hasattr(request.module, "compute_rows"):
        monkeypatch.setattr(request.module, "compute_rows", _compute_compiled)
    if is_compiled and hasattr(request.module, "DrawSelector"):
        monkeypatch.setattr(request.module, "DrawSelector", functools.partial(DrawSelector, path="compiled"))
    return path


def _compute_compiled(rows: Any, events: Any) -> Any:
    """Compute rows by a compiled function; what is an error in Python's dialect, the interpreter tells."""
    from overproof.analysis.draw.python.rows import PythonRows
    from overproof.columns.kernels.compiled.work import Undecided
    from overproof.columns.kernels.rows import compute_rows

    try:
        return _compiled(rows).compute(events)
    except Undecided:
        if isinstance(rows, PythonRows):
            return compute_rows(rows, events)
        raise


@functools.lru_cache(maxsize=100)
def _compiled(rows: Any) -> Any:
    from overproof.columns.kernels.compiled.listing import CompiledRows

    return CompiledRows(rows)


def _never(*_: Any, **__: Any) -> Any:
    raise AssertionError("the other path was taken")
