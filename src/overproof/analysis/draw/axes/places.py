"""Where the numbers of a binning stand, when they are written in a text."""

from __future__ import annotations

from overproof.words.errors import OptionError, pointed_at
from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The places of the numbers of one axis: bins, low edge, high edge.

    Attributes:
        text: in which they stand; empty when they were given as numbers.
        positions: index in `text` of each; empty when they were given as numbers.
    """

    text: str = ""
    positions: tuple[int, ...] = ()

    def error(self, problem: str, which: int) -> OptionError:
        """Make an error about one of the numbers, with the caret under it where it is written."""
        if which >= len(self.positions):
            return OptionError(problem)
        return OptionError(f"{problem}\n{pointed_at(self.text, self.positions[which])}")
