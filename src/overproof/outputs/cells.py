"""Cells: large arrays of sums, and how they are handled piece by piece, so that no second copy of them is ever needed.

Outputs can be as large as the memory allows. What is read from another process is therefore added from the buffer that
it came in, one piece after the other; the same pieces are what is written.
"""

from __future__ import annotations

import pickle
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]

Move: TypeAlias = Callable[[slice], Ints]
"""Gives, for a range of cells, the place of each among other cells; several may have one place."""

PIECE_CELLS: Final = 1 << 15
"""Cells in a piece: few enough for the processor's cache, many enough to forget what a piece costs."""


class Cells:
    """Sums, one a cell, that can be added exactly and so in any order."""

    __slots__ = ()

    @property
    @abstractmethod
    def n_cells(self) -> int:
        """Count them."""

    @property
    @abstractmethod
    def size_bytes(self) -> int:
        """Tell their memory."""

    @abstractmethod
    def blank(self, n_cells: int) -> Self:
        """Make sums of nothing, of the same kind."""

    @abstractmethod
    def part(self, where: slice) -> Self:
        """Give some of the cells; they share the memory, so that adding to the part adds to the whole."""

    @abstractmethod
    def copy(self) -> Self:
        """Make an independent copy."""

    @abstractmethod
    def merge(self, other: Self) -> None:
        """Add the sums of as many cells."""

    @abstractmethod
    def scatter(self, other: Self, targets: Ints) -> None:
        """Add every cell of `other` into cell `targets[i]`."""

    def pieces(self) -> Iterator[tuple[slice, Self]]:
        """Give all cells, piece by piece, with their places."""
        n_cells = self.n_cells
        if n_cells <= PIECE_CELLS:
            yield slice(0, n_cells), self
            return
        for first in range(0, n_cells, PIECE_CELLS):
            where = slice(first, min(first + PIECE_CELLS, n_cells))
            yield where, self.part(where)

    def add(self, other: Self | Parcel, move: Move | None = None) -> None:
        """Add other cells, moved to their places here."""
        for where, piece in other.pieces():
            if move is not None:
                self.scatter(piece, move(where))  # type: ignore[arg-type]  # what is added is of one kind
            elif piece.n_cells == self.n_cells:
                self.merge(piece)  # type: ignore[arg-type]
            else:
                self.part(where).merge(piece)  # type: ignore[arg-type]

    def regrouped(self, move: Move, n_cells: int) -> Self:
        """Add every cell into its place among `n_cells` new ones."""
        result = self.blank(n_cells)
        result.add(self, move)
        return result

    def settled(self) -> Self:
        """Give cells in memory of their own."""
        return self


@dataclass(slots=True)
class Parcel:
    """Cells as they came from elsewhere: each piece is read when it is asked for.

    Attributes:
        sample: cells of the same kind, none of them.
        n_cells: how many there are.
        letters: the pieces, pickled, in their order.
    """

    sample: Cells
    n_cells: int
    letters: Sequence[bytes | memoryview]

    def pieces(self) -> Iterator[tuple[slice, Cells]]:
        """Read piece by piece."""
        first = 0
        for letter in self.letters:
            piece: Cells = pickle.loads(letter)
            yield slice(first, first + piece.n_cells), piece
            first += piece.n_cells

    def settled(self) -> Cells:
        """Read all."""
        cells = self.sample.blank(self.n_cells)
        cells.add(self)
        return cells

    @property
    def size_bytes(self) -> int:
        """Tell the memory that the pieces take as they are."""
        return sum(map(len, self.letters))
