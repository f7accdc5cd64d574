"""A native column as plain buffers, and back."""

from __future__ import annotations

import functools
import math

import numpy as np
import numpy.typing as npt

from overproof.columns.layouts import NativeColumn
from overproof.columns.layouts.column import joined
from overproof.store.mapped import Record


def can_be_packed(column: NativeColumn) -> bool:
    """Tell whether a column is plain enough: numbers without names."""
    values = column.values
    return values.dtype.names is None and not values.dtype.hasobject and 0 not in values.shape[1:]


def note_of(column: NativeColumn) -> bytes:
    """Return what is to be known of the buffers of a column."""
    shape = ",".join(map(str, column.values.shape[1:]))
    return f"{column.values.dtype.str} {len(column.offsets)} {shape}".encode()


def buffers_of(column: NativeColumn) -> list[memoryview]:
    """Return the bytes of a column: where lists begin, outermost first, then the values."""
    return [_bytes(each) for each in (*column.offsets, column.values)]


def unpacked(records: tuple[Record, ...], first: int, stop: int) -> NativeColumn:
    """Return the column of a range of entries out of records that contain it; one that is whole is not copied.

    Raises:
        ValueError, TypeError: the note does not fit the buffers.
    """
    if len(records) == 1 and records[0].first == first and records[0].stop == stop:
        return _column(records[0])
    pieces, at = [], first
    for record in records:
        end = min(record.stop, stop)
        pieces.append(_column(record).cut(at - record.first, end - record.first))
        at = end
    return joined(pieces)


def _column(record: Record) -> NativeColumn:
    dtype, n_offsets, shape, row_bytes = _understood(record.note)
    *offsets, values = record.buffers
    if len(offsets) != n_offsets:
        raise ValueError("a column that has lost some of its buffers")
    plain = values.view(dtype)
    plain = plain.reshape((len(values) // row_bytes, *shape)) if shape else plain
    return NativeColumn(values=plain, offsets=tuple([each.view(np.int64) for each in offsets]))


@functools.lru_cache(maxsize=1024)
def _understood(note: bytes) -> tuple[np.dtype[np.generic], int, tuple[int, ...], int]:
    dtype_text, n_offsets, shape_text = note.decode().split(" ")
    dtype, shape = np.dtype(dtype_text), tuple(map(int, filter(None, shape_text.split(","))))
    return dtype, int(n_offsets), shape, dtype.itemsize * math.prod(shape)


def _bytes(array: npt.NDArray[np.generic]) -> memoryview:
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
