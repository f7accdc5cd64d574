"""Pages are fetched together, decompressed once, and given back."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from itertools import pairwise

import numpy as np
import pytest
from ntuples_of_root import CLUSTERS, DATA, LISTS, N_ENTRIES, NUMBERS, as_lists, lists, opened

from overproof.columns.files import LocalFile, Range
from overproof.columns.native.kept import KeptPieces
from overproof.columns.native.pages import PageDecoder
from overproof.columns.native.pages import fetched as fetched_pages

NAMES = ("i4_split", "deeper", "list_split32")


class Asked:
    """A source of bytes that notes what it is asked for."""

    def __init__(self, file: LocalFile) -> None:
        self._file = file
        self.identity = file.identity
        self.requests: list[list[Range]] = []

    def read_all(self, ranges: Iterable[Range]) -> Mapping[Range, bytes | memoryview]:
        self.requests.append(list(ranges))
        return self._file.read_all(self.requests[-1])

    def announce(self, ranges: Iterable[Range]) -> None:
        """Take note of nothing."""

    def serves(self, identity: str) -> bool:
        return self._file.serves(identity)

    def close(self) -> None:
        self._file.close()


@pytest.fixture
def asked() -> Asked:
    """The bytes of `encodings.root`."""
    return Asked(LocalFile(str(DATA / "encodings.root")))


@pytest.fixture
def pages(asked: Asked) -> PageDecoder:
    """What reads the pages of `encodings.root`."""
    return PageDecoder(opened(DATA / "encodings.root")[0].layout, asked)


def test_whole_clusters_take_one_request(pages: PageDecoder, asked: Asked) -> None:
    """However deep lists are, all pages of whole clusters are fetched in one request, and each place once."""
    for first, stop in ((0, N_ENTRIES), CLUSTERS[1:3], (CLUSTERS[1], N_ENTRIES)):
        asked.requests.clear()
        pages.read(list(LISTS), first, stop)
        (request,) = asked.requests
        assert len(set(request)) == len(request)
        assert sorted(request) == sorted(set(pages.ranges(list(LISTS), first, stop)))


def test_cut_clusters_take_one_request_a_depth(pages: PageDecoder, asked: Asked) -> None:
    """Of a part of a cluster no page is fetched that has nothing of it: what is in lists waits for their ends."""
    pages.read(["deeper"], 20, 30)
    assert 1 < len(asked.requests) <= 4  # three depths of lists, and their numbers; equal pages are stored once
    few = pages.read_bytes
    whole = PageDecoder(opened(DATA / "encodings.root")[0].layout, asked)
    whole.read(["deeper"], *CLUSTERS[:2])
    assert few < whole.read_bytes / 2


def test_what_was_read_before_is_not_asked_for_again(pages: PageDecoder, asked: Asked) -> None:
    """Ranges one behind the other decompress each page once, wherever they are cut."""
    stops = sorted(random.Random(3).sample(range(1, N_ENTRIES), 40))
    for first, stop in pairwise([0, *stops, N_ENTRIES]):
        pages.read(list(NAMES), first, stop)
    at_once = PageDecoder(opened(DATA / "encodings.root")[0].layout, asked)
    at_once.read(list(NAMES), 0, N_ENTRIES)
    assert (pages.read_bytes, pages.n_decoded) == (at_once.read_bytes, at_once.n_decoded)


def test_any_order_of_ranges(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was asked for before changes nothing in what comes out, even where next to nothing is kept."""
    dice = random.Random(5)
    for limit_bytes in (1 << 20, 1000):
        monkeypatch.setattr(fetched_pages, "KeptPieces", lambda limit=limit_bytes: KeptPieces(limit_bytes=limit))
        pages = PageDecoder(opened(DATA / "encodings.root")[0].layout, asked)
        for _ in range(60):
            first = dice.randint(0, N_ENTRIES)
            stop = dice.randint(first, N_ENTRIES)
            found = pages.read(list(NAMES), first, stop)
            expected = np.asarray([NUMBERS["i4_split"][1](i) for i in range(first, stop)], np.int32)
            assert found["i4_split"].values.tolist() == expected.tolist()
            for name in NAMES[1:]:
                assert as_lists(lists(found[name])) == [LISTS[name][1](i) for i in range(first, stop)]


def test_lists_that_share_their_ends(pages: PageDecoder) -> None:
    """The ends of lists are read once for all fields that have them: the arrays are the very same."""
    found = pages.read(["list_split64", "same", "size"], 10, 290)
    assert found["list_split64"].offsets[0] is found["same"].offsets[0]
    assert found["size"].values.tolist() == np.diff(found["same"].offsets[0]).tolist()


def test_no_entries(pages: PageDecoder, asked: Asked) -> None:
    """For no entries nothing is read, and what comes out has the types of the fields."""
    found = pages.read([*LISTS, *NUMBERS], 7, 7)
    assert asked.requests == []
    for name, (dtype, _) in {**LISTS, **NUMBERS}.items():
        assert (len(found[name]), found[name].values.dtype) == (0, dtype)
        assert all(each.tolist() == [0] for each in found[name].offsets)


def test_guessed_ranges_lie_near(pages: PageDecoder, asked: Asked) -> None:
    """What is announced of a part of a cluster are pages of the columns that are read."""
    every = set(pages.ranges(["deeper"], 0, N_ENTRIES))
    guessed = set(pages.ranges(["deeper"], 60, 90))
    pages.read(["deeper"], 60, 90)
    read = {place for request in asked.requests for place in request}
    assert guessed < every
    assert len(guessed & read) > len(read) / 2
    assert pages.ranges(["deeper"], 5, 5) == []
