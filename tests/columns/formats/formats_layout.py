"""Files of known layout, and copies of them with other bytes in one place."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot

from overproof.columns.formats import Reader
from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec

PIECE = 50
N_PIECES = 4

Patch = Callable[[Path, int, bytes], Reader]


def columns(piece: int) -> dict[str, Any]:
    """Give the columns of one basket or cluster of 50 entries."""
    counts = np.arange(PIECE) % 4
    return {
        "x": np.arange(PIECE * piece, PIECE * (piece + 1), dtype=np.float64),
        "n": np.full(PIECE, piece, dtype=np.int32),
        "jagged": ak.unflatten(np.arange(int(counts.sum()), dtype=np.float32), counts),
    }


@pytest.fixture(scope="session")
def trees(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A TTree `t` of four baskets a branch, by compression."""
    directory = tmp_path_factory.mktemp("compressed")
    compressions = {
        "none": None, "zlib": uproot.ZLIB(4), "lzma": uproot.LZMA(1), "lz4": uproot.LZ4(4), "zstd": uproot.ZSTD(4)
    }  # fmt: skip
    for name, compression in compressions.items():
        with uproot.recreate(directory / f"{name}.root", compression=compression) as file:
            file.mktree("t", {"x": "f8", "n": "i4", "jagged": "var * float32"})
            for piece in range(N_PIECES):
                file["t"].extend(columns(piece))
    return {name: directory / f"{name}.root" for name in compressions}


@pytest.fixture(scope="session")
def ntuple(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An RNTuple `t` of four clusters."""
    path = tmp_path_factory.mktemp("ntuple") / "ntuple.root"
    with uproot.recreate(path) as file:
        written = file.mkrntuple("t", ak.Array(columns(0)))
        for piece in range(1, N_PIECES):
            written.extend(ak.Array(columns(piece)))
    return path


@pytest.fixture
def patch(tmp_path: Path) -> Patch:
    """Open `t` of a copy of a file with other bytes in one place."""

    def patched(path: Path, at: int, new: bytes) -> Reader:
        content = bytearray(path.read_bytes())
        assert content[at : at + len(new)] != new
        content[at : at + len(new)] = new
        copy = tmp_path / "patched.root"
        copy.write_bytes(content)
        return open_reader(FileSpec(path=str(copy), tree="t"))

    return patched


def seek_of(path: Path, branch: str, number: int) -> tuple[int, int]:
    """Return where a basket lies, and the bytes of its key."""
    with uproot.open(path) as file:
        seek = int(file["t"][branch].member("fBasketSeek")[number])
    (key_bytes,) = struct.unpack_from(">h", path.read_bytes(), seek + 14)
    return seek, key_bytes


def flipped(path: Path, at: int, bit: int = 0) -> bytes:
    """Return a byte of a file with one bit turned over."""
    return bytes([path.read_bytes()[at] ^ 1 << bit])
