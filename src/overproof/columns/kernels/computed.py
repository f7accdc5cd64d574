"""What comes out of the rows of a plan on one block, in either dialect."""

from __future__ import annotations

from dataclasses import field

from overproof.columns.kernels.jagged import Doubles, Integers
from overproof.columns.kernels.loops.loop import Loop
from overproof.columns.kernels.texts.table import Texts
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedRows:
    """The rows of one block, in the order of entries and passes.

    Attributes:
        values: for each expression of the plan, one value a row.
        weights: one a row; None: all are 1.
        loop: its passes are the rows.
        texts: those whose codes are among the values.
    """

    values: tuple[Doubles, ...]
    weights: Doubles | None
    loop: Loop
    texts: Texts = field(default_factory=Texts)

    @property
    def entry(self) -> Integers:
        """Return the entry of each row, counted in the block."""
        return self.loop.entry
