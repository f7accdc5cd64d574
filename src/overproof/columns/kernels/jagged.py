"""A column of one block as flat content and offsets: all that the kernels know of arrays."""

from __future__ import annotations

from dataclasses import field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from overproof.columns.layouts import NativeColumn
from overproof.words.frozen import dataclass

Integers: TypeAlias = npt.NDArray[np.int64]
Doubles: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The values of one branch in one block.

    Attributes:
        content: every number, flat, in the order of the file.
        offsets: for each variable-length dimension, outermost first, where each list starts in the next level (in
            units of the fixed shape for the last); one more than there are lists, the first is 0.
        fixed_shape: fixed dimensions of one element.
        n_entries: entries of the block.
    """

    content: npt.NDArray[Any]
    offsets: tuple[Integers, ...]
    fixed_shape: tuple[int, ...]
    n_entries: int
    _doubles: list[Doubles] = field(default_factory=list)
    _counts: list[Integers] = field(default_factory=list)

    @property
    def element_size(self) -> int:
        """Return how many numbers one element of the innermost list has."""
        return int(np.prod(self.fixed_shape, dtype=np.int64))

    @property
    def doubles(self) -> Doubles:
        """Return the content as doubles, converted once."""
        if not self._doubles:
            self._doubles.append(self.content.astype(np.float64, copy=False))
        return self._doubles[0]

    def first_elements(self) -> Column:
        """Return a singly jagged column with no more than the first element of each entry."""
        starts = self.offsets[0]
        here = np.diff(starts) > 0
        content = self.content.reshape(-1, self.element_size)[starts[:-1][here]].reshape(-1)
        offsets = (np.concatenate([[0], np.cumsum(here)]).astype(np.int64),)
        return Column(content=content, offsets=offsets, fixed_shape=self.fixed_shape, n_entries=self.n_entries)

    def counts(self) -> Integers:
        """Return the length of the outermost list of each entry, computed once."""
        if not self._counts:
            self._counts.append(np.diff(self.offsets[0]))
        return self._counts[0]


class ShapeError(Exception):
    """A column that has other fixed dimensions than promised; says what it has."""


def from_native(column: NativeColumn, *, n_jagged: int, fixed_shape: tuple[int, ...]) -> Column:
    """Take a column as it was read; nothing is copied.

    Raises:
        ShapeError: as `flatten`.
    """
    if len(column.offsets) != n_jagged:
        return flatten(column.to_awkward(), n_jagged=n_jagged, fixed_shape=fixed_shape)
    _check_shape(column.values, fixed_shape)
    content = column.values.reshape(-1)
    return Column(content=content, offsets=column.offsets, fixed_shape=fixed_shape, n_entries=len(column))


def flatten(array: Any, *, n_jagged: int, fixed_shape: tuple[int, ...]) -> Column:
    """Take an awkward array apart.

    Args:
        array: one branch of one block; lists, regular arrays and numbers only.
        n_jagged: variable-length dimensions that the schema promises.
        fixed_shape: fixed dimensions behind these.

    Raises:
        ShapeError: the fixed dimensions are not these.
    """
    import awkward as ak

    layout = ak.to_layout(ak.materialize(array))
    n_entries = layout.length
    offsets: list[Integers] = []
    for _ in range(n_jagged):
        layout = layout.to_packed() if layout.is_indexed or layout.is_option else layout
        if isinstance(layout, ak.contents.NumpyArray):  # an array in each entry, of as many numbers, in place of a list
            layout = layout.to_RegularArray()
        packed = layout.to_ListOffsetArray64(start_at_zero=True)
        starts = np.asarray(packed.offsets.data, dtype=np.int64)
        offsets.append(starts)
        layout = packed.content[: int(starts[-1])]
    try:
        content = np.asarray(ak.to_numpy(layout, allow_missing=False))
    except ValueError as error:
        raise ShapeError("lists of variable length") from error
    _check_shape(content, fixed_shape)
    return Column(content=content.reshape(-1), offsets=tuple(offsets), fixed_shape=fixed_shape, n_entries=n_entries)


def _check_shape(content: npt.NDArray[Any], fixed_shape: tuple[int, ...]) -> None:
    if len(content) and content.shape[1:] != fixed_shape:
        raise ShapeError(f"arrays of {'x'.join(map(str, content.shape[1:]))}")
