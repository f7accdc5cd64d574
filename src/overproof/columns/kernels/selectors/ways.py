"""The two ways from a block to rows and sums: by the interpreter, or by a compiled function.

Both give the same, bit for bit. What a compiled function cannot tell of a block, the interpreter does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from overproof.analysis.draw.dialects import AnyRows
from overproof.analysis.draw.plan import DrawPlan

if TYPE_CHECKING:
    from overproof.columns.kernels.compiled.drawing import CompiledDraw
    from overproof.columns.kernels.compiled.listing import CompiledRows
    from overproof.columns.kernels.computed import ComputedRows

COMPILED, INTERPRETED = "compiled", "interpreted"


class Computing:
    """Computes the rows of a plan.

    Args:
        rows: what to compute.
        path: `"compiled"` or `"interpreted"`.
    """

    def __init__(self, rows: AnyRows, *, path: str) -> None:
        self._rows = rows
        self._path = path
        self._compiled: CompiledRows | None = None

    def compute(self, events: Any) -> ComputedRows:
        """Return the rows of a block.

        Raises:
            BranchError: a branch is not here what it was in the first file.
        """
        from overproof.columns.kernels.rows import compute_rows

        if self._path != COMPILED:
            return compute_rows(self._rows, events)
        from overproof.columns.kernels.compiled.listing import CompiledRows
        from overproof.columns.kernels.compiled.python.contents import NotWrittenError
        from overproof.columns.kernels.compiled.work import Undecided

        if self._compiled is None:
            self._compiled = CompiledRows(self._rows)
        try:
            return self._compiled.compute(events)
        except Undecided:
            return compute_rows(self._rows, events)
        except NotWrittenError as error:
            self._path = error.path_of_other_blocks
            return compute_rows(self._rows, events)


def fill(plan: DrawPlan, events: Any) -> dict[str, Any]:
    """Return the sums of all cells of one plan over a block, by the interpreter."""
    from overproof.columns.kernels.fills.drawn import fill_rows
    from overproof.columns.kernels.rows import compute_rows

    return fill_rows(plan, compute_rows(plan.rows, events))


class Filling:
    """Fills the histograms of some plans: those of one dialect together.

    Args:
        plans: what is drawn.
        path: `"compiled"` or `"interpreted"`.
    """

    def __init__(self, plans: Sequence[DrawPlan], *, path: str) -> None:
        dialects = dict.fromkeys(type(plan.rows) for plan in plans)
        self._places = [[n for n, plan in enumerate(plans) if type(plan.rows) is dialect] for dialect in dialects]
        self._parts = [FillingOfOneDialect([plans[n] for n in places], path=path) for places in self._places]

    def fill(self, events: Any) -> list[dict[str, Any]]:
        """Return for each plan the sums of all cells over a block; plain arrays.

        Raises:
            BranchError: a branch is not here what it was in the first file.
        """
        found: dict[int, dict[str, Any]] = {}
        for places, part in zip(self._places, self._parts, strict=True):
            found.update(zip(places, part.fill(events), strict=True))
        return [found[place] for place in sorted(found)]


class FillingOfOneDialect:
    """Fills the histograms of some plans, in one function where it is compiled.

    Args:
        plans: what is drawn.
        path: `"compiled"` or `"interpreted"`.
    """

    def __init__(self, plans: Sequence[DrawPlan], *, path: str) -> None:
        self._plans = tuple(plans)
        self._path = path
        self._compiled: CompiledDraw | None = None

    def fill(self, events: Any) -> list[dict[str, Any]]:
        """Return for each plan the sums of all cells over a block; plain arrays.

        Raises:
            BranchError: a branch is not here what it was in the first file.
        """
        if self._path != COMPILED:
            return [fill(plan, events) for plan in self._plans]
        from overproof.columns.kernels.compiled.drawing import CompiledDraw
        from overproof.columns.kernels.compiled.python.contents import NotWrittenError
        from overproof.columns.kernels.compiled.work import Undecided

        if self._compiled is None:
            self._compiled = CompiledDraw(self._plans)
        try:
            return self._compiled.fill(events)
        except Undecided:
            return [fill(plan, events) for plan in self._plans]
        except NotWrittenError as error:
            self._path = error.path_of_other_blocks
            return [fill(plan, events) for plan in self._plans]
