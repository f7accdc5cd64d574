"""A query over a damaged file loses the blocks that it must lose, and its sums are those of all others."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import uproot

import overproof as op
from overproof.words.errors import DatasetError

PIECE = 1_000
N_PIECES = 6


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A TTree of six baskets a branch; one bit is wrong in the fourth basket of `x`."""
    path = tmp_path / "damaged.root"
    with uproot.recreate(path, compression=uproot.ZLIB(1)) as file:
        file.mktree("t", {"x": "f8", "n": "i8"})
        for piece in range(N_PIECES):
            entries = np.arange(piece * PIECE, (piece + 1) * PIECE)
            file["t"].extend({"x": entries.astype(np.float64), "n": entries})
    with uproot.open(path) as file:
        seek = int(file["t"]["x"].member("fBasketSeek")[3])
    content = bytearray(path.read_bytes())
    (key_bytes,) = struct.unpack_from(">h", content, seek + 14)
    content[seek + key_bytes + 50] ^= 8
    path.write_bytes(content)
    return path


def total(name: str) -> object:
    def selector(events: op.Events) -> dict[str, int]:
        return {"sum": int(np.asarray(events[name]).astype(np.int64).sum())}

    return selector


@pytest.mark.parametrize("block_entries", [500, PIECE, 2 * PIECE])
def test_blocks_of_the_bad_basket_are_missing(path: Path, block_entries: int) -> None:
    """What is missing is the blocks that overlap the basket, in phase decode; the sum is that of all other entries."""
    first, stop = (PIECE * 3) // block_entries * block_entries, 4 * PIECE
    with op.Session("inline") as session:
        result = session.process(total("x"), f"{path}:t", block_entries=block_entries)
        complete = session.process(total("n"), f"{path}:t", block_entries=block_entries)
    assert (result.account.missing, result.account.total) == (stop - first, N_PIECES * PIECE)
    assert min(gap.first for gap in result.missing) == first
    assert max(gap.stop or 0 for gap in result.missing) == stop
    assert {gap.phase for gap in result.missing} == {"decode"}
    assert "the file is damaged at bytes" in result.missing[0].reason
    everything = N_PIECES * PIECE * (N_PIECES * PIECE - 1) // 2
    assert result["sum"] == everything - sum(range(first, stop))
    assert (complete["sum"], complete.account.missing) == (everything, 0)


def test_another_checksum_costs_the_file(path: Path) -> None:
    """A file with another checksum than told is not read when that is to be verified, and is otherwise."""
    with op.Session("inline") as session:
        for checksum in (f"adler32:{zlib.adler32(path.read_bytes()):08x}", "adler32:12345678"):
            fileset = {"d": {"files": {str(path): {"object_path": "t", "checksum": checksum}}}}
            careless = session.process(total("n"), fileset)
            assert careless.missing == ()
            if checksum != "adler32:12345678":
                assert session.process(total("n"), fileset, verify=True)["sum"] == careless["sum"]
            else:
                with pytest.raises(DatasetError, match="and should be 12345678: copy it again; nothing was read"):
                    session.process(total("n"), fileset, verify=True)
