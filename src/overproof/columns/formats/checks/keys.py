"""The header in front of every object in a ROOT file, and what must be true of it."""

from __future__ import annotations

import struct

from overproof.columns.files.damage import DamageError
from overproof.words.frozen import dataclass

_FIXED = struct.Struct(">ihiIhh")
_SMALL = struct.Struct(">ii")
_BIG = struct.Struct(">qq")
BIG_VERSION = 1000
"""Added to the version of a key whose places take eight bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A TKey.

    Attributes:
        n_bytes: of the key and its object together, as stored.
        object_bytes: of the object, decompressed.
        header_bytes: of the key, as it says itself.
        cycle: of the name.
        seek: where in the file the key lies.
        directory_seek: where its directory lies.
        class_name: of the object.
        name: of the object.
        title: of the object.
        length: bytes of what was understood here; `header_bytes`, unless more follows that belongs to the key.

    Source: ROOT's TKey::Streamer.
    """

    n_bytes: int
    object_bytes: int
    header_bytes: int
    cycle: int
    seek: int
    directory_seek: int
    class_name: bytes
    name: bytes
    title: bytes
    length: int

    @property
    def is_compressed(self) -> bool:
        """Tell whether the object is stored in compressed blocks."""
        return self.n_bytes - self.header_bytes != self.object_bytes

    @property
    def is_plausible(self) -> bool:
        """Tell whether the sizes can be those of a key and an object."""
        return self.length <= self.header_bytes <= self.n_bytes and self.object_bytes >= 0


def parse_key(data: bytes | memoryview, at: int = 0) -> Key:
    """Understand the key that begins at `data[at]`.

    Raises:
        DamageError: the bytes end before it does.
    """
    try:
        n_bytes, version, object_bytes, _, header_bytes, cycle = _FIXED.unpack_from(data, at)
        places = _BIG if version > BIG_VERSION else _SMALL
        seek, directory_seek = places.unpack_from(data, at + _FIXED.size)
        end = at + _FIXED.size + places.size
        class_name, end = _string(data, end)
        name, end = _string(data, end)
        title, end = _string(data, end)
    except (struct.error, IndexError) as error:
        raise DamageError("no key is where one should be") from error
    return Key(
        n_bytes=n_bytes,
        object_bytes=object_bytes,
        header_bytes=header_bytes,
        cycle=cycle,
        seek=seek,
        directory_seek=directory_seek,
        class_name=class_name,
        name=name,
        title=title,
        length=end - at,
    )


def _string(data: bytes | memoryview, at: int) -> tuple[bytes, int]:
    """Read a string behind its length: one byte, or 255 and four more."""
    n_bytes, start = data[at], at + 1
    if n_bytes == 255:
        (n_bytes,) = struct.unpack_from(">i", data, start)
        start += 4
    if n_bytes < 0 or start + n_bytes > len(data):
        raise IndexError
    return bytes(data[start : start + n_bytes]), start + n_bytes
