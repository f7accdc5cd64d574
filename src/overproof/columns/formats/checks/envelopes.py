"""The description of an RNTuple: anchor, header, footer and lists of pages, each with a checksum."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import xxhash
from uproot.models.RNTuple import PageLink

from overproof.columns.files.damage import DamageError
from overproof.columns.formats.checks.blocks import check_blocks
from overproof.columns.formats.source import fetch, holding

_ANCHOR = struct.Struct(">HHHHQQQQQQQ")
ANCHOR_FIELDS = (
    "fVersionEpoch", "fVersionMajor", "fVersionMinor", "fVersionPatch", "fSeekHeader", "fNBytesHeader", "fLenHeader",
    "fSeekFooter", "fNBytesFooter", "fLenFooter", "fMaxKeySize",
)  # fmt: skip
CHECKSUM_BYTES = 8


def check_description(ntuple: Any) -> None:
    """Verify everything that describes an RNTuple, each part before it is understood.

    uproot understands first and asserts later, and passes over the lists of pages.

    Args:
        ntuple: the RNTuple of uproot, just opened; afterwards it has its lists of pages.

    Raises:
        DamageError: a checksum or a size that is wrong.

    Source: ROOT's RNTuple binary format specification 1.0.
    """
    members = ntuple._members
    packed = _ANCHOR.pack(*(int(members[name]) for name in ANCHOR_FIELDS))
    _compare(xxhash.xxh3_64_intdigest(packed), int(ntuple._anchor_checksum), what="the anchor")
    with _held(ntuple, [(members[f"fSeek{part}"], members[f"fNBytes{part}"], members[f"fLen{part}"])
                        for part in ("Header", "Footer")]):  # fmt: skip
        ntuple._prepare_header_chunk()
        _check_envelope(ntuple._header_chunk.raw_data, what="the header")
        ntuple._prepare_footer_chunk()
        _check_envelope(ntuple._footer_chunk.raw_data, what="the footer")
    if ntuple.footer.header_checksum != ntuple.header.checksum:
        raise DamageError("the footer belongs to another header")
    links = [record.page_list_link for record in ntuple.footer.cluster_group_records]
    with _held(ntuple, [(each.locator.offset, each.locator.num_bytes, each.env_uncomp_size) for each in links]):
        ntuple._page_list_envelopes = [_page_list(ntuple, each) for each in links]


def check_clusters(ntuple: Any) -> None:
    """Check that clusters follow each other, and that a list of pages goes with each.

    Raises:
        DamageError: they do not.
    """
    end = 0
    for each in ntuple.cluster_summaries:
        if each.num_first_entry != end:
            raise DamageError(f"a cluster begins at entry {each.num_first_entry:,} instead of {end:,}")
        end += each.num_entries
    if len(ntuple.page_link_list) != len(ntuple.cluster_summaries):
        raise DamageError("there are not as many lists of pages as clusters")


def _page_list(ntuple: Any, link: Any) -> Any:
    chunk, cursor = ntuple.read_locator(link.locator, link.env_uncomp_size)
    _check_envelope(chunk.raw_data, what="a list of pages")
    pages = PageLink().read(chunk, cursor, {})
    if pages.header_checksum != ntuple.header.checksum:
        raise DamageError("a list of pages belongs to another header")
    return pages


def _held(ntuple: Any, stored: Sequence[tuple[int, int, int]]) -> holding:
    """Fetch parts of the description in one request, and check that decompressing them is safe.

    Args:
        ntuple: the RNTuple of uproot.
        stored: of each part its place, its bytes as stored, and its bytes.
    """
    source = ntuple.file.source
    places = [(int(seek), int(seek + n_stored)) for seek, n_stored, _ in stored]
    chunks = fetch(source, places) if places else {}
    for place, (_, n_stored, n_bytes) in zip(places, stored, strict=True):
        if n_stored != n_bytes:
            check_blocks(memoryview(chunks[place]._raw_data), n_uncompressed=int(n_bytes))
    return holding(source, chunks)


def _check_envelope(data: Any, *, what: str) -> None:
    """Verify the checksum at the end of an envelope, and the length at its start."""
    whole = memoryview(data)
    if len(whole) < 2 * CHECKSUM_BYTES or int.from_bytes(whole[2:8], "little") != len(whole):
        raise DamageError(f"{what} has not the length that it tells")
    told = int.from_bytes(whole[-CHECKSUM_BYTES:], "little")
    _compare(xxhash.xxh3_64_intdigest(whole[:-CHECKSUM_BYTES]), told, what=what)


def _compare(computed: int, told: int, *, what: str) -> None:
    if computed != told:
        raise DamageError(f"the checksum of {what} is {computed:016x}, and should be {told:016x}")
