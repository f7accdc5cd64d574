"""Elements of as many bits as no writer gives them are refused, whoever reads them."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import uproot
import xxhash
from ntuples_of_root import opened

from overproof.columns.layouts.widths import N_BITS, is_width
from overproof.columns.lean.doubt import DoubtError
from overproof.columns.native.pages.encodings import ENCODINGS
from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec
from overproof.words.errors import ReadError

SPLIT_REAL, TRUNCATED, QUANTIZED = 0x19, 0x1C, 0x1D
WRONG = [(QUANTIZED, 0), (QUANTIZED, 33), (QUANTIZED, 65), (TRUNCATED, 0), (TRUNCATED, 9), (TRUNCATED, 32), (0x0D, 0)]
"""Types of columns, and bits that they cannot have."""


def described_as(path: Path, encoding: int, n_bits: int) -> None:
    """Write a file of two fields, of which the first is said to be of some type; all its checksums are right."""
    with uproot.recreate(path, compression=uproot.ZLIB(0)) as file:
        file.mkrntuple("t", {"x": np.arange(40.0), "y": np.arange(40)})
    with uproot.open(path) as file:
        members, link = file["t"].all_members, file["t"].footer.cluster_group_records[0].page_list_link.locator
    content = bytearray(path.read_bytes())
    header, footer = ((members[f"fSeek{part}"], members[f"fNBytes{part}"]) for part in ("Header", "Footer"))
    at = content.index(struct.pack("<HHI", *_told(content), 0), header[0], sum(header))
    struct.pack_into("<HH", content, at, encoding, n_bits)
    before = bytes(content[sum(header) - 8 : sum(header)])
    after = _seal(content, *header)
    for seek, size in ((link.offset, link.num_bytes), footer):
        content[seek : seek + size] = content[seek : seek + size].replace(before, after)
        _seal(content, seek, size)
    path.write_bytes(content)


def _told(content: bytearray) -> tuple[int, int]:
    """Return type and bits of a column of doubles, as they were written."""
    return next((each, 64) for each in (0x0D, SPLIT_REAL) if struct.pack("<HHI", each, 64, 0) in content)


def _seal(content: bytearray, seek: int, size: int) -> bytes:
    """Write the checksum behind an envelope, and return it."""
    end = seek + size
    content[end - 8 : end] = struct.pack("<Q", xxhash.xxh3_64_intdigest(bytes(content[seek : end - 8])))
    return bytes(content[end - 8 : end])


@pytest.mark.parametrize(("encoding", "n_bits"), WRONG)
def test_columns_of_other_bits_are_damage(tmp_path: Path, encoding: int, n_bits: int) -> None:
    """A field whose elements cannot have the bits that the file tells is an error; others can be read."""
    path = tmp_path / "wrong.root"
    described_as(path, encoding, n_bits)
    with pytest.raises(DoubtError, match=f"a column of type {encoding:#x} with elements of {n_bits} bits"):
        opened(path)
    reader = open_reader(FileSpec(path=str(path), tree="t"))
    try:
        assert np.asarray(reader.read(["y"], 0, 40)["y"]).tolist() == list(range(40))
        with pytest.raises(ReadError, match=rf"field x: .* cannot have {n_bits} bits"):
            reader.read(["x"], 0, 40)
    finally:
        reader.close()


@pytest.mark.parametrize(("encoding", "n_bits"), [(QUANTIZED, 1), (QUANTIZED, 32), (TRUNCATED, 10), (TRUNCATED, 31)])
def test_columns_of_any_bits_that_can_be_are_read(tmp_path: Path, encoding: int, n_bits: int) -> None:
    """The first and the last count of bits that a type can have are no damage."""
    path = tmp_path / "right.root"
    described_as(path, encoding, n_bits)
    assert opened(path)[0].layout.pages[0].n_bits == n_bits


def test_whole_numbers_have_the_bits_of_their_type() -> None:
    """Numbers that are not packed have as many bits as in memory; of types that nobody knows nothing is told."""
    for number, encoding in ENCODINGS.items():
        if not encoding.packing:
            assert list(N_BITS[number]) == [8 * np.dtype(encoding.dtype).itemsize]
    assert set(N_BITS) >= set(ENCODINGS)
    assert is_width(0, 0x7F)
