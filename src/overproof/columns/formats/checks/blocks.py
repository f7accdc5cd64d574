"""Compressed blocks: their headers must add up to what the key says."""

from __future__ import annotations

from overproof.columns.formats.damage import DamageError

_HEADER_BYTES = 9
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
        header = bytes(data[at : at + _HEADER_BYTES])
        if len(header) < _HEADER_BYTES or header[:2] not in _ALGORITHMS:
            raise DamageError("a compressed block does not begin as one")
        has_checksum = has_checksum and header[:2] in CHECKED
        n_inside += int.from_bytes(header[6:9], "little")
        at += _HEADER_BYTES + int.from_bytes(header[3:6], "little")
    if at != len(data) or n_inside != n_uncompressed:
        raise DamageError(
            f"its compressed blocks hold {n_inside:,} bytes in {at:,}, "
            f"and should hold {n_uncompressed:,} in {len(data):,}"
        )
    return has_checksum
