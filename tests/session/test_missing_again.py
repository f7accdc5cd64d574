"""What a result lacks is processed again, and the two together are the whole, bit for bit."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path
from typing import Any

import hist
import numpy as np
import pytest

import overproof as op
from overproof.words.errors import InputError
from overproof.words.states import QueryState


class Weighted(op.Selector):
    """Outputs of every sort: exact sums, what takes its order from position, and what `terminate` makes of them."""

    def process(self, events: Any) -> dict[str, Any]:
        n = np.asarray(events.n)
        h = hist.Hist.new.Reg(7, 0, 10_000, name="n").Weight().fill(n, weight=np.cos(n) * 1e3 ** (n % 5))
        return {"h": h, "sum": float(np.sum(np.sin(n) / (1 + n))), "firsts": [int(n[0])], "n": len(n)}

    def terminate(self, outputs: dict[str, Any]) -> None:
        outputs["mean"] = outputs["sum"] / outputs["n"]


@pytest.fixture
def folder(numbers: str, tmp_path: Path) -> Path:
    """A copy of the two files, to be broken."""
    for path in sorted(Path(numbers.partition(":")[0]).parent.glob("*.root")):
        shutil.copy(path, tmp_path)
    return tmp_path


def same(one: op.Result, two: op.Result) -> bool:
    """Tell whether two results are equal to the last bit."""
    mine, its = one["h"].view(flow=True), two["h"].view(flow=True)
    return mine.tobytes() == its.tobytes() and all(one[key] == two[key] for key in ("sum", "firsts", "n", "mean"))


def spoil(path: Path) -> None:
    """Overwrite some bytes of a compressed basket in the middle of a file."""
    content = bytearray(path.read_bytes())
    place = content.index(b"ZL", len(content) // 3) + 40
    content[place : place + 8] = bytes(8)
    path.write_bytes(content)


@pytest.mark.parametrize("as_fileset", [False, True])
def test_a_file_that_was_not_there(folder: Path, as_fileset: bool) -> None:
    """The first result lacks a whole file; when it is back, only that is read, and the sum is the whole."""
    data = f"{folder}/f0.root:Events", f"{folder}/f1.root:Events"
    with op.Session("inline", progress=False) as session:
        whole = session.process(Weighted(), list(data), block_entries=1_000)
        (folder / "f0.root").rename(folder / "away")
        first = session.process(Weighted(), list(data), block_entries=1_000)
        assert first.account.files_unknown == 1
        (folder / "away").rename(folder / "f0.root")
        again = first.missing.as_fileset() if as_fileset else first.missing
        second = session.process(Weighted(), again, block_entries=1_000)
    assert second.account.total == 5_000
    for result in (first + second, second + first):
        assert same(result, whole)
        assert result.account == whole.account
        assert result.is_complete
        assert result.missing == result.excluded == ()
    assert not first.is_complete  # neither was changed
    assert first["n"] == second["n"] == 5_000


def test_a_spoiled_basket(folder: Path) -> None:
    """The first result lacks the blocks over a bad basket; the repaired file gives just these."""
    data, victim = f"{folder}/*.root:Events", folder / "f1.root"
    with op.Session("inline", progress=False) as session:
        whole = session.process(Weighted(), data, block_entries=1_000)
    good = victim.read_bytes()
    spoil(victim)
    with op.Session("inline", progress=False) as session:
        first = session.process(Weighted(), data, block_entries=1_000)
    assert 0 < first.account.missing < 5_000
    assert first.missing.dataset.files[0].steps == ()
    victim.write_bytes(good)
    with op.Session("inline", progress=False) as session:
        second = session.process(Weighted(), first.missing, block_entries=1_000)
    assert second.account.total == second.account.processed == first.account.missing
    assert same(first + second, whole)
    assert (first + second).account == whole.account


def test_what_cannot_be_merged(folder: Path) -> None:
    """The same block in both, another selector, and a partial result are refused with the reason."""
    data = f"{folder}/*.root:Events"
    with op.Session("inline", progress=False) as session:
        one = session.process(Weighted(), data, block_entries=1_000)
        with pytest.raises(InputError, match="nothing may be counted twice"):
            one.merge(one)
        with pytest.raises(InputError, match="different datasets"):
            one + session.process(Weighted(), f"{folder}/f0.root:Events", block_entries=1_000)
        with pytest.raises(InputError, match="different parameters"):
            one + session.process(Weighted(cut=5), data, block_entries=1_000)
        with pytest.raises(TypeError):
            one + 1  # type: ignore[operator]


def test_results_are_pickled_with_what_merging_needs(folder: Path) -> None:
    """A result that was stored can be merged later."""
    data = [f"{folder}/f0.root:Events", f"{folder}/f1.root:Events"]
    with op.Session("inline", progress=False) as session:
        whole = session.process(Weighted(), data, block_entries=1_000)
        (folder / "f0.root").rename(folder / "away")
        stored = pickle.dumps(session.process(Weighted(), data, block_entries=1_000))
        (folder / "away").rename(folder / "f0.root")
        first = pickle.loads(stored)
        result = first + session.process(Weighted(), first.missing, block_entries=1_000)
    assert same(result, whole)
    assert result.state is QueryState.FINISHED


class Picky(Weighted):
    """Fails on two entries, one in each file."""

    def process(self, events: Any) -> dict[str, Any]:
        if {1234, 7777} & set(np.asarray(events.n).tolist()):
            raise ValueError("not this one")
        return super().process(events)


def test_isolated_entries_stay_excluded_in_the_sum(folder: Path) -> None:
    """What either result excluded is excluded from the sum: outputs, account and ranges are those of one query."""
    data = [f"{folder}/f0.root:Events", f"{folder}/f1.root:Events"]
    with op.Session("inline", progress=False) as session:
        whole = session.process(Picky(), data, block_entries=1_000)
        (folder / "f0.root").rename(folder / "away")
        first = session.process(Picky(), data, block_entries=1_000)
        (folder / "away").rename(folder / "f0.root")
        second = session.process(Picky(), first.missing, block_entries=1_000)
    result = first + second
    assert [failed.first for failed in whole.excluded] == [1234, 2777]
    assert (len(first.excluded), len(second.excluded)) == (1, 1)
    assert same(result, whole)
    assert result.account == whole.account
    assert [(failed.file, failed.first) for failed in result.excluded] == [
        (failed.file, failed.first) for failed in whole.excluded
    ]
    assert result.excluded.dataset == whole.excluded.dataset
