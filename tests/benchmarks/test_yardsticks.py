"""Yardsticks measure what they say: every byte that a question needs, once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import uproot
from benchmarks.peers.decompression import in_pieces, unpackers
from benchmarks.peers.parallel import shared
from benchmarks.peers.stored import Stored, blocks, stored
from benchmarks.samples import COMPRESSIONS

COLUMNS = ("MET_pt", "Jet_pt", "Muon_charge")


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_the_limit_decompresses_every_basket(piece: Callable[[str], Path], compression: str) -> None:
    """Of each basket of the columns as many bytes come out as uproot finds in it."""
    path = piece(compression)
    places = stored([str(path)], "Events", COLUMNS)
    with uproot.open({str(path): "Events"}) as tree:
        expected = {
            int(tree[name].member("fBasketSeek")[basket]): tree[name].basket_key(basket).fObjlen
            for name in COLUMNS
            for basket in range(tree[name].num_baskets)
        }
    data, unpack = path.read_bytes(), unpackers()
    found = {}
    for place in places:
        inside = 0
        for algorithm, block, n_bytes in blocks(memoryview(data)[place.seek : place.seek + place.size_bytes], 0):
            done = unpack[algorithm](block, n_bytes)
            assert done is None or (done if isinstance(done, int) else len(done)) == n_bytes
            inside += n_bytes
        found[place.seek] = inside
    assert found == expected


def test_baskets_are_shared_out_whole() -> None:
    """Pieces hold every basket once, in order, and none is much larger than the others."""
    places = [Stored(file=0, seek=number, size_bytes=900_000) for number in range(100)]
    pieces = in_pieces(places)
    assert [place for part in pieces for place in part] == places
    assert max(len(part) for part in pieces) == 5


def test_every_piece_of_work_is_done_once_by_somebody() -> None:
    """Processes take pieces until there is none, each of them once, and the clock runs forward."""

    def work(number: int, take: Callable[[], int | None]) -> tuple[int, list[int]]:
        return os.getpid(), list(iter(take, None))

    begun, ended, found = shared(2, lambda number: number, work, n_pieces=50)
    assert begun <= ended
    assert len({pid for pid, _ in found}) == 2
    assert sorted(number for _, numbers in found for number in numbers) == list(range(50))


def test_work_that_fails_is_no_measurement(capfd: pytest.CaptureFixture[str]) -> None:
    """A process that fails makes the whole fail."""

    def work(number: int, take: Callable[[], int | None]) -> None:
        raise ValueError(f"broken {number}")

    with pytest.raises(RuntimeError, match="has failed"):
        shared(2, lambda number: number, work, n_pieces=1)
    assert "broken" in capfd.readouterr().err
