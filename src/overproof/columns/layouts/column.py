"""One column of one range of entries, as arrays of this machine's byte order."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from overproof.words.frozen import dataclass

Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeColumn:
    """Numbers, and how many of them each entry has.

    All arrays are read-only: they may be shared with other blocks and other processes.

    Attributes:
        values: shape `(n, *fixed_shape)`, in this machine's byte order.
        offsets: for each jagged dimension, outermost first, where its lists begin, and the end of the last; the first
            of them has one list an entry and begins at 0. Empty: `values` has one element an entry.
    """

    values: npt.NDArray[Any]
    offsets: tuple[Offsets, ...] = ()

    def __len__(self) -> int:
        return len(self.offsets[0]) - 1 if self.offsets else len(self.values)

    @property
    def ndim(self) -> int:
        """Number of dimensions: entries, lists, fixed shape."""
        return len(self.offsets) + self.values.ndim

    @property
    def size_bytes(self) -> int:
        """Bytes of all arrays."""
        return self.values.nbytes + sum(each.nbytes for each in self.offsets)

    def cut(self, first: int, stop: int) -> NativeColumn:
        """Return some of the entries, counted from the first of this column; nothing of the values is copied."""
        offsets = []
        for each in self.offsets:
            piece = each[first : stop + 1]
            first, stop = int(piece[0]), int(piece[-1])
            offsets.append(frozen(piece - first) if first else piece)
        return NativeColumn(values=self.values[first:stop], offsets=tuple(offsets))

    def to_awkward(self) -> Any:
        """Return the column as an awkward array around the very same memory."""
        import awkward as ak

        layout = ak.contents.NumpyArray(self.values)
        if self.offsets and layout.data.ndim > 1:
            layout = layout.to_RegularArray()
        for offsets in reversed(self.offsets):
            layout = ak.contents.ListOffsetArray(ak.index.Index64(offsets), layout)
        return ak.Array(layout)


def frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Make an array read-only, and return it."""
    array.flags.writeable = False
    return array


def joined(columns: list[NativeColumn]) -> NativeColumn:
    """Return columns one behind the other as one; there is at least one."""
    if len(columns) == 1:
        return columns[0]
    offsets = []
    for level in range(len(columns[0].offsets)):
        pieces, end = [np.zeros(1, np.int64)], 0
        for column in columns:
            pieces.append(column.offsets[level][1:] + end)
            end = int(pieces[-1][-1]) if len(pieces[-1]) else end
        offsets.append(frozen(np.concatenate(pieces)))
    return NativeColumn(values=frozen(np.concatenate([each.values for each in columns])), offsets=tuple(offsets))
