"""Objects as ROOT streams them: byte counts, versions, and references to what came before."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from overproof.columns.lean.doubt import DoubtError

_COUNTED = struct.Struct(">IH")
_TAGGED = struct.Struct(">II")
_NAMED = struct.Struct(">IHHII")
_OBJECT = struct.Struct(">HII")
_NUMBER = struct.Struct(">i")
_SIZES = struct.Struct(">ii")

COUNTED = 0x40000000
"""A byte count has this bit."""

_COUNT_BITS = 0x3FFFFFFF
_NEW_CLASS = 0xFFFFFFFF
_IS_CLASS = 0x80000000
IS_REFERENCED = 0x10
_MAP_OFFSET = 2
"""References count from 2 on, as 0 means nothing and 1 the object itself."""

FEATURES_CHECKSUM = 0x1AA12F10
"""Of the class ROOT::TIOFeatures, in place of a version."""

ARRAY_VERSION = 3
ARRAY = "IHHIIBii"
"""Byte count and version of a TObjArray; what a TObject has; length of its name; how many objects, lower bound."""

OBJECT_ARRAY_BYTES = struct.calcsize(f">{ARRAY}")


@dataclass(slots=True)
class Streamed:
    """The bytes of one object, read from front to back; every byte count must fit.

    Attributes:
        data: the object, decompressed.
        key_bytes: of the key in front of it; references count from there.
        classes: names of classes seen, by reference.
        objects: where objects seen begin, by reference.

    Source: ROOT's TBufferFile::ReadObjectAny and ReadVersion.
    """

    data: bytes
    key_bytes: int
    classes: dict[int, str] = field(default_factory=dict)
    objects: dict[int, int] = field(default_factory=dict)

    def counted(self, at: int) -> tuple[int, int, int]:
        """Read a byte count and a version; return the version, where its content begins, and where it ends."""
        count, version = _COUNTED.unpack_from(self.data, at)
        stop = at + 4 + (count & _COUNT_BITS)
        if count & ~_COUNT_BITS != COUNTED or stop > len(self.data):
            raise DoubtError("no byte count")
        return version, at + 6, stop

    def skipped(self, at: int, n_bytes: int, versions: tuple[int, ...]) -> int:
        """Return the end of something with a byte count of which only length and version are looked at."""
        told, start, stop = self.counted(at)
        if stop - start != n_bytes or told not in versions:
            raise DoubtError("another length or version")
        return stop

    def text(self, at: int) -> tuple[str, int]:
        """Read a string behind its length; return where it ends too."""
        data = self.data
        n_bytes, start = data[at], at + 1
        if n_bytes == 255:
            (n_bytes,) = _NUMBER.unpack_from(data, start)
            start += 4
        stop = start + n_bytes
        if not start <= stop <= len(data):
            raise DoubtError("a text without end")
        return str(data[start:stop], "utf-8", "surrogateescape"), stop

    def named(self, at: int) -> tuple[str, str, int]:
        """Read a TNamed; return name, title, and where it ends."""
        return self.texts(at + _NAMED.size, *_NAMED.unpack_from(self.data, at))

    def texts(self, at: int, count: int, version: int, of_object: int, _: int, bits: int) -> tuple[str, str, int]:
        """Read name and title of a TNamed behind its numbers; return where it ends too."""
        if version != 1 or of_object != 1 or bits & IS_REFERENCED:
            raise DoubtError("another TNamed")
        name, end = self.text(at)
        title, end = self.text(end)
        if count != COUNTED | (end - at + _NAMED.size - 4):
            raise DoubtError("a TNamed of another length")
        return name, title, end

    def list_of(self, at: int, *, version: int) -> tuple[int, int, int]:
        """Read what stands in front of the objects of a TObjArray or TList.

        Returns:
            How many they are, where they begin, and where they end.
        """
        told, start, stop = self.counted(at)
        of_object, _, bits = _OBJECT.unpack_from(self.data, start)
        if told != version or of_object != 1 or bits & IS_REFERENCED:
            raise DoubtError("another list")
        _, start = self.text(start + _OBJECT.size)
        if version == ARRAY_VERSION:
            n_objects, lower = _SIZES.unpack_from(self.data, start)
            start += _SIZES.size
        else:
            (n_objects,), lower = _NUMBER.unpack_from(self.data, start), 0
            start += _NUMBER.size
        if n_objects < 0 or lower or start > stop:
            raise DoubtError("a list of another size")
        return n_objects, start, stop

    def entered(self, at: int) -> tuple[str, int, int]:
        """Begin an object that tells its class.

        Returns:
            The class, where its content begins, and where it ends.
        """
        count, tag = _TAGGED.unpack_from(self.data, at)
        start, stop = at + _TAGGED.size, at + 4 + (count & _COUNT_BITS)
        if count & ~_COUNT_BITS != COUNTED or stop > len(self.data) or not tag & _IS_CLASS:
            raise DoubtError("no object")
        if tag == _NEW_CLASS:
            end = self.data.index(b"\0", start)
            name = self.data[start:end].decode("ascii")
            self.classes[at + 4 + self.key_bytes + _MAP_OFFSET] = name
            start = end + 1
        else:
            name = self.classes[tag & ~_IS_CLASS]
        self.objects[at + self.key_bytes + _MAP_OFFSET] = at
        return name, start, stop

    def is_nothing(self, at: int) -> bool:
        """Tell whether a pointer leads to nothing."""
        return self.data[at : at + 4] == bytes(4)
