"""Whatever is wrong with a file, the way without uproot never tells more, or other things, than uproot does."""

from __future__ import annotations

import random
from pathlib import Path

import awkward as ak
import numpy as np
import pytest
import uproot
from trees_described import by_uproot, differences, lean, of_maps, said

from overproof.records.dataset import FileSpec
from overproof.words.errors import OverproofError

VECTORS = Path(__file__).parent / "data" / "vectors.root"
N_QUICK, N_LONG = 100, 3_000


@pytest.fixture(scope="module", params=["by uproot", "by ROOT"])
def intact(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree that is not compressed: nothing but its own numbers tells of damage."""
    if request.param == "by ROOT":
        return VECTORS
    path = tmp_path_factory.mktemp("doubts") / "intact.root"
    with uproot.recreate(path, compression=None) as file:
        file.mktree("t", {"number": "i8", "three": ("f8", (3,)), "jagged": "var * float32", "bit": "bool"})
        for _ in range(3):
            counts = np.arange(50) % 4
            columns = {"number": np.arange(50), "three": np.ones((50, 3)), "bit": np.arange(50) % 2 == 0}
            file["t"].extend({**columns, "jagged": ak.unflatten(np.zeros(counts.sum(), np.float32), counts)})
    return path


def places(path: Path) -> list[tuple[int, int]]:
    """Tell where the header, the list of keys and the tree lie; the tree counts most."""
    with uproot.open({str(path): None}) as file:
        key = file.key("t")
        keys = (file.fSeekKeys, file.fSeekKeys + file.fNbytesKeys)
        return [(0, 300), keys, *[(key.fSeekKey, key.fSeekKey + key.fNbytes)] * 10]


def damaged(content: bytes, where: list[tuple[int, int]], dice: random.Random) -> bytes:
    """Turn a bit over, or a byte into another, once or twice."""
    changed = bytearray(content)
    for _ in range(dice.choice((1, 1, 1, 2))):
        first, stop = dice.choice(where)
        at = dice.randrange(first, min(stop, len(changed)))
        changed[at] = changed[at] ^ (1 << dice.randrange(8)) if dice.random() < 0.7 else dice.randrange(256)
    return bytes(changed)


@pytest.mark.parametrize("number", [N_QUICK, pytest.param(N_LONG, marks=pytest.mark.nightly)])
def test_damaged_trees(intact: Path, tmp_path: Path, number: int) -> None:
    """Of damaged copies of a tree each is described as uproot describes it, or not at all; never where uproot fails."""
    dice = random.Random(number)
    content, where = intact.read_bytes(), places(intact)
    whole = lean(FileSpec(path=str(intact), tree="t"))
    assert whole is not None
    n_described = 0
    for index in range(number):
        path = tmp_path / f"{index}.root"
        path.write_bytes(damaged(content, where, dice))
        spec = FileSpec(path=str(path), tree="t")
        found = lean(spec)
        if found is not None:
            n_described += 1
            try:
                expected = by_uproot(spec)
                assert expected is not None
                # Nobody asks for a column without having asked for its type.
                expected.schema()
            except OverproofError as error:
                # Objects of known classes are understood without what the file tells of classes: no harm is done.
                if intact != VECTORS or list(of_maps("column", found.layout.columns, whole.layout.columns)):
                    pytest.fail(f"damage {index} is described, and uproot says: {error}")
                continue
            finally:
                path.unlink()
            assert not said(list(differences(found, expected))), f"damage {index}"
    assert 0.2 * number < n_described < 0.9 * number


@pytest.mark.parametrize("part", [0.0, 0.01, 0.1, 0.5, 0.9, 0.999])
def test_files_cut_short(intact: Path, tmp_path: Path, part: float) -> None:
    """What ends too early is left to uproot, which says so."""
    content = intact.read_bytes()
    path = tmp_path / "cut.root"
    path.write_bytes(content[: int(part * len(content))])
    found = lean(FileSpec(path=str(path), tree="t"))
    if found is not None:
        # The list of keys and the tree come before what was cut off.
        expected = by_uproot(FileSpec(path=str(path), tree="t"))
        assert expected is not None
        assert not said(list(differences(found, expected)))
    else:
        with pytest.raises(OverproofError):
            by_uproot(FileSpec(path=str(path), tree="t"))
