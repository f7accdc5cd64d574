"""The files of the gallery are the same on every call, and hold what physics allows."""

from __future__ import annotations

from pathlib import Path

import awkward as ak
import numpy as np
import pytest
import uproot

from overproof.testing import write_gallery
from overproof.testing.gallery.decays import in_flight, invariant_mass, two_body
from overproof.words.errors import OptionError


def test_decays_keep_momentum_and_masses() -> None:
    """Two particles have the masses that were asked for, and together the momentum of their parent."""
    rng = np.random.default_rng(1)
    parent = in_flight(rng, rng.uniform(80.0, 200.0, 1_000), pt=40.0, rapidity=1.5)
    first, second = two_body(rng, parent, masses=(4.8, 70.0))
    assert first + second == pytest.approx(parent, rel=1e-9, abs=1e-8)
    assert invariant_mass(first) == pytest.approx(np.full(1_000, 4.8), rel=1e-4)
    assert invariant_mass(second) == pytest.approx(np.full(1_000, 70.0), rel=1e-6)


def test_the_same_parameters_give_the_same_files(tmp_path: Path) -> None:
    """Every branch of a file written again is the same; another seed gives other events."""
    made = [write_gallery(tmp_path / name, n_events=50, seed=seed) for name, seed in (("a", 1), ("b", 1), ("c", 2))]
    for tree, name in (("Events", "nano"), ("CollectionTree", "physlite"), ("events", "edm4hep")):
        columns, uuids = [], []
        for gallery in made:
            with uproot.open(getattr(gallery, name)) as file:
                columns.append(file[tree].arrays().tolist())
                uuids.append(file.file.uuid)
        assert columns[0] == columns[1] != columns[2]
        assert uuids[0] == uuids[1] != uuids[2]
        assert len(columns[0]) == 50


def test_objects_of_an_event_come_hardest_first(tmp_path: Path) -> None:
    """Momenta fall within each event, and counters say how many there are."""
    with uproot.open(write_gallery(tmp_path, n_events=200).nano) as file:
        for name in ("Electron", "Muon", "Jet"):
            pt = file["Events"][f"{name}_pt"].array()
            assert ak.all(pt[:, 1:] <= pt[:, :-1])
            assert ak.num(pt).tolist() == file["Events"][f"n{name}"].array().tolist()
            assert ak.sum(ak.num(pt)) > 50


def test_a_gallery_without_events_is_refused(tmp_path: Path) -> None:
    """Nothing is written for fewer than one event."""
    with pytest.raises(OptionError, match="a gallery of 0 events"):
        write_gallery(tmp_path / "none", n_events=0)
    assert not (tmp_path / "none").exists()
