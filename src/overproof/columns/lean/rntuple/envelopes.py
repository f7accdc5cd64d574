"""What describes an RNTuple, as bytes: its anchor, and envelopes with a checksum each."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import xxhash

from overproof.columns.files import ByteSource, Range
from overproof.columns.files.damage import DamageError
from overproof.columns.lean.doubt import DoubtError
from overproof.columns.native.codec import Codec
from overproof.words.frozen import dataclass

_ANCHOR = struct.Struct(">4H7Q")
_ANCHOR_HEADER_BYTES = 6
"""In front of an anchor: how many bytes follow, and the version of its class."""

_COUNT_FLAG = 0x40000000
_CLASS_VERSION = 2
CHECKSUM_BYTES = 8
HEADER, FOOTER, PAGE_LIST = 1, 2, 3
_NAMES = {HEADER: "the header", FOOTER: "the footer", PAGE_LIST: "a list of pages"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Where an envelope lies.

    Attributes:
        seek: its first byte in the file.
        n_stored: bytes as stored.
        n_bytes: bytes.
    """

    seek: int
    n_stored: int
    n_bytes: int

    @property
    def place(self) -> Range:
        """Return its first byte and its last (exclusive)."""
        return self.seek, self.seek + self.n_stored


def parse_anchor(data: bytes | memoryview) -> tuple[Part, Part]:
    """Return where header and footer lie.

    Args:
        data: the object that is stored under the name of the RNTuple, decompressed.

    Raises:
        DamageError: its checksum is wrong.
        DoubtError: an anchor of another version.

    Source: ROOT's RNTuple binary format specification 1.0, anchor schema.
    """
    n_bytes = _ANCHOR_HEADER_BYTES + _ANCHOR.size
    # Neither the number itself nor the checksum are counted.
    if len(data) != n_bytes + CHECKSUM_BYTES or int.from_bytes(data[:4], "big") != _COUNT_FLAG | (n_bytes - 4):
        raise DoubtError("an anchor of another length")
    if int.from_bytes(data[4:_ANCHOR_HEADER_BYTES], "big") != _CLASS_VERSION:
        raise DoubtError("an anchor of another version of its class")
    fields = bytes(data[_ANCHOR_HEADER_BYTES:-CHECKSUM_BYTES])
    compare(xxhash.xxh3_64_intdigest(fields), int.from_bytes(data[-CHECKSUM_BYTES:], "big"), what="the anchor")
    return anchored(_ANCHOR.unpack(fields))


def anchored(members: Sequence[int]) -> tuple[Part, Part]:
    """Return where header and footer lie, from the members of an anchor in their order.

    Raises:
        DoubtError: an anchor of another version.
    """
    epoch, major, _, _, *places, _ = members
    if (epoch, major) != (1, 0):
        raise DoubtError(f"version {epoch}.{major}")
    header, footer = (Part(seek=seek, n_stored=n_stored, n_bytes=n_bytes)
                      for seek, n_stored, n_bytes in (places[:3], places[3:]))  # fmt: skip
    return header, footer


def read_envelopes(source: ByteSource, parts: Sequence[tuple[Part, int]]) -> list[memoryview]:
    """Fetch envelopes in one request, decompress and verify them; each is returned without its checksum.

    Args:
        source: the bytes of the file.
        parts: where each lies, and of what kind it is.

    Raises:
        DamageError: an envelope that is not the one that was written.
        BytesError: the file is shorter, or has changed.
        OSError: the bytes do not come.
    """
    found = source.read_all([part.place for part, _ in parts]) if parts else {}
    return [_opened(found[part.place], part, kind) for part, kind in parts]


def checksum_of(envelope: memoryview) -> int:
    """Return the checksum that stands behind a verified envelope."""
    return xxhash.xxh3_64_intdigest(envelope)


def compare(computed: int, told: int, *, what: str) -> None:
    """Compare a checksum with what it should be.

    Raises:
        DamageError: it is another.
    """
    if computed != told:
        raise DamageError(f"the checksum of {what} is {computed:016x}, and should be {told:016x}")


def _opened(data: bytes | memoryview, part: Part, kind: int) -> memoryview:
    what = _NAMES[kind]
    if part.n_stored != part.n_bytes:
        data = Codec().unpack(data, part.n_bytes).data
    whole = memoryview(data)
    if len(whole) < 2 * CHECKSUM_BYTES or int.from_bytes(whole[2:8], "little") != len(whole):
        raise DamageError(f"{what} has not the length that it tells")
    told = int.from_bytes(whole[-CHECKSUM_BYTES:], "little")
    compare(xxhash.xxh3_64_intdigest(whole[:-CHECKSUM_BYTES]), told, what=what)
    if int.from_bytes(whole[:2], "little") != kind:
        raise DamageError(f"{what} is an envelope of another kind")
    return whole[:-CHECKSUM_BYTES]
