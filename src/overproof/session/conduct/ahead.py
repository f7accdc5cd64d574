"""What is needed when the first outputs come, loaded while the workers begin."""

from __future__ import annotations

import importlib
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from overproof.session.question import Kind

OF_ALL = ("overproof.outputs.state", "overproof.outputs.kinds.arrays")
OF_DRAWS = ("hist", "overproof.columns.kernels.fills.drawn")


def load_ahead(kind: Kind) -> None:
    """Load, in a thread, what adds outputs and what shows them: workers have all the time until then for themselves."""
    names = [*OF_ALL, *(OF_DRAWS if kind in {"draw", "draws"} else ())]
    if not all(name in sys.modules for name in names):
        threading.Thread(target=_load, args=(names,), daemon=True, name="loads ahead").start()


def _load(names: list[str]) -> None:
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError:
            return  # whoever needs it says what is missing
