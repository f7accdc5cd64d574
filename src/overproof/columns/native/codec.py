"""Compressed blocks into memory that is there already."""

from __future__ import annotations

import struct
from typing import Any, TypeAlias

import cramjam
import deflate
import numpy as np
import numpy.typing as npt
import xxhash
import zstandard

from overproof.columns.files.damage import DamageError, one_line

Octets: TypeAlias = npt.NDArray[np.uint8]

_HEADER = struct.Struct("<2sxHBHB")
"""Algorithm, version, bytes stored behind this and bytes inside, both as low 16 bits and high 8."""

_ALGORITHMS = frozenset({b"ZL", b"XZ", b"L4", b"ZS"})

_CHECKSUM_BYTES = 8
"""In front of an LZ4 block: its XXH64."""

_ERRORS = (cramjam.DecompressionError, deflate.DeflateError, zstandard.ZstdError, ValueError)


class Codec:
    """Decompresses blocks one by one; keeps tables and memory for the next.

    All libraries let other threads run meanwhile. Checksums of blocks (zlib, LZMA, LZ4) are verified. For one thread.

    Source: ROOT's core/zip/src/RZip.cxx.
    """

    def __init__(self) -> None:
        self._zstd = zstandard.ZstdDecompressor()
        self._scratch = np.empty(0, np.uint8)

    def unpack(self, data: bytes | memoryview, n_bytes: int) -> Octets:
        """Return what is inside of compressed blocks; it is overwritten by the next call.

        Args:
            data: the blocks, one behind the other.
            n_bytes: inside of them all.

        Raises:
            DamageError: they do not hold that.
        """
        view = memoryview(data)
        algorithm, n_stored, n_inside = _header(view, 0)
        if algorithm == b"ZL" and n_inside == n_bytes and len(view) == _HEADER.size + n_stored:
            return np.frombuffer(_zlib(view[_HEADER.size :], n_inside), np.uint8)
        if len(self._scratch) < n_bytes:
            self._scratch = np.empty(n_bytes, np.uint8)
        out = self._scratch[:n_bytes]
        self.unpack_into(view, out)
        return out

    def unpack_into(self, data: bytes | memoryview, out: Octets) -> None:
        """Decompress blocks into memory that they fill exactly.

        Raises:
            DamageError: they do not.
        """
        view = memoryview(data)
        at = done = 0
        while at < len(view):
            algorithm, n_stored, n_inside = _header(view, at)
            at += _HEADER.size
            if at + n_stored > len(view) or done + n_inside > len(out):
                raise DamageError("a compressed block is longer than its place")
            self._unpack_block(algorithm, view[at : at + n_stored], out[done : done + n_inside])
            at, done = at + n_stored, done + n_inside
        if done != len(out):
            raise DamageError(f"its compressed blocks hold {done:,} bytes and should hold {len(out):,}")

    def _unpack_block(self, algorithm: bytes, stored: memoryview, out: Octets) -> None:
        try:
            match algorithm:
                case b"ZS":
                    n_out = self._zstd_into(stored, out)
                case b"ZL":
                    out[:] = np.frombuffer(_zlib(stored, len(out)), np.uint8)
                    n_out = len(out)
                case b"L4":
                    n_out = _lz4_into(stored, out)
                case _:
                    n_out = cramjam.xz.decompress_into(stored, out.data)
        except _ERRORS as error:
            raise DamageError(f"a compressed block cannot be decompressed: {one_line(error)}") from error
        if n_out != len(out):
            raise DamageError(f"a compressed block holds {n_out:,} bytes and should hold {len(out):,}")

    def _zstd_into(self, stored: memoryview, out: Octets) -> int:
        reader = self._zstd.stream_reader(stored, read_size=len(stored))
        n_out = 0
        while n_out < len(out) and (n_more := reader.readinto(out[n_out:])):
            n_out += n_more
        # Whatever comes behind is too much; and asking for it has the end of the frame verified.
        return n_out + len(reader.read(1))


def _header(view: memoryview, at: int) -> tuple[bytes, int, int]:
    try:
        algorithm, n_low, n_high, inside_low, inside_high = _HEADER.unpack_from(view, at)
    except struct.error as error:
        raise DamageError("a compressed block does not begin as one") from error
    if algorithm not in _ALGORITHMS:
        raise DamageError("a compressed block does not begin as one")
    return algorithm, n_low + (n_high << 16), inside_low + (inside_high << 16)


def _zlib(stored: memoryview, n_inside: int) -> Any:
    try:
        found = deflate.zlib_decompress(stored, n_inside)
    except _ERRORS as error:
        raise DamageError(f"a compressed block cannot be decompressed: {one_line(error)}") from error
    if len(found) != n_inside:
        raise DamageError(f"a compressed block holds {len(found):,} bytes and should hold {n_inside:,}")
    return found


def _lz4_into(stored: memoryview, out: Octets) -> int:
    told = int.from_bytes(stored[:_CHECKSUM_BYTES], "big")
    if xxhash.xxh64_intdigest(stored[_CHECKSUM_BYTES:]) != told:
        raise DamageError("the checksum of a compressed block is wrong")
    return int(cramjam.lz4.decompress_block_into(stored[_CHECKSUM_BYTES:], out.data, output_len=len(out)))
