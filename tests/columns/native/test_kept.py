"""Pieces kept for the next range."""

from __future__ import annotations

import numpy as np

from overproof.columns.layouts import NativeColumn
from overproof.columns.native.kept import KeptPieces


def piece(n_bytes: int) -> NativeColumn:
    return NativeColumn(values=np.zeros(n_bytes, np.uint8))


def test_what_was_not_used_longest_goes_first() -> None:
    """The limit holds for all pieces together; asking for one is using it."""
    kept = KeptPieces(limit_bytes=100)
    for name in "abc":
        kept.keep(name, piece(33))
    assert kept.get("a") is not None
    kept.keep("d", piece(33))
    assert [name for name in "abcd" if name in kept] == ["a", "c", "d"]


def test_the_newest_stays_whatever_its_size() -> None:
    """A basket larger than the limit is decompressed once, not once a range."""
    kept = KeptPieces(limit_bytes=100)
    kept.keep("small", piece(50))
    kept.keep("large", piece(500))
    assert "large" in kept
    assert "small" not in kept


def test_a_piece_that_comes_again_counts_once() -> None:
    """What takes the place of another does not push others out."""
    kept = KeptPieces(limit_bytes=100)
    kept.keep("other", piece(50))
    for _ in range(5):
        kept.keep("same", piece(50))
    assert "other" in kept
