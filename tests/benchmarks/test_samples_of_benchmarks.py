"""Samples are what they say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import uproot
from benchmarks.samples import COMPRESSIONS, Sample
from benchmarks.samples.generated import generated
from benchmarks.samples.resampled import Pool
from benchmarks.samples.rounding import coarse

COLLECTIONS = ("Muon", "Electron", "Jet")


@pytest.mark.parametrize("bits", [6, 10, 12])
def test_coarse_numbers_are_near_and_end_in_zeros(bits: int) -> None:
    """A rounded number is off by at most half of its last bit, and has no bits behind that."""
    values = np.random.default_rng(1).lognormal(3.0, 2.0, 10_000).astype(np.float32)
    rounded = coarse(values, bits)
    assert np.all(abs(rounded - values) <= values * 2.0 ** -(bits + 1) * 1.000001)
    assert np.all(rounded.view(np.uint32) & ((1 << (23 - bits)) - 1) == 0)


def test_generated_events_are_the_same_every_time_and_others_for_other_seeds() -> None:
    """The seed decides."""
    one, same, other = (generated(seed=seed, first=0, n_events=500) for seed in (5, 5, 6))
    assert all(np.array_equal(one[name], same[name]) for name in one)
    assert not np.array_equal(one["MET_pt"], other["MET_pt"])


def test_a_collection_is_as_long_as_its_counter_says() -> None:
    """Counters tell the lengths of all columns of their collection, and jets come hardest first."""
    columns = generated(seed=1, first=0, n_events=2_000)
    for collection in COLLECTIONS:
        lengths = {len(values) for name, values in columns.items() if name.startswith(f"{collection}_")}
        assert lengths == {int(columns[f"n{collection}"].sum())}
    ends = np.cumsum(columns["nJet"])[:-1]
    falls = np.diff(columns["Jet_pt"]) <= 0
    assert np.all(falls | np.isin(np.arange(1, len(columns["Jet_pt"])), ends))


def test_resampled_events_have_the_shape_of_real_ones(shared_file: Callable[[str], Path]) -> None:
    """Every event has as many particles as some real event, and charges and b-tags that are in the real files."""
    path = shared_file("nano_dy.root")
    found = Pool(path.parent, [path.name]).resampled(seed=3, first=0, n_events=1_000)
    with uproot.open({str(path): "Events"}) as tree:
        counts = [tree[f"n{collection}"].array(library="np") for collection in COLLECTIONS]
        real_counts = set(zip(*(each.tolist() for each in counts), strict=True))
        tags = np.concatenate([np.asarray(each) for each in tree["Jet_btagDeepFlavB"].array()])
        real_tags = set(coarse(tags, 10).tolist())
    resampled = zip(*(found[f"n{collection}"].tolist() for collection in COLLECTIONS), strict=True)
    assert set(resampled) <= real_counts
    assert set(found["Jet_btagDeepFlavB"].tolist()) <= real_tags


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_a_piece_is_written_in_its_compression(piece: Callable[[str], Path], compression: str) -> None:
    """A piece has the compression and the level that ROOT would use, and as many events as asked for."""
    with uproot.open({str(piece(compression)): None}) as file:
        assert file["Events"].num_entries == 3_000
        found = file.file.compression
        assert (found.name.lower(), found.level) == (compression, COMPRESSIONS[compression][1])


def test_names_of_samples_tell_what_is_in_them() -> None:
    """Files are shared by samples that differ only in how many there are."""
    small, large = (
        Sample(source="generated", format="ttree", compression="zstd", n_files=n_files) for n_files in (1, 10)
    )
    assert (small.name, large.name) == ("generated-ttree-zstd-4M", "generated-ttree-zstd-40M")
    assert large.files(Path("x"))[0] == small.files(Path("x"))[0]
    assert small.root_compression == 505
