"""The first page of a mapped file."""

from __future__ import annotations

import hashlib
import struct
import zlib

from overproof.store.mapped.file.uses import RING_BYTES, used_in_last_hour
from overproof.words.frozen import dataclass

HEADER_BYTES = 4096
DIGEST_BYTES = 32
MAX_LABEL_BYTES = 2048

MAGIC = b"overproof-mapped"
_FIXED = struct.Struct("<16s32sII")
"""Magic, digest of the key, length of the label, checksum of all three and of the label."""
STATE_AT = 64
STATE = struct.Struct("<QQdQQ")
"""What changes: whether it is gone, records, seconds that they cost, first position asked for, and the last."""
COMMITTED_AT = 128
COMMITTED = struct.Struct("<Q")
"""Where the last whole record ends; written last of all, in one piece."""
RING_AT = 256
LABEL_AT = HEADER_BYTES - MAX_LABEL_BYTES


def digest_of(key: str) -> bytes:
    """Return what stands for a key in the header and in the name of a file."""
    return hashlib.blake2b(key.encode("utf-8", "surrogateescape"), digest_size=DIGEST_BYTES).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the first page of a file tells.

    Attributes:
        digest: of the key.
        label: what is in the file, for people.
        is_gone: it was thrown away; who has it open lets go of it.
        n_records: whole records.
        cost_s: seconds that it took to get what is in them.
        first: least position that was ever asked for.
        stop: behind the greatest.
        committed_bytes: where the last whole record ends.
        asked: positions that were asked for in the last hour, whether there was something or not.
    """

    digest: bytes
    label: bytes
    is_gone: bool = False
    n_records: int = 0
    cost_s: float = 0.0
    first: int = 0
    stop: int = 0
    committed_bytes: int = HEADER_BYTES
    asked: int = 0

    @property
    def uses(self) -> float:
        """How often the whole was asked for in the last hour."""
        return self.asked / max(self.stop - self.first, 1)

    @property
    def score(self) -> float:
        """Seconds that a byte saves in an hour."""
        return self.cost_s * self.uses / self.committed_bytes


def new_page(digest: bytes, label: bytes) -> bytes:
    """Make the first page of a file without records."""
    label = label[:MAX_LABEL_BYTES]
    body = MAGIC + digest + label
    page = bytearray(HEADER_BYTES)
    _FIXED.pack_into(page, 0, MAGIC, digest, len(label), zlib.crc32(body))
    page[LABEL_AT : LABEL_AT + len(label)] = label
    COMMITTED.pack_into(page, COMMITTED_AT, HEADER_BYTES)
    return bytes(page)


def read_page(page: bytes, *, minute: int) -> Header | None:
    """Understand the first page of a file; None for what is none of ours, or damaged."""
    if len(page) < HEADER_BYTES:
        return None
    magic, digest, n_label, checksum = _FIXED.unpack_from(page, 0)
    label = page[LABEL_AT : LABEL_AT + min(n_label, MAX_LABEL_BYTES)]
    if magic != MAGIC or zlib.crc32(magic + digest + label) != checksum:
        return None
    is_gone, n_records, cost_s, first, stop = STATE.unpack_from(page, STATE_AT)
    (committed_bytes,) = COMMITTED.unpack_from(page, COMMITTED_AT)
    asked = used_in_last_hour(page[RING_AT : RING_AT + RING_BYTES], minute=minute)
    return Header(
        digest=digest,
        label=label,
        is_gone=bool(is_gone),
        n_records=n_records,
        cost_s=cost_s,
        first=first,
        stop=stop,
        committed_bytes=max(committed_bytes, HEADER_BYTES),
        asked=asked,
    )
