"""The pages of an RNTuple: their checksums, sizes and counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xxhash
from uproot.source.chunk import Chunk

from overproof.columns.files.damage import DamageError
from overproof.columns.files.local import Range
from overproof.columns.formats.checks.blocks import check_blocks
from overproof.columns.formats.checks.envelopes import CHECKSUM_BYTES


def place_of(page: Any) -> Range:
    """Return where a page lies, with its checksum, which stands behind it."""
    start = int(page.locator.offset)
    return start, start + int(page.locator.num_bytes) + (CHECKSUM_BYTES if page.has_checksum else 0)


def check_page(page: Any, chunks: Mapping[Range, Chunk], *, n_bits: int, what: str) -> tuple[Range, Chunk]:
    """Verify the checksum of a page and the headers of its compressed blocks.

    Args:
        page: uproot's description of the page.
        chunks: what was fetched.
        n_bits: bits of an element, as stored.
        what: the column, for messages.

    Returns:
        Place and bytes of the page without its checksum.

    Raises:
        DamageError: it is not the page that was written.
    """
    place = place_of(page)
    chunk = chunks[place]
    start, n_stored = place[0], int(page.locator.num_bytes)
    data = memoryview(chunk._raw_data)
    if page.has_checksum:
        told = int.from_bytes(data[n_stored:], "little")
        if xxhash.xxh3_64_intdigest(data[:n_stored]) != told:
            raise DamageError(_said(place, what, "its checksum is wrong"))
    n_bytes = (int(page.num_elements) * n_bits + 7) // 8
    if n_stored > n_bytes:
        raise DamageError(_said(place, what, f"it is longer than its {page.num_elements:,} elements"))
    if n_stored < n_bytes:
        try:
            check_blocks(data[:n_stored], n_uncompressed=n_bytes)
        except DamageError as error:
            raise DamageError(_said(place, what, str(error))) from error
    return (start, start + n_stored), Chunk.wrap(chunk._source, chunk._raw_data[:n_stored], start=start)


def check_count(pages: Any, n_entries: int, *, what: str) -> None:
    """Check that the pages of a column with one element an entry have all entries of their cluster, and no more.

    Raises:
        DamageError: they do not.
    """
    n_elements = sum(int(page.num_elements) for page in pages)
    if n_elements != n_entries:
        raise DamageError(f"{what}: its pages hold {n_elements:,} elements, and the cluster has {n_entries:,} entries")


def check_ends(ends: Any, *, what: str) -> None:
    """Check that the ends of collections follow each other.

    Raises:
        DamageError: they do not.
    """
    if bool(np.any(ends[1:] < ends[:-1])):
        raise DamageError(f"{what}: the ends of its collections do not follow each other")


def _said(place: Range, what: str, why: str) -> str:
    return f"{what}: the file is damaged at bytes {place[0]:,} to {place[1]:,} (a page): {why}; copy it again"
