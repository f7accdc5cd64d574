"""The stored bytes of a tree, and of the description of classes, are checked before uproot sees them."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
import uproot
from formats_layout import Patch

from overproof.columns.files.damage import BytesError, DamageError, translated
from overproof.columns.formats.opening import open_by_uproot
from overproof.columns.formats.source import Refusals
from overproof.columns.formats.ttree import TTreeReader
from overproof.records.dataset import FileSpec
from overproof.words.errors import ReadError


def test_damaged_classes_harm_only_who_needs_them(trees: dict[str, Path], patch: Patch) -> None:
    """Where the description of the file's classes is damaged, columns of numbers are read, and asking for it fails."""
    path = trees["zlib"]
    with uproot.open(path) as file:
        at = file.file.fSeekInfo
    reader = patch(path, at, b"\xff\xff")
    assert reader.read(["x"], 0, 200)["x"].tolist() == list(range(200))
    opened = open_by_uproot(FileSpec(path=reader.path, tree="t"))
    assert isinstance(opened, TTreeReader)
    with pytest.raises(DamageError, match="the description of the file's classes is damaged: its key is damaged"):
        opened._tree.file.streamers  # noqa: B018 - asking is what fails


@pytest.mark.parametrize("change", [1, 2**24, -1])
def test_a_size_that_would_take_memory(trees: dict[str, Path], patch: Patch, change: int) -> None:
    """A key of a tree that tells another size than its stored bytes have is an error, in either of its twins."""
    path = trees["zlib"]
    content = path.read_bytes()
    with uproot.open(path) as file:
        key = file.key("t")
        twins = [int(key.fSeekKey), content.index(struct.pack(">i", key.fNbytes), file.fSeekKeys)]
    for at in twins:
        (n_bytes,) = struct.unpack_from(">i", content, at + 6)
        with pytest.raises(ReadError) as caught:
            patch(path, at + 6, struct.pack(">i", n_bytes + change))
        assert caught.value.phase == "open"


def test_places_that_are_refused() -> None:
    """Whoever touches a refused place is told why; neighbours are served."""
    refusals = Refusals()
    refusals.add((10, 20), "it is damaged")
    refusals.check(0, 10)
    refusals.check(20, 30)
    for place in ((0, 11), (19, 30), (12, 13)):
        with pytest.raises(DamageError, match="it is damaged"):
            refusals.check(*place)


def test_phases_come_from_what_is_done() -> None:
    """Damage keeps the phase of its place; bytes that do not come while arrays are made are of phase read."""
    for error, phase in ((DamageError("so"), "decode"), (BytesError("so"), "read"), (KeyError("so"), "decode")):
        with pytest.raises(ReadError) as caught, translated("f", "decode"):
            raise error
        assert (caught.value.phase, caught.value.file) == (phase, "f")
