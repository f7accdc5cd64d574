"""Columns as plain bytes, so that two can be compared bit for bit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import awkward as ak
import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Bits:
    """A column of numbers, fixed arrays or lists of either.

    Attributes:
        dtype: of one number.
        shape: of all numbers: how many elements, and the shape of one.
        offsets: of each jagged dimension, outermost first: where lists begin, and the end of the last, as bytes.
        values: the bytes of all numbers, in this machine's order.
    """

    dtype: str
    shape: tuple[int, ...]
    offsets: tuple[bytes, ...]
    values: bytes

    def cut(self, first: int, stop: int) -> Bits:
        """Return some of the entries."""
        offsets = []
        for each in self.offsets:
            piece = np.frombuffer(each, np.int64)[first : stop + 1]
            first, stop = int(piece[0]), int(piece[-1])
            offsets.append((piece - first).tobytes())
        shape = (stop - first, *self.shape[1:])
        size = np.dtype(self.dtype).itemsize * int(np.prod(self.shape[1:], dtype=int))
        values = self.values[first * size : stop * size]
        return Bits(dtype=self.dtype, shape=shape, offsets=tuple(offsets), values=values)

    def digest(self) -> str:
        """Sum it up."""
        lengths = [len(each) // 8 for each in self.offsets]
        sum_ = hashlib.blake2b(f"{self.dtype} {self.shape} {lengths}".encode(), digest_size=8)
        for part in (*self.offsets, self.values):
            sum_.update(part)
        return sum_.hexdigest()


def bits_of_native(column: Any) -> Bits:
    """Take a native column apart; checks what it promises of itself."""
    assert not column.values.flags.writeable
    assert column.values.dtype.isnative
    for offsets in column.offsets:
        assert offsets.dtype == np.int64
        assert not offsets.flags.writeable
    # Each level begins at 0 and leads to the end of the next.
    lengths = [*(len(offsets) - 1 for offsets in column.offsets[1:]), len(column.values)]
    for offsets, length in zip(column.offsets, lengths[: len(column.offsets)], strict=True):
        assert (int(offsets[0]), int(offsets[-1])) == (0, length)
    return bits_of(column.values, list(column.offsets))


def bits_of_awkward(array: Any) -> Bits:
    """Take an awkward array of numbers apart; its lists begin at 0 as those of native columns.

    Raises:
        TypeError: there is more in it than lists and numbers.
    """
    layout, offsets = ak.to_packed(array).layout, []
    while isinstance(layout, ak.contents.ListOffsetArray):
        offsets.append(np.asarray(layout.offsets, np.int64))
        layout = layout.content[: int(offsets[-1][-1])]
    if isinstance(layout, ak.contents.RegularArray):
        layout = ak.contents.NumpyArray(ak.to_numpy(layout, allow_missing=False))
    if not isinstance(layout, ak.contents.NumpyArray):
        raise TypeError(f"{type(layout).__name__} is neither a list nor a number")
    return bits_of(np.asarray(layout.data), offsets)


def bits_of(values: np.ndarray[Any, Any], offsets: list[Any]) -> Bits:
    """Take arrays as they are."""
    return Bits(
        dtype=values.dtype.name,
        shape=values.shape,
        offsets=tuple(np.asarray(each, np.int64).tobytes() for each in offsets),
        values=values.tobytes(),
    )
