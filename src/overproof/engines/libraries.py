"""The libraries that processes of ours load before they are asked for anything."""

from __future__ import annotations

import contextlib
import gc
import importlib
from collections.abc import Iterable
from typing import Final

FIRST: Final = (
    "overproof.engines.worker.process", "overproof.engines.worker.compute", "overproof.engines.worker.logs",
    "overproof.columns.native.baskets",
)  # fmt: skip
LATER: Final = (
    "numpy.ma", "numpy.random", "overproof.columns.formats.opening", "overproof.columns.views.virtual",
    "overproof.engines.isolator.isolator", "overproof.engines.isolator.process",
)  # fmt: skip


def load_first() -> None:
    """Load what a worker needs to compute plain columns, and nothing that takes long: somebody waits for its answer."""
    for name in FIRST:
        importlib.import_module(name)


def load(names: Iterable[str]) -> None:
    """Load modules that will be needed soon; what cannot be loaded is left to whoever needs it, who can say so."""
    gc.disable()  # while libraries load, nothing becomes garbage
    for name in names:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()  # so that children share the pages of all that is loaded
    gc.enable()


def load_all() -> None:
    """Load what isolators need and workers may, also what they would load when it is first used.

    One that is forked later takes the place of another, or tries what has killed others: there will be more of them.
    """
    gc.disable()  # while libraries load, nothing becomes garbage
    for name in LATER:
        importlib.import_module(name)

    gc.freeze()  # so that children share the pages of all that is loaded
    gc.enable()
