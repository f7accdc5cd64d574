"""One record of a mapped file: a run of positions, a note, and buffers."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

import xxhash

from overproof.store.mapped.file.mapping import Bytes
from overproof.words.frozen import dataclass

ALIGN_BYTES = 64
_MAGIC = b"Rec1"
_HEAD = struct.Struct("<4sIQQd16sQQII")
"""Magic, checksum of the rest of the head, first, stop, seconds, boot, checksum of the buffers, bytes of the whole
record, bytes of the note, number of buffers; behind it the length of each buffer, and the note."""
_CHECKED_AT = 8
_LENGTH = struct.Struct("<Q")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is kept of a run of positions.

    Attributes:
        first: first position.
        stop: the last, exclusive.
        note: what the buffers are; who wrote it understands it.
        buffers: read-only, each begins at a multiple of 64 bytes.
    """

    first: int
    stop: int
    note: bytes
    buffers: tuple[Bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Where a record lies in its file, and what its head tells.

    Attributes:
        offset: of the head.
        size_bytes: of the whole record.
        boot: of the machine, when it was written.
        checksum: of the buffers.
        note: as in the record.
        spans: where each buffer begins and ends in the file.
    """

    first: int
    stop: int
    offset: int
    size_bytes: int
    boot: bytes
    checksum: int
    note: bytes
    spans: tuple[tuple[int, int], ...]

    def record(self, content: Bytes) -> Record:
        """Return the record out of the bytes of its file."""
        return Record(
            first=self.first,
            stop=self.stop,
            note=self.note,
            buffers=tuple(content[start:end] for start, end in self.spans),
        )

    def is_whole(self, content: Bytes) -> bool:
        """Tell whether the buffers are what was written, by their checksum."""
        return _checksum([content[start:end].data for start, end in self.spans]) == self.checksum


def pieces_of(
    first: int, stop: int, note: bytes, buffers: Sequence[memoryview], *, cost_s: float, boot: bytes
) -> list[bytes | memoryview]:
    """Make the bytes of a record, in pieces: nothing of the buffers is copied."""
    lengths = b"".join(_LENGTH.pack(len(buffer)) for buffer in buffers)
    head_bytes = _aligned(_HEAD.size + len(lengths) + len(note))
    total_bytes = head_bytes + sum(_aligned(len(buffer)) for buffer in buffers)
    head = _HEAD.pack(
        _MAGIC, 0, first, stop, cost_s, boot, _checksum(buffers), total_bytes, len(note), len(buffers)
    )  # fmt: skip
    head += lengths + note
    head = head[:4] + zlib.crc32(head[_CHECKED_AT:]).to_bytes(4, "little") + head[_CHECKED_AT:]
    pieces: list[bytes | memoryview] = [head.ljust(head_bytes, b"\0")]
    for buffer in buffers:
        pieces += [buffer, bytes(_aligned(len(buffer)) - len(buffer))]
    return [piece for piece in pieces if len(piece)]


def size_of(note: bytes, buffers: Sequence[memoryview]) -> int:
    """Return how many bytes a record takes."""
    head_bytes = _aligned(_HEAD.size + _LENGTH.size * len(buffers) + len(note))
    return head_bytes + sum(_aligned(len(buffer)) for buffer in buffers)


def entry_at(content: Bytes, offset: int, *, end: int) -> Entry | None:
    """Read the head of the record that begins at an offset; None where there is no whole one before `end`."""
    if offset + _HEAD.size > end:
        return None
    head = content[offset : offset + _HEAD.size].tobytes()
    magic, checksum, first, stop, _, boot, buffers_checksum, size_bytes, n_note, n_buffers = _HEAD.unpack(head)
    rest_at = offset + _HEAD.size
    note_at = rest_at + n_buffers * _LENGTH.size
    if magic != _MAGIC or offset + size_bytes > end or note_at + n_note > offset + size_bytes:
        return None
    rest = content[rest_at : note_at + n_note].tobytes()
    if zlib.crc32(rest, zlib.crc32(head[_CHECKED_AT:])) != checksum:
        return None
    spans, begin = [], offset + _aligned(note_at + n_note - offset)
    for index in range(n_buffers):
        (length,) = _LENGTH.unpack_from(rest, index * _LENGTH.size)
        spans.append((begin, begin + length))
        begin += _aligned(length)
    if begin != offset + size_bytes:
        return None
    return Entry(
        first=first, stop=stop, offset=offset, size_bytes=size_bytes, boot=boot, checksum=buffers_checksum,
        note=rest[n_buffers * _LENGTH.size :], spans=tuple(spans),
    )  # fmt: skip


def _checksum(buffers: Sequence[memoryview]) -> int:
    digest = xxhash.xxh3_64()
    for buffer in buffers:
        digest.update(buffer)
    return digest.intdigest()


def _aligned(n_bytes: int) -> int:
    return -(-n_bytes // ALIGN_BYTES) * ALIGN_BYTES
