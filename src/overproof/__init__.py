"""overproof: interactive analysis of collision events, exactly, from one core to a Tier-3.

Start with `Session`: `session.draw(files, expression, bins=...)` for one plot, `session.process(selector, files)` for
an analysis. A selector is a subclass of `Selector`, or a plain function of a block of events.
"""

from __future__ import annotations

from typing import Any

from overproof.analysis.selector import Selector

__version__ = "0.1.0"

_HOMES = {
    "AbortedError": "overproof.words.errors",
    "Account": "overproof.records.account",
    "EntryList": "overproof.session.entries",
    "InputError": "overproof.words.errors",
    "OverproofError": "overproof.words.errors",
    "Query": "overproof.session.handle",
    "ReadError": "overproof.words.errors",
    "Result": "overproof.session.result",
    "Session": "overproof.session.session",
    "UserCodeError": "overproof.words.errors",
    "compile": "overproof.columns.kernels.expressions.expression",
    "plot": "overproof.session.show.paper.plot",
    "replay": "overproof.session.afterwards.replay",
}
_OF_THIS_PROCESS = ("is_master", "rank", "size")
_ROOMS = ("coffea", "graphed")

__all__ = [
    "AbortedError",
    "Account",
    "EntryList",
    "InputError",
    "OverproofError",
    "Query",
    "ReadError",
    "Result",
    "Selector",
    "Session",
    "UserCodeError",
    "coffea",
    "compile",
    "graphed",
    "is_master",
    "plot",
    "rank",
    "replay",
    "size",
]


def __getattr__(name: str) -> Any:
    """Load the heavier names when they are first used, so that `import overproof` stays light."""
    from importlib import import_module

    if name in _OF_THIS_PROCESS:
        return getattr(import_module("overproof.engines.worker.identity").HERE, name)
    if name in _ROOMS:
        return import_module(f"overproof.{name}")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'overproof' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
