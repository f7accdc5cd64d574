"""The sample that `make demo` reads."""

from __future__ import annotations

import json
from pathlib import Path

import awkward as ak
import numpy as np
import pytest
import uproot

from overproof.testing import sample as sample_module
from overproof.testing import write_sample
from overproof.words.errors import OptionError

SMALL = {"n_events": 3_000, "n_files": 3, "seed": 5}


def events_of(files: list[Path]) -> ak.Array:
    return uproot.concatenate(dict.fromkeys(files, "Events"))


def test_the_sample_has_what_was_asked_for(tmp_path: Path) -> None:
    """All events are there once, numbered from 1 over all files, in as many files as asked for."""
    sample = write_sample(tmp_path / "s", **SMALL)
    events = events_of(sample.files)
    assert len(sample.files) == 3
    assert events.event.tolist() == list(range(1, 3_001))
    assert not sample.was_there


def test_the_same_parameters_give_the_same_events(tmp_path: Path) -> None:
    """Two samples of the same parameters are equal in every branch; another seed gives others."""
    one, two = (write_sample(tmp_path / name, **SMALL) for name in "ab")
    other = write_sample(tmp_path / "c", **(SMALL | {"seed": 6}))
    assert ak.array_equal(events_of(one.files), events_of(two.files))
    assert events_of(other.files).MET_pt.tolist() != events_of(one.files).MET_pt.tolist()


def test_collections_fit_their_counters(tmp_path: Path) -> None:
    """`nMuon` and `nJet` are the lengths of every branch of their collection."""
    events = events_of(write_sample(tmp_path, **SMALL).files)
    for collection in ("Muon", "Jet"):
        for field in (name for name in events.fields if name.startswith(f"{collection}_")):
            assert (ak.num(events[field]) == events[f"n{collection}"]).tolist() == [True] * len(events)


def test_the_peak_is_in_the_muons_as_written(tmp_path: Path) -> None:
    """Two hard muons of opposite charge, read back with uproot, peak at the mass of the Z."""
    events = events_of(write_sample(tmp_path, n_events=30_000, n_files=1).files)
    two = events[events.nMuon == 2]
    pt, eta, phi, charge = (np.asarray(two[f"Muon_{name}"], dtype=float) for name in ("pt", "eta", "phi", "charge"))
    hard = (pt.min(axis=1) > 20) & (charge.sum(axis=1) == 0)
    angles = np.cosh(eta[:, 0] - eta[:, 1]) - np.cos(phi[:, 0] - phi[:, 1])
    mass = np.sqrt(2 * pt[:, 0] * pt[:, 1] * angles)[hard]
    contents, _ = np.histogram(mass, bins=60, range=(60, 120))
    assert contents.argmax() in (30, 31)
    assert np.median(mass[(mass > 86) & (mass < 96)]) == pytest.approx(91.19, abs=0.15)


def test_a_sample_that_is_there_is_kept(tmp_path: Path) -> None:
    """The second call writes nothing."""
    first = write_sample(tmp_path, **SMALL)
    before = [path.stat().st_mtime_ns for path in first.files]
    second = write_sample(tmp_path, **SMALL)
    assert second.was_there
    assert [path.stat().st_mtime_ns for path in second.files] == before


@pytest.mark.parametrize("harm", ["remove a file", "cut a file", "remove the manifest", "spoil the manifest"])
def test_a_sample_that_is_not_whole_is_written_again(tmp_path: Path, harm: str) -> None:
    """Whatever is missing, the next call makes the sample whole."""
    sample = write_sample(tmp_path, **SMALL)
    manifest = tmp_path / sample_module.MANIFEST
    match harm:
        case "remove a file":
            sample.files[1].unlink()
        case "cut a file":
            sample.files[1].write_bytes(sample.files[1].read_bytes()[:1000])
        case "remove the manifest":
            manifest.unlink()
        case _:
            manifest.write_text("{")
    again = write_sample(tmp_path, **SMALL)
    assert not again.was_there
    assert len(events_of(again.files)) == 3_000


def test_other_parameters_replace_the_sample(tmp_path: Path) -> None:
    """Files of the old sample do not linger where a glob would find them."""
    write_sample(tmp_path, **SMALL)
    write_sample(tmp_path, n_events=500, n_files=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sample.json", "zmumu_00.root", "zmumu_01.root"]
    assert json.loads((tmp_path / "sample.json").read_text())["n_events"] == 500


def test_clusters_end_where_the_sample_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every branch has its basket boundaries at multiples of the cluster size."""
    monkeypatch.setattr(sample_module, "CLUSTER_ENTRIES", 400)
    sample = write_sample(tmp_path, n_events=1_000, n_files=1)
    with uproot.open(sample.files[0]) as file:
        assert list(file["Events"].common_entry_offsets()) == [0, 400, 800, 1_000]


def test_progress_is_told_file_by_file(tmp_path: Path) -> None:
    """`on_file` hears of each file once, in order; not of files that were there."""
    heard: list[tuple[int, int]] = []
    for _ in range(2):
        write_sample(tmp_path, **SMALL, on_file=lambda done, of: heard.append((done, of)))
    assert heard == [(1, 3), (2, 3), (3, 3)]


def test_nothing_is_not_a_sample(tmp_path: Path) -> None:
    """A sample without events or files is refused before anything is written."""
    with pytest.raises(OptionError, match="at least one of each"):
        write_sample(tmp_path / "s", n_events=0)
    assert not (tmp_path / "s").exists()
