"""How the scout gets to Dask workers: as text, since nothing of ours may be there to unpickle an object of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from distributed.diagnostics.plugin import WorkerPlugin

BUILD = "(lambda space: (exec({text!r}, space), space['Scout']({data!r}))[1])({{'__name__': 'overproof_scout'}})"
"""An expression that runs the text and makes a scout of what it defines."""


class Sent(WorkerPlugin):  # type: ignore[misc]  # distributed has no types
    """A scout on its way: where it is unpickled it is a `Scout`, made by the Python over there from the text.

    Args:
        data: of the scout; only what `repr` writes whole.
    """

    name = "overproof"

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data

    def __reduce__(self) -> tuple[Any, ...]:
        text = Path(__file__).with_name("scout.py").read_text(encoding="utf-8")
        return eval, (BUILD.format(text=text, data=self._data),)
