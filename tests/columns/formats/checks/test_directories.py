"""The list of keys has no checksum: a bit in it never leads to another tree."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import uproot

from overproof.columns.formats.checks import directories
from overproof.columns.formats.checks.keys import Key
from overproof.columns.opening import open_reader
from overproof.records.dataset import FileSpec
from overproof.words.errors import OverproofError, ReadError


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three trees in a file, two of them of one name, and a histogram."""
    path = tmp_path_factory.mktemp("keys") / "keys.root"
    with uproot.recreate(path) as file:
        for value, name in enumerate(("Events", "Events", "Ovents")):
            file.mktree(name, {"x": "f8"})
            file[name].extend({"x": np.full(10, float(value))})
        file["histogram"] = np.histogram(np.arange(10))
    return path


def value(content: bytes, tmp_path: Path, tree: str = "Events") -> float:
    copy = tmp_path / "copy.root"
    copy.write_bytes(content)
    reader = open_reader(FileSpec(path=str(copy), tree=tree))
    found = float(reader.read(["x"], 0, 10)["x"][0])
    reader.close()
    return found


def test_every_bit_of_the_list(path: Path, tmp_path: Path) -> None:
    """Whatever bit of the list is turned over, and of the file's header and directory, the tree found is the one
    asked for, or there is an error of ours.
    """
    content = path.read_bytes()
    with uproot.open(path) as file:
        first, n_bytes = file.fSeekKeys, file.fNbytesKeys
    found: dict[object, int] = {}
    for at in [*range(4, 300, 3), *range(first, first + n_bytes)]:
        damaged = bytearray(content)
        damaged[at] ^= 1 << at % 8
        try:
            outcome: object = value(bytes(damaged), tmp_path)
        except OverproofError as error:
            outcome = type(error).__name__
        found[outcome] = found.get(outcome, 0) + 1
    assert set(found) <= {1.0, "ReadError", "DatasetError"}
    assert found["ReadError"] > 100


def test_a_list_of_uproot_3(path: Path, tmp_path: Path) -> None:
    """The list that uproot 3 wrote is read: the key in front of it tells no place, and four bytes of content."""
    content = bytearray(path.read_bytes())
    with uproot.open(path) as file:
        first = file.fSeekKeys
    (header_bytes,) = struct.unpack_from(">h", content, first + 14)
    struct.pack_into(">i", content, first, header_bytes + 4)
    struct.pack_into(">ii", content, first + 18, 0, 0)
    assert value(bytes(content), tmp_path) == 1.0


def test_directories_of_root_5() -> None:
    """ROOT 5 listed a `TDirectory` as a `TDirectoryFile`, four letters longer than the key says: it is the same one."""
    found = Key(n_bytes=111, object_bytes=60, header_bytes=51, cycle=1, seek=801, directory_seek=100,
                class_name=b"TDirectory", name=b"events", title=b"events", length=51)  # fmt: skip
    listed = replace(found, class_name=b"TDirectoryFile", length=55)
    assert directories._says_its_length(listed)
    assert directories._is_same(listed, found)
    assert not directories._is_same(replace(listed, seek=802), found)


def test_a_list_that_tells_fewer_keys(path: Path, tmp_path: Path) -> None:
    """A list with more keys in it than it tells is an error: the one not told might be the tree asked for."""
    content = bytearray(path.read_bytes())
    with uproot.open(path) as file:
        at = file.fSeekKeys + struct.unpack_from(">h", content, file.fSeekKeys + 14)[0]
    assert content[at : at + 4] == b"\0\0\0\4"
    content[at + 3] = 1
    with pytest.raises(ReadError, match="the list of keys holds more keys than it tells"):
        value(bytes(content), tmp_path)


def test_another_object_may_be_damaged(path: Path, tmp_path: Path) -> None:
    """The key of a histogram, or of another tree, may be destroyed: the tree asked for is read."""
    content = bytearray(path.read_bytes())
    with uproot.open(path) as file:
        places = [file.key("histogram").fSeekKey, file.key("Ovents").fSeekKey]
    for at in places:
        content[at : at + 60] = b"\xff" * 60
    assert value(bytes(content), tmp_path) == 1.0
    with pytest.raises(ReadError, match="'Ovents' does not lie where the list of keys says"):
        value(bytes(content), tmp_path, "Ovents")


def test_many_histograms_are_passed_over(tmp_path: Path) -> None:
    """A tree in a directory of a thousand objects is found, and its key checked."""
    path = tmp_path / "many.root"
    with uproot.recreate(path) as file:
        for number in range(600):
            file[f"text{number}"] = "nothing"
        file.mktree("t", {"x": "f8"})
        file["t"].extend({"x": np.zeros(10)})
    content = bytearray(path.read_bytes())
    assert value(bytes(content), tmp_path, "t") == 0.0
    with uproot.open(path) as file:
        at = file.key("t").fSeekKey
    content[at + 3] ^= 1
    with pytest.raises(ReadError, match="'t' does not lie where the list of keys says"):
        value(bytes(content), tmp_path, "t")
