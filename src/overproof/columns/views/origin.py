"""Where the entries of a view are from, and what the block gives to all views of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from overproof.columns.fetching import Block
from overproof.words.errors import BranchError, ReadError


class OfOneBlock:
    """What is the same in all views of a block."""

    _block: Block

    @property
    def file(self) -> str:
        """Path or URL of the file."""
        return self._block.file

    @property
    def file_number(self) -> int:
        """Place of the file in the dataset, from 0."""
        return self._block.file_number

    @property
    def tree(self) -> str:
        """Path of the tree in the file."""
        return self._block.tree

    @property
    def first(self) -> int:
        """First entry of the block, counted in the tree."""
        return self._block.first

    @property
    def stop(self) -> int:
        """Last entry of the block, exclusive."""
        return self._block.stop

    @property
    def entry_numbers(self) -> Any:
        """Numbers of the entries of this view, counted in the tree."""
        return np.arange(self.first, self.stop)

    @property
    def metadata(self) -> dict[str, Any]:
        """What the dataset says about the file."""
        return self._block.metadata

    @property
    def seed(self) -> int:
        """A 64-bit seed that belongs to the block."""
        return self._block.seed

    @property
    def rng(self) -> np.random.Generator:
        """Dice that belong to the block: the same numbers whenever and wherever it is processed."""
        return self._block.rng

    @property
    def touched(self) -> tuple[str, ...]:
        """Columns asked for so far, in any view of the block."""
        return tuple(self._block.columns.touched)

    @property
    def failure(self) -> ReadError | BranchError | None:
        """Why a column could not be read, also when somebody has caught the exception since."""
        return self._block.columns.failure
