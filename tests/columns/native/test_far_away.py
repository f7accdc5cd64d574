"""Baskets and pages that lie far away in a file are found: places need more than 32 bits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot
from agreement import check_tree, differing
from bits import bits_of_awkward

FAR = (2**31 - 300, 2**32 + 5, 2**33)
"""From where each further piece is written; a hole in the file takes no room on disk."""

PIECE = 100


def piece(number: int) -> dict[str, Any]:
    counts = np.arange(PIECE) % 3
    return {
        "x": np.arange(PIECE, dtype=np.float64) + number,
        "lists": ak.unflatten(np.arange(int(counts.sum()), dtype=np.float32) - number, counts),
    }


@pytest.mark.parametrize("format_", ["TTree", "RNTuple"])
@pytest.mark.parametrize("compression", ["zstd", "none"])
def test_far_pieces(tmp_path: Path, format_: str, compression: str) -> None:
    """Numbers before and behind 2, 4 and 8 GB are those that were written there."""
    path = tmp_path / "far.root"
    with uproot.recreate(path, compression=uproot.ZSTD(1) if compression == "zstd" else uproot.ZLIB(0)) as file:
        if format_ == "TTree":
            written = file.mktree("t", {"x": "f8", "lists": "var * float32"})
            written.extend(piece(0))
        else:
            written = file.mkrntuple("t", ak.Array(piece(0)))
        segments = file._cascading.freesegments.data
        for number, far in enumerate(FAR, start=1):
            segments.end = max(far, segments.end)
            written.extend(piece(number) if format_ == "TTree" else ak.Array(piece(number)))
    assert path.stat().st_size > FAR[-1]
    assert path.stat().st_blocks * 512 < 1_000_000
    found = check_tree(path, "t", seed=1)
    pieces = [piece(number) for number in range(len(FAR) + 1)]
    expected = {name: bits_of_awkward(ak.concatenate([ak.Array(each[name]) for each in pieces])) for name in pieces[0]}
    assert differing({name: found[name] for name in expected}, expected) == ""
