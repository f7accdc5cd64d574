"""A native column as plain buffers, and back."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import xxhash

from overproof.columns.layouts import NativeColumn
from overproof.columns.layouts.column import Offsets, joined
from overproof.store.mapped import Record

Lists: TypeAlias = Callable[[int, int, str], Offsets]
"""Gives where the lists of some entries begin, by the digest of that; raises LookupError where it is not kept."""


def can_be_packed(column: NativeColumn) -> bool:
    """Tell whether a column is plain enough: numbers without names."""
    values = column.values
    return values.dtype.names is None and not values.dtype.hasobject and 0 not in values.shape[1:]


def note_of(column: NativeColumn, *, digest: str = "") -> bytes:
    """Return what is to be known of the buffers of a column; with a digest of outer lists that are kept elsewhere."""
    shape = ",".join(map(str, column.values.shape[1:]))
    return f"{column.values.dtype.str} {len(column.offsets)} {shape} {digest}".encode()


def buffers_of(column: NativeColumn, *, digest: str = "") -> list[memoryview]:
    """Return the bytes of a column: where lists begin, outermost first unless kept elsewhere, then the values."""
    own = column.offsets[1:] if digest else column.offsets
    return [bytes_of(each) for each in (*own, column.values)]


def bytes_of(array: npt.NDArray[np.generic]) -> memoryview:
    """Return the bytes of an array."""
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


def digest_of(offsets: Offsets) -> str:
    """Return by what lists are told from others."""
    return xxhash.xxh3_128_hexdigest(bytes_of(offsets))


def digest_in(note: bytes) -> str:
    """Return the digest of outer lists that are kept elsewhere; empty where there are none.

    Raises:
        ValueError, TypeError: it is no note of a column.
    """
    return _understood(note)[-1]


def unpacked(records: Sequence[Record], first: int, stop: int, *, lists: Lists) -> NativeColumn:
    """Return the column of a range of entries out of records that contain it; one that is whole is not copied.

    Raises:
        LookupError: where lists begin is not kept any more.
        ValueError, TypeError: the note does not fit the buffers.
    """
    if len(records) == 1 and records[0].first == first and records[0].stop == stop:
        return _column(records[0], lists)
    pieces, at = [], first
    for record in records:
        end = min(record.stop, stop)
        pieces.append(_column(record, lists).cut(at - record.first, end - record.first))
        at = end
    return joined(pieces)


def _column(record: Record, lists: Lists) -> NativeColumn:
    dtype, n_offsets, shape, row_bytes, digest = _understood(record.note)
    *own, values = record.buffers
    offsets = [each.view(np.int64) for each in own]
    if digest:
        offsets.insert(0, lists(record.first, record.stop, digest))
    if len(offsets) != n_offsets:
        raise ValueError("a column that has lost some of its buffers")
    plain = values.view(dtype)
    plain = plain.reshape((len(values) // row_bytes, *shape)) if shape else plain
    return NativeColumn(values=plain, offsets=tuple(offsets))


@functools.lru_cache(maxsize=1024)
def _shape_of(shape_text: str, dtype_text: str) -> tuple[np.dtype[np.generic], tuple[int, ...], int]:
    dtype, shape = np.dtype(dtype_text), tuple(map(int, filter(None, shape_text.split(","))))
    return dtype, shape, dtype.itemsize * math.prod(shape)


def _understood(note: bytes) -> tuple[np.dtype[np.generic], int, tuple[int, ...], int, str]:
    dtype_text, n_offsets, shape_text, digest = note.decode().split(" ")
    dtype, shape, row_bytes = _shape_of(shape_text, dtype_text)
    return dtype, int(n_offsets), shape, row_bytes, digest
