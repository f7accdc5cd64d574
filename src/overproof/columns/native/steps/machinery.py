"""Whether compiled steps are used, and which are there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Step: TypeAlias = Callable[[Mapping[str, Any]], int]
"""A compiled step: takes arrays and whole numbers by name, gives 0 where all is well."""

PATIENCE = 128
"""How often a step is done by numpy, before it is compiled; one that is kept from before is loaded after a quarter.

To compile one takes 20 to 60 ms, to load one 4 ms, and each use of it saves 0.05 to 0.3 ms: a query that reads a column
in fewer blocks would lose by it.
"""


class Machinery:
    """Gives compiled steps to the readers of a process; none as long as nobody wants them: LLVM has to be loaded.

    What steps do numpy does too, with the same result; only the time differs.

    Args:
        patience: how often a step is asked for before it is compiled.
    """

    def __init__(self, *, patience: int = PATIENCE) -> None:
        self._patience = patience
        self._is_used = False
        self._steps: dict[str, Step] = {}
        self._n_asked: dict[str, int] = {}

    def use(self, is_used: bool) -> None:  # noqa: FBT001 - the switch itself
        """Say whether steps are used from now on."""
        self._is_used = is_used

    def step(self, name: str) -> Step | None:
        """Return a step; None: numpy must do it."""
        if not self._is_used:
            return None
        found = self._steps.get(name)
        return self._load(name) if found is None else found

    def _load(self, name: str) -> Step | None:
        n_before = self._n_asked.get(name, 0)
        self._n_asked[name] = n_before + 1
        if n_before < self._patience and n_before != self._patience // 4:
            return None
        from overproof.columns.native.steps.steps import load_step

        found = load_step(name, may_compile=n_before >= self._patience)
        if found is not None:
            self._steps[name] = found
        return found
