"""What workers load for a draw, by name: a process that forks them can load it once for all."""

from __future__ import annotations

from collections.abc import Iterable

from overproof.analysis.draw.dialects import AnyRows
from overproof.analysis.draw.python.rows import PythonRows
from overproof.columns.kernels.selectors.ways import COMPILED

_ROOM = "overproof.columns.kernels"
OF_ALL = (f"{_ROOM}.selectors.draw_selector", f"{_ROOM}.fills.drawn", f"{_ROOM}.rows")
OF_COMPILED = (f"{_ROOM}.compiled.drawing", f"{_ROOM}.compiled.listing")
IN_PYTHON = f"{_ROOM}.python.rows"
COMPILED_IN_PYTHON = f"{_ROOM}.compiled.python.rows"


def needed_for(rows: Iterable[AnyRows], *, path: str) -> tuple[str, ...]:
    """Return the modules that are used when the first block of a query is computed.

    Args:
        rows: all that is computed in it.
        path: `"compiled"` or `"interpreted"`.
    """
    are_in_python = any(isinstance(each, PythonRows) for each in rows)
    if path != COMPILED:
        return (*OF_ALL, IN_PYTHON) if are_in_python else OF_ALL
    return (*OF_ALL, *OF_COMPILED, COMPILED_IN_PYTHON) if are_in_python else (*OF_ALL, *OF_COMPILED)
