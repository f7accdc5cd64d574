"""A ROOT file: its header, its directories, and the object behind a key."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from overproof.columns.files import ByteSource, Range
from overproof.columns.formats.checks.blocks import check_blocks
from overproof.columns.formats.checks.directories import Listing, checked_keys
from overproof.columns.formats.checks.keys import Key, parse_key
from overproof.columns.lean.doubt import DoubtError
from overproof.records.dataset import USUAL_TREE
from overproof.words.frozen import dataclass

_SMALL = struct.Struct(">4siiiiiiiBiiiH16s")
_BIG = struct.Struct(">4siiqqiiiBiqiH16s")
_BIG_FILE_VERSION = 1_000_000
_SMALL_DIRECTORY = struct.Struct(">hIIiiiii")
_BIG_DIRECTORY = struct.Struct(">hIIiiqqq")
_BIG_DIRECTORY_VERSION = 1_000
_BEGIN_BYTES = 512
_TREES = frozenset({b"TTree", b"TNtuple", b"TNtupleD", b"ROOT::RNTuple"})
_DIRECTORY = b"TDirectory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A tree in a file.

    Attributes:
        name: path of the tree, without cycle.
        key: the key that leads to it.
    """

    name: str
    key: Key


class LeanFile:
    """An open ROOT file.

    Args:
        source: its bytes.

    Raises:
        DoubtError, and others of `NOT_UNDERSTOOD`: it is not surely understood.

    Source: ROOT's TFile::WriteHeader and TDirectoryFile::Streamer.
    """

    def __init__(self, source: ByteSource) -> None:
        self._source = source
        data = self._fetch([(0, _BEGIN_BYTES)])[0]
        fields = _SMALL.unpack_from(data)
        if fields[1] >= _BIG_FILE_VERSION:
            fields = _BIG.unpack_from(data)
        magic, _, self._begin, self._end, _, _, _, n_bytes_name, *_, self._uuid = fields
        if magic != b"root" or self._begin <= 0 or n_bytes_name <= 0:
            raise DoubtError("another header")
        self._top = self._listing(self._begin + n_bytes_name)

    @property
    def uuid(self) -> str:
        """The UUID of the file, as text."""
        digits = self._uuid.hex()
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def find(self, asked: str | None) -> Found:
        """Find a tree by its path, the highest cycle unless one is named; without a path, the only tree there is,
        or the usual one of several.

        Raises:
            DoubtError, and others of `NOT_UNDERSTOOD`: it is not there, or not surely.
        """
        if asked is None:
            return self._only()
        *folders, last = [part for part in asked.split("/") if part]
        listing = self._top
        for folder in folders:
            key = self._key(listing, folder)
            if not key.class_name.startswith(_DIRECTORY):
                raise DoubtError("no directory")
            listing = self._listing(key.seek + key.header_bytes)
        return Found(name="/".join((*folders, last.partition(";")[0])), key=self._key(listing, last))

    def _key(self, listing: Listing, asked: str) -> Key:
        name, _, cycle = asked.partition(";")
        keys = checked_keys(listing, self._fetch, asked=name)
        called = [key for key in keys if key.name == name.encode(errors="surrogateescape")]
        if cycle:
            called = [key for key in called if key.cycle == int(cycle)]
        if not called:
            raise DoubtError("no such key")
        return max(called, key=lambda key: key.cycle)

    def _only(self) -> Found:
        trees: dict[str, Key] = {}
        for path, key in self._walk(self._top, ""):
            if path not in trees or key.cycle > trees[path].cycle:
                trees[path] = key
        name = next(iter(trees)) if len(trees) == 1 else USUAL_TREE
        if name not in trees:
            raise DoubtError("several trees, or none")
        return Found(name=name, key=trees[name])

    def _walk(self, listing: Listing, above: str) -> Iterator[tuple[str, Key]]:
        """Give path and key of every tree in a directory and below."""
        for key in checked_keys(listing, self._fetch, asked=None):
            path = above + key.name.decode(errors="surrogateescape")
            if key.class_name in _TREES:
                yield path, key
            elif key.class_name.startswith(_DIRECTORY):
                yield from self._walk(self._listing(key.seek + key.header_bytes), f"{path}/")

    def _listing(self, at: int) -> Listing:
        """Read what a directory tells of its list of keys."""
        (data,) = self._fetch([(at, at + _BIG_DIRECTORY.size)])
        fields = _SMALL_DIRECTORY.unpack_from(data)
        if fields[0] > _BIG_DIRECTORY_VERSION:
            fields = _BIG_DIRECTORY.unpack_from(data)
        _, _, _, n_bytes, _, seek, _, seek_keys = fields
        return Listing(seek=seek_keys, n_bytes=n_bytes, directory_seek=seek, end=self._end)

    def object_of(self, key: Key) -> bytes:
        """Fetch, check and decompress what a key leads to.

        Raises:
            DoubtError, and others of `NOT_UNDERSTOOD`: it is not what the key tells.
        """
        start, stop = key.seek, key.seek + key.n_bytes
        if start <= 0 or stop <= start:
            raise DoubtError("no place")
        (data,) = self._fetch([(start, stop)])
        found = parse_key(data)
        is_here = (found.seek, found.n_bytes, found.class_name) == (start, len(data), key.class_name)
        if not is_here or len(data) != stop - start or not found.is_plausible or found.header_bytes != found.length:
            raise DoubtError("another key")
        stored = data[found.header_bytes :]
        if not found.is_compressed:
            return stored
        check_blocks(stored, n_uncompressed=found.object_bytes)
        from overproof.columns.native.codec import Codec

        return Codec().unpack(stored, found.object_bytes).tobytes()

    def _fetch(self, ranges: Sequence[Range]) -> list[bytes]:
        """Return ranges of bytes in one request, cut at the end of the file; what cannot be is empty."""
        wanted = [(start, min(stop, self._source.size_bytes)) for start, stop in ranges]
        found = self._source.read_all([each for each in wanted if 0 <= each[0] < each[1]])
        return [bytes(found.get(each, b"")) for each in wanted]
