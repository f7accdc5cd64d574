"""Header and footer of an RNTuple: its fields, its columns, and where its lists of pages lie."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from overproof.columns.layouts.widths import is_width
from overproof.columns.lean.doubt import DoubtError
from overproof.columns.lean.rntuple.envelopes import Part

_LIST = struct.Struct("<qI")
"""Bytes of the list, negative, and how many frames are in it."""

_FRAME = struct.Struct("<q")
_FIELD = struct.Struct("<qIIIHH")
_COLUMN = struct.Struct("<qHHIHH")
_GROUP = struct.Struct("<qQQIQiQ")
_LENGTH = struct.Struct("<I")
_NUMBER = struct.Struct("<Q")
_RANGE = struct.Struct("<dd")

_REPEATED, _PROJECTED, _KNOWN_FIELD_FLAGS = 1, 2, 7
_DEFERRED, _RANGED, _KNOWN_COLUMN_FLAGS = 1, 2, 3

LEAF, COLLECTION, RECORD, VARIANT, STREAMER = range(5)


class FieldRecord(NamedTuple):
    """One field.

    Attributes:
        number: of the field.
        parent: number of the field that it is in; its own for outermost ones.
        role: what it is made of: `LEAF`, `COLLECTION`, `RECORD`, `VARIANT`, `STREAMER`.
        name: its own.
        typename: in C++.
        repetition: elements of an array of fixed length; 0 for others.
        source: number of the field whose columns it shows; its own for others.
    """

    number: int
    parent: int
    role: int
    name: str
    typename: str
    repetition: int
    source: int


class ColumnRecord(NamedTuple):
    """One physical column.

    Attributes:
        number: of the column.
        encoding: number of its type.
        n_bits: of an element, as stored.
        field: number of the field that it belongs to.
        way: 0, or the number of another way in which the same field is written.
        first_element: from which on anything is stored.
        value_range: of quantized numbers.
    """

    number: int
    encoding: int
    n_bits: int
    field: int
    way: int
    first_element: int
    value_range: tuple[float, float] | None


class Records:
    """What header and footer tell.

    Attributes:
        fields: in their order.
        columns: in their order.
        page_lists: where the lists of pages lie.
    """

    def __init__(self) -> None:
        self.fields: list[FieldRecord] = []
        self.columns: list[ColumnRecord] = []
        self.page_lists: list[Part] = []


def parse_header(data: memoryview, records: Records) -> None:
    """Read the header.

    Raises:
        DoubtError: features that are not known here.
        struct.error: it is shorter than its own lists.

    Source: ROOT's RNTuple binary format specification 1.0, header envelope.
    """
    _check_features(data, 8)
    at = 16
    for _ in range(3):
        at = _after_text(data, at)
    _parse_schema(data, at, records)


def parse_footer(data: memoryview, records: Records) -> int:
    """Read the footer, which continues what the header began; return the checksum of the header that it belongs to.

    Raises:
        DoubtError: features that are not known here.
        struct.error: it is shorter than its own lists.

    Source: ROOT's RNTuple binary format specification 1.0, footer envelope.
    """
    _check_features(data, 8)
    (checksum,) = _NUMBER.unpack_from(data, 16)
    (n_bytes,) = _FRAME.unpack_from(data, 24)
    _parse_schema(data, 32, records)
    for at in _frames(data, 24 + n_bytes):
        _, _, _, _, n_inside, n_stored, seek = _GROUP.unpack_from(data, at)
        if n_stored < 0:
            raise DoubtError("a list of pages that does not lie in the file as such")
        records.page_lists.append(Part(seek=seek, n_stored=n_stored, n_bytes=n_inside))
    return int(checksum)


def _parse_schema(data: memoryview, at: int, records: Records) -> None:
    """Read lists of fields and of columns; what follows them is not needed."""
    for start in _frames(data, at):
        records.fields.append(_field(data, start, len(records.fields)))
    (n_bytes,) = _FRAME.unpack_from(data, at)
    for start in _frames(data, at - n_bytes):
        records.columns.append(_column(data, start, len(records.columns)))


def _field(data: memoryview, at: int, number: int) -> FieldRecord:
    _, _, _, parent, role, flags = _FIELD.unpack_from(data, at)
    if role > STREAMER or flags & ~_KNOWN_FIELD_FLAGS:
        raise DoubtError(f"a field of role {role} with flags {flags}")
    at += _FIELD.size
    name, at = _text(data, at)
    typename, at = _text(data, at)
    at = _after_text(data, _after_text(data, at))
    repetition, source = 0, number
    if flags & _REPEATED:
        (repetition,) = _NUMBER.unpack_from(data, at)
        at += _NUMBER.size
    if flags & _PROJECTED:
        (source,) = _LENGTH.unpack_from(data, at)
    return FieldRecord(number, parent, role, name, typename, repetition, source)


def _column(data: memoryview, at: int, number: int) -> ColumnRecord:
    _, encoding, n_bits, owner, flags, way = _COLUMN.unpack_from(data, at)
    if flags & ~_KNOWN_COLUMN_FLAGS:
        raise DoubtError(f"a column with flags {flags}")
    if not is_width(n_bits, encoding):
        raise DoubtError(f"a column of type {encoding:#x} with elements of {n_bits} bits")
    at += _COLUMN.size
    first_element, value_range = 0, None
    if flags & _DEFERRED:
        (first_element,) = _NUMBER.unpack_from(data, at)
        at += _NUMBER.size
    if flags & _RANGED:
        value_range = _RANGE.unpack_from(data, at)
    return ColumnRecord(number, encoding, n_bits, owner, way, first_element, value_range)


def _frames(data: memoryview, at: int) -> Iterator[int]:
    """Give where each frame of a list begins."""
    n_bytes, n_frames = _LIST.unpack_from(data, at)
    if n_bytes >= 0:
        raise DoubtError("a frame that should be a list")
    end, at = at - n_bytes, at + _LIST.size
    unpack = _FRAME.unpack_from
    for _ in range(n_frames):
        (size,) = unpack(data, at)
        if size <= 0 or at + size > end:
            raise DoubtError("a frame that is longer than its list")
        yield at
        at += size


def _text(data: memoryview, at: int) -> tuple[str, int]:
    (length,) = _LENGTH.unpack_from(data, at)
    at += _LENGTH.size
    return str(data[at : at + length], "utf-8"), at + length


def _after_text(data: memoryview, at: int) -> int:
    return at + _LENGTH.size + int(_LENGTH.unpack_from(data, at)[0])


def _check_features(data: memoryview, at: int) -> None:
    (features,) = _NUMBER.unpack_from(data, at)
    if features:
        raise DoubtError(f"features {features:x}")
