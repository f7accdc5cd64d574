"""Damaged pages cost the entries that need them, and are told with their place."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import uproot
from ntuples_of_root import DATA, N_ENTRIES, decoder, opened

from overproof.columns.files import LocalFile
from overproof.columns.files.damage import DamageError
from overproof.columns.layouts import PageColumn
from overproof.columns.native.pages import PageDecoder
from overproof.columns.native.pages.stored import Slot, StoredColumn
from overproof.words.errors import ReadError

CONTENT = (DATA / "encodings.root").read_bytes()


def pages_of(name: str) -> list[tuple[int, int]]:
    """Return where the pages of a field without lists lie, with their checksums."""
    layout = opened(DATA / "encodings.root")[0].layout
    column = layout.pages[layout.columns[name].columns[-1]]
    return [(seek, seek + size + 8) for seek, size in zip(column.seeks, column.sizes_bytes, strict=True)]


def damaged(tmp_path: Path, content: bytes) -> PageDecoder:
    """Read pages from other bytes than those that the file had when it was described."""
    path = tmp_path / "damaged.root"
    path.write_bytes(content)
    return PageDecoder(opened(DATA / "encodings.root")[0].layout, LocalFile(str(path)))


def test_a_flipped_bit(tmp_path: Path) -> None:
    """A bit turned over anywhere in a page, or its checksum, is found when an entry of the page is read, not before."""
    dice = random.Random(2)
    for start, stop in pages_of("f8_split")[1:4]:
        content = bytearray(CONTENT)
        content[dice.randrange(start, stop)] ^= 1 << dice.randrange(8)
        pages = damaged(tmp_path, content)
        pages.read(["f4_split"], 0, N_ENTRIES)
        pages.read(["f8_split"], 0, 1)
        with pytest.raises(ReadError) as caught:
            pages.read(["f8_split"], 0, N_ENTRIES)
        assert (caught.value.phase, caught.value.file) == ("decode", opened(DATA / "encodings.root")[0].layout.path)
        assert caught.value.reason == (
            f"field f8_split: the file is damaged at bytes {start:,} to {stop:,} (a page): its checksum is wrong; "
            "copy it again"
        )
        with pytest.raises(ReadError):
            pages.read(["f8_split"], 0, N_ENTRIES)


def test_a_file_cut_short(tmp_path: Path) -> None:
    """Pages that are not there are an error in phase read."""
    start, stop = pages_of("f8_split")[0]
    with pytest.raises(ReadError, match="cut short") as caught:
        damaged(tmp_path, CONTENT[: (start + stop) // 2]).read(["f8_split"], 0, 3)
    assert caught.value.phase == "read"


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A file whose pages have neither checksums nor compression: a field of numbers, and one of lists."""
    path = tmp_path / "bare.root"
    with uproot.recreate(path, compression=uproot.ZLIB(0)) as file:
        file.mkrntuple("t", {"x": np.arange(40.0), "lists": [[1.0] * (i % 3) for i in range(40)]})
    return path


def test_ends_that_go_backwards(bare: Path) -> None:
    """Ends of lists that do not follow each other are noticed where no checksum covers them."""
    layout = opened(bare)[0].layout
    column = layout.pages[layout.columns["lists"].columns[0]]
    content, at = bytearray(bare.read_bytes()), int(column.seeks[0])
    content[at + 80 : at + 88] = b"\xff" * 8
    bare.write_bytes(content)
    with pytest.raises(ReadError, match="field lists: the ends of its collections do not follow each other"):
        decoder(bare).read(["lists"], 0, 40)


def test_ends_behind_the_last_element(bare: Path) -> None:
    """Lists that go on behind the elements of their cluster are noticed, in whole and in part."""
    layout = opened(bare)[0].layout
    column = layout.pages[layout.columns["lists"].columns[0]]
    content, at = bytearray(bare.read_bytes()), int(column.seeks[0])
    content[at + 39 * 8 : at + 40 * 8] = (1000).to_bytes(8, "little")
    bare.write_bytes(content)
    assert len(decoder(bare).read(["lists"], 0, 39)["lists"]) == 39
    for first in (0, 39):
        with pytest.raises(ReadError, match=r"its pages hold 39 elements, and"):
            decoder(bare).read(["lists"], first, 40)


def column(*n_elements: int, **facts: object) -> StoredColumn:
    """Make a column of one cluster with pages of so many elements."""
    n_pages = len(n_elements)
    zeros = np.zeros(n_pages, np.int64)
    fields = {
        "encoding": 0x16, "n_bits": 64, "n_elements": np.asarray(n_elements, np.int64), "seeks": zeros,
        "sizes_bytes": zeros, "has_checksum": zeros.astype(np.bool_), "pages": np.asarray([0, n_pages]),
        "what": "field x",
    }  # fmt: skip
    return StoredColumn(0, PageColumn(**{**fields, **facts}))  # type: ignore[arg-type]  # of any fact


def test_pages_must_have_the_elements_of_their_cluster() -> None:
    """Pages with more or fewer elements than the cluster has are refused; a column may begin later, with zeros."""
    assert Slot(column(30, 20)).n_zeros(0, before=0, n_elements=50) == 0
    assert Slot(column(30, 20), first_element=107).n_zeros(0, before=100, n_elements=57) == 7
    assert Slot(column(), first_element=900).n_zeros(0, before=100, n_elements=57) == 57
    for wrong in (49, 51):
        with pytest.raises(DamageError, match="field x: its pages hold 50 elements"):
            Slot(column(30, 20)).n_zeros(0, before=0, n_elements=wrong)


def test_parts_of_pages() -> None:
    """Elements are found in their pages, however these are cut; pages without elements are passed over."""
    stored = column(3, 0, 1, 5)
    assert [each[:3] for each in stored.parts(0, 0, 9)] == [(0, 0, 3), (2, 0, 1), (3, 0, 5)]
    assert [each[:3] for each in stored.parts(0, 2, 5)] == [(0, 2, 3), (2, 0, 1), (3, 0, 1)]
    assert [each[:3] for each in stored.parts(0, 3, 4)] == [(2, 0, 1)]
    assert stored.parts(0, 4, 4) == []
