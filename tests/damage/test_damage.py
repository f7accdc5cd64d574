"""Damaged files give their numbers or an error: never other numbers, a crash, or a hang."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import awkward as ak
import numpy as np
import pytest
import uproot
from campaign import Judge, Sample, Tally, run, table

SAMPLES = {
    "TTree, zlib": ("uproot-HZZ.root", "events"),
    "TTree, lzma": ("uproot-HZZ-lzma.root", "events"),
    "TTree, lz4": ("uproot-HZZ-lz4.root", "events"),
    "TTree, zstd": ("uproot-HZZ-zstd.root", "events"),
    "TTree, uncompressed": ("uproot-HZZ-uncompressed.root", "events"),
    "RNTuple, zstd": ("Run2012BC_DoubleMuParked_Muons_1000evts_rntuple_v1-0-0-0.root", "Events"),
    "RNTuple, zstd, flat": ("ntpl001_staff_rntuple_v1-0-0-0.root", "Staff"),
}
QUICK = {
    **SAMPLES,
    "TTree, zlib": ("uproot-Zmumu.root", "events"),
    "TTree, lzma": ("uproot-Zmumu-lzma.root", "events"),
    "TTree, zstd": ("uproot-Zmumu-zstd.root", "events"),
}
WHOLLY_CHECKED = ("TTree, zlib", "TTree, lzma", "RNTuple, zstd")
"""Files in which everything has a checksum; that of lz4 has baskets that were not worth compressing."""

BY_UPROOT = "RNTuple, zstd, pages without checksums (uproot)"


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge() as judge:
        yield judge


def sample_of(title: str, names: tuple[str, str], shared_file: Callable[[str], Path]) -> Sample:
    return Sample(title=title, path=shared_file(names[0]), tree=names[1])


def written_by_uproot(directory: Path) -> Sample:
    """Write an RNTuple; uproot gives its pages no checksums."""
    dice = np.random.default_rng(5)
    counts = dice.integers(0, 4, 2_000)
    columns = {
        "x": dice.normal(size=2_000),
        "number": np.arange(2_000),
        "jagged": ak.unflatten(dice.normal(size=int(counts.sum())).astype(np.float32), counts),
    }
    with uproot.recreate(directory / "ntuple.root", compression=uproot.ZSTD(5)) as file:
        file.mkrntuple("t", columns)
    return Sample(title=BY_UPROOT, path=directory / "ntuple.root", tree="t")


def assert_nothing_is_lost(tally: Tally) -> None:
    assert tally.bad == []
    assert tally.outcomes["reported"] > 0


@pytest.mark.parametrize("title", [title for title in QUICK if "flat" not in title])
def test_dozens_of_damages(title: str, judge: Judge, shared_file: Callable[[str], Path], tmp_path: Path) -> None:
    """Of dozens of damaged copies of a file none gives other numbers, except by bits over which the format has no
    checksum; whatever is wrong is an error of ours.
    """
    sample = sample_of(title, QUICK[title], shared_file)
    number = 40 if "HZZ" in sample.path.name else 60  # it has more branches to read than the others
    tally = run(sample, judge, tmp_path, seed=1, number=number)
    assert_nothing_is_lost(tally)
    if title in WHOLLY_CHECKED:
        assert tally.outcomes["bare"] == 0


@pytest.mark.nightly
@pytest.mark.parametrize("title", [*SAMPLES, BY_UPROOT])
def test_a_thousand_damages(
    title: str,
    judge: Judge,
    shared_file: Callable[[str], Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The same for a thousand damages of each format and compression; prints the table of the documentation."""
    sample = written_by_uproot(tmp_path) if title == BY_UPROOT else sample_of(title, SAMPLES[title], shared_file)
    tally = run(sample, judge, tmp_path, seed=2, number=1_000)
    with capsys.disabled():
        print(f"\n{table([(sample, tally)])}\n", flush=True)
    assert_nothing_is_lost(tally)
