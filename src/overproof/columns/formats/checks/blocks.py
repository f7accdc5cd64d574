"""Compressed blocks: their headers must add up to what the key says."""

from __future__ import annotations

import struct

from overproof.columns.files.damage import DamageError

_HEADER = struct.Struct("<2sxHBHB")
"""Algorithm, version, bytes stored behind this and bytes inside, both as low 16 bits and high 8."""

_ALGORITHMS = frozenset({b"ZL", b"XZ", b"L4", b"ZS"})
CHECKED = frozenset({b"ZL", b"XZ", b"L4"})
"""Algorithms whose blocks carry a checksum; it is verified when they are decompressed."""


def check_blocks(data: bytes | memoryview, *, n_uncompressed: int) -> bool:
    """Walk the headers of the blocks of one object; after this, decompressing it takes no more memory than it should.

    Args:
        data: everything behind the key.
        n_uncompressed: bytes of the object.

    Returns:
        Whether every block has a checksum.

    Raises:
        DamageError: unknown algorithm, or sizes that do not add up exactly.

    Source: ROOT's core/zip/src/RZip.cxx.
    """
    at = n_inside = 0
    has_checksum = True
    while at < len(data):
        try:
            algorithm, n_low, n_high, inside_low, inside_high = _HEADER.unpack_from(data, at)
        except struct.error as error:
            raise DamageError("a compressed block does not begin as one") from error
        if algorithm not in _ALGORITHMS:
            raise DamageError("a compressed block does not begin as one")
        has_checksum = has_checksum and algorithm in CHECKED
        n_inside += inside_low + (inside_high << 16)
        at += _HEADER.size + n_low + (n_high << 16)
    if at != len(data) or n_inside != n_uncompressed:
        raise DamageError(
            f"its compressed blocks hold {n_inside:,} bytes in {at:,}, "
            f"and should hold {n_uncompressed:,} in {len(data):,}"
        )
    return has_checksum
