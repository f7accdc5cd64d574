"""The description of an RNTuple: anchor, header, footer and lists of pages, each with a checksum."""

from __future__ import annotations

import struct
from typing import Any

import xxhash
from uproot.models.RNTuple import PageLink

from overproof.columns.formats.checks.blocks import check_blocks
from overproof.columns.formats.damage import DamageError
from overproof.columns.formats.source import fetch

_ANCHOR = struct.Struct(">HHHHQQQQQQQ")
_ANCHOR_FIELDS = (
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
    packed = _ANCHOR.pack(*(int(members[name]) for name in _ANCHOR_FIELDS))
    _compare(xxhash.xxh3_64_intdigest(packed), int(ntuple._anchor_checksum), what="the anchor")
    _check_stored(ntuple, members["fSeekHeader"], members["fNBytesHeader"], members["fLenHeader"], what="the header")
    _check_stored(ntuple, members["fSeekFooter"], members["fNBytesFooter"], members["fLenFooter"], what="the footer")
    ntuple._prepare_header_chunk()
    _check_envelope(ntuple._header_chunk.raw_data, what="the header")
    ntuple._prepare_footer_chunk()
    _check_envelope(ntuple._footer_chunk.raw_data, what="the footer")
    if ntuple.footer.header_checksum != ntuple.header.checksum:
        raise DamageError("the footer belongs to another header")
    ntuple._page_list_envelopes = [_page_list(ntuple, each) for each in ntuple.footer.cluster_group_records]


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


def _page_list(ntuple: Any, record: Any) -> Any:
    link, locator = record.page_list_link, record.page_list_link.locator
    _check_stored(ntuple, locator.offset, locator.num_bytes, link.env_uncomp_size, what="a list of pages")
    chunk, cursor = ntuple.read_locator(locator, link.env_uncomp_size)
    _check_envelope(chunk.raw_data, what="a list of pages")
    pages = PageLink().read(chunk, cursor, {})
    if pages.header_checksum != ntuple.header.checksum:
        raise DamageError("a list of pages belongs to another header")
    return pages


def _check_stored(ntuple: Any, seek: int, n_stored: int, n_bytes: int, *, what: str) -> None:
    """Check the compressed blocks of a part of the description, so that decompressing it is safe."""
    if n_stored == n_bytes:
        return
    place = (int(seek), int(seek + n_stored))
    try:
        check_blocks(memoryview(fetch(ntuple.file.source, [place])[place]._raw_data), n_uncompressed=int(n_bytes))
    except DamageError as error:
        raise DamageError(f"{what} is damaged: {error}") from error


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
