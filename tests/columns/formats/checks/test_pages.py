"""Every checksum of an RNTuple is verified before what it covers is used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import awkward as ak
import pytest
import uproot
from formats_layout import Patch, flipped
from uproot.const import rntuple_index_types

from overproof.columns.files.damage import DamageError
from overproof.columns.formats.checks.blocks import check_blocks
from overproof.columns.formats.checks.pages import check_count
from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec
from overproof.words.errors import ReadError


def described(path: Path) -> Any:
    return uproot.open(path)["t"]


@pytest.mark.parametrize("part", ["Header", "Footer"])
def test_header_and_footer(ntuple: Path, patch: Patch, part: str) -> None:
    """A bit turned over in what describes the RNTuple is an error in phase open."""
    members = described(ntuple).all_members
    seek, n_bytes = int(members[f"fSeek{part}"]), int(members[f"fNBytes{part}"])
    for at in range(seek, seek + n_bytes, 7):
        if at != seek + 2:  # the version of the compression, which means nothing
            with pytest.raises(ReadError) as caught:
                patch(ntuple, at, flipped(ntuple, at, at % 8))
            assert caught.value.phase == "open"


def test_lists_of_pages(ntuple: Path, patch: Patch) -> None:
    """A bit turned over in a list of pages, which uproot takes as it comes, is an error in phase open."""
    for record in described(ntuple).footer.cluster_group_records:
        locator = record.page_list_link.locator
        for at in range(locator.offset, locator.offset + locator.num_bytes, 5):
            if at != locator.offset + 2:
                with pytest.raises(ReadError) as caught:
                    patch(ntuple, at, flipped(ntuple, at, at % 8))
                assert caught.value.phase == "open"


def test_anchor(ntuple: Path, patch: Patch) -> None:
    """A bit turned over in the anchor is an error in phase open."""
    with uproot.open(ntuple) as file:
        key = file.key("t")
    for at in range(key.fSeekKey + key.fKeylen + 6, key.fSeekKey + key.fNbytes, 3):
        with pytest.raises(ReadError):
            patch(ntuple, at, flipped(ntuple, at, at % 8))


def test_pages(shared_file: Callable[[str], Path], tmp_path: Path) -> None:
    """A bit turned over in a page, or in its checksum, costs that field alone, and is told with its place."""
    path = shared_file("ntpl001_staff_rntuple_v1-0-0-0.root")
    with uproot.open(path) as file:
        found = file["Staff"]
        number = next(each.idx for each in found.column_records
                      if found.field_records[each.field_id].field_name == "Age")  # fmt: skip
        (page,) = found.page_link_list[0][number].pages
    assert page.has_checksum
    start, content = int(page.locator.offset), path.read_bytes()
    for at in range(start, start + int(page.locator.num_bytes) + 8, 71):
        damaged = bytearray(content)
        damaged[at] ^= 1 << at % 8
        (tmp_path / "damaged.root").write_bytes(damaged)
        reader = open_reader(FileSpec(path=str(tmp_path / "damaged.root"), tree="Staff"))
        others = [name for name in reader.names if name != "Age"]
        assert len(reader.read(others, 0, 3_354)[others[0]]) == 3_354
        with pytest.raises(ReadError) as caught:
            reader.read(["Age"], 0, 3_354)
        assert caught.value.phase == "decode"
        assert caught.value.reason == (
            f"field Age: the file is damaged at bytes {start:,} to {start + int(page.locator.num_bytes) + 8:,} "
            "(a page): its checksum is wrong; copy it again"
        )
        reader.close()


def test_pages_must_have_the_entries_of_their_cluster() -> None:
    """Pages with more or fewer elements than the cluster has entries are refused."""
    pages = [SimpleNamespace(num_elements=30), SimpleNamespace(num_elements=20)]
    check_count(pages, 50, what="field x")
    for wrong in (49, 51):
        with pytest.raises(DamageError, match="field x: its pages hold 50 elements"):
            check_count(pages, wrong, what="field x")


def test_pages_without_checksums(tmp_path: Path) -> None:
    """Where pages have no checksum, ends of collections that go backwards are noticed still."""
    path = tmp_path / "bare.root"
    with uproot.recreate(path, compression=uproot.ZLIB(0)) as file:
        file.mkrntuple("t", {"jagged": ak.Array([[1.0, 2.0], [], [3.0]] * 40)})
    found = described(path)
    number = next(each.idx for each in found.column_records if each.type in rntuple_index_types)
    (page,) = found.page_link_list[0][number].pages
    assert not page.has_checksum
    content, at = bytearray(path.read_bytes()), int(page.locator.offset)
    content[at + 100 : at + 110] = b"\xff" * 10
    path.write_bytes(content)
    reader = open_reader(FileSpec(path=str(path), tree="t"))
    with pytest.raises(ReadError, match="the ends of its collections do not follow each other"):
        reader.read(["jagged"], 0, 120)


def test_blocks_must_add_up() -> None:
    """Compressed blocks that hold more or less than the object, end elsewhere, or are of no algorithm are refused."""
    block = b"ZL\x08" + (5).to_bytes(3, "little") + (9).to_bytes(3, "little") + b"12345"
    assert check_blocks(block + block, n_uncompressed=18)
    assert not check_blocks(block.replace(b"ZL", b"ZS"), n_uncompressed=9)
    wrong = [
        (block, 10),
        (block + b"6", 9),
        (block[:-1], 9),
        (block[:8], 9),
        (block.replace(b"ZL", b"ZQ"), 9),
        (b"", 9),
    ]
    for data, n_uncompressed in wrong:
        with pytest.raises(DamageError):
            check_blocks(data, n_uncompressed=n_uncompressed)
