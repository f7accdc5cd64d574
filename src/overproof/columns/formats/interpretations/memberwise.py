"""Lists of objects stored member by member, written anew one object after the other, as uproot reads them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from uproot.interpretation.jagged import AsJagged
from uproot.interpretation.objects import AsStridedObjects

_MEMBERWISE = 0x40
"""In the first byte of the version in front of a list of objects, where all that is one member of them is together."""

_AT_VERSION, _AT_CLASS_VERSION = 4, 6
"""Behind the number of bytes comes the version of the list, behind that the one of the class."""

_HEADER_BYTES = {False: 12, True: 16}
"""Bytes in front of the first number: with a checksum, where the class has no version."""

Bytes = npt.NDArray[np.uint8]


class MemberwiseError(Exception):
    """Lists that are stored in a way that is not known here."""


def is_memberwise(interpretation: Any, data: Any, byte_offsets: Any) -> bool:
    """Tell whether lists of objects are stored member by member, which uproot does not see.

    Args:
        interpretation: of the branch.
        data: of a basket.
        byte_offsets: where its entries begin, and the end of the last.
    """
    if not isinstance(interpretation, AsJagged) or not isinstance(interpretation.content, AsStridedObjects):
        return False
    if interpretation.header_bytes <= _AT_VERSION or byte_offsets is None or not len(data):
        return False
    at = byte_offsets[:-1][np.diff(byte_offsets) > _AT_VERSION] + _AT_VERSION
    return bool((data[at].view(np.uint8) & _MEMBERWISE).any())


def one_by_one(interpretation: AsJagged, data: Any, byte_offsets: Any) -> tuple[Bytes, npt.NDArray[np.int32]]:
    """Return the same lists with their objects one after the other, and where they begin.

    Args:
        interpretation: of the branch.
        data, byte_offsets: as in `is_memberwise`.

    Raises:
        MemberwiseError: the numbers in front of a list do not fit its length.

    Source: `TBufferFile::WriteVersionMemberWise` and `TCollectionProxy` of ROOT write these.
    """
    taken = np.asarray(data, dtype=np.uint8)
    offsets = np.asarray(byte_offsets, dtype=np.int64)
    item = interpretation.content.from_dtype
    starts, sizes = offsets[:-1], np.diff(offsets)
    headers, counts = _lengths(taken, starts, sizes, item_bytes=item.itemsize)
    n_items = int(counts.sum())
    entry = np.repeat(np.arange(len(starts)), counts)
    within = np.arange(n_items) - np.repeat(np.cumsum(counts) - counts, counts)

    ends = np.cumsum(interpretation.header_bytes + counts * item.itemsize)
    begins = ends - counts * item.itemsize
    made: Bytes = np.zeros(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
    before = 0
    for name in item.names or ():
        member, at = item.fields[name][:2]
        places = np.arange(member.itemsize)
        source = starts[entry] + headers[entry] + counts[entry] * before + within * member.itemsize
        target = begins[entry] + within * item.itemsize + at
        made[target[:, None] + places] = taken[source[:, None] + places]
        before += member.itemsize
    return made, np.concatenate([[0], ends]).astype(np.int32)


def _lengths(
    data: Bytes, starts: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64], *, item_bytes: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return, for each list, the bytes in front of it and its length."""
    if (sizes < _HEADER_BYTES[False]).any() or not (data[starts + _AT_VERSION] & _MEMBERWISE).all():
        raise MemberwiseError("some lists are stored member by member, and others are not")
    has_checksum = _numbers(data, starts + _AT_CLASS_VERSION, n_bytes=2) == 0
    headers = np.where(has_checksum, _HEADER_BYTES[True], _HEADER_BYTES[False])
    if (sizes < headers).any():
        raise MemberwiseError("a list is too short for what stands in front of it")
    counts = _numbers(data, starts + headers - 4, n_bytes=4)
    if (headers + counts * item_bytes != sizes).any():
        raise MemberwiseError("the length of a list does not fit the bytes that it has")
    return headers, counts


def _numbers(data: Bytes, at: npt.NDArray[np.int64], *, n_bytes: int) -> npt.NDArray[np.int64]:
    """Return big-endian numbers without sign."""
    numbers = np.zeros(len(at), dtype=np.int64)
    for place in range(n_bytes):
        numbers = (numbers << 8) | data[at + place]
    return numbers
