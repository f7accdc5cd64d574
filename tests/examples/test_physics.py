"""The examples of physics find what a loop over events finds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import uproot

import overproof as op
from overproof.testing import Gallery

Example = Callable[[str], ModuleType]


def rows(path: Path, tree: str, fields: list[str]) -> list[dict[str, Any]]:
    with uproot.open(path) as file:
        return file[tree].arrays(fields).tolist()


def fourvectors(event: dict[str, Any], name: str, *, mass: float | str = "mass") -> list[tuple[float, ...]]:
    """Give (E, px, py, pz, charge, place) of each object of a collection."""
    made = []
    for place, pt in enumerate(event[f"{name}pt"]):
        eta, phi = event[f"{name}eta"][place], event[f"{name}phi"][place]
        m = event[f"{name}{mass}"][place] if isinstance(mass, str) else mass
        x, y, z = pt * math.cos(phi), pt * math.sin(phi), pt * math.sinh(eta)
        charge = event.get(f"{name}charge", [0] * (place + 1))[place]
        made.append((math.hypot(x, y, z, m), x, y, z, charge, place))
    return made


def mass_of(*parts: tuple[float, ...]) -> float:
    e, x, y, z = (sum(part[axis] for part in parts) for axis in range(4))
    return math.sqrt(max(e**2 - x**2 - y**2 - z**2, 0.0))


def assert_filled(contents: Any, values: list[float], edges: Any, *, n_strays: int = 0) -> None:
    """Check contents with flow against values, but for some that rounding put into the bin beside."""
    expected = np.histogram(values, bins=np.concatenate([[-np.inf], edges, [np.inf]]))[0]
    assert contents.sum() == len(values)
    assert np.abs(contents - expected).sum() <= 2 * n_strays


def four_leptons(path: Path) -> Iterator[tuple[str, float]]:
    """Give channel and mass of the events that `hzz.py` selects."""
    names = [f"{name}_{field}" for name in ("Electron", "Muon") for field in ("pt", "eta", "phi", "mass", "charge")]
    for event in rows(path, "Events", names):
        found = {}
        for name, eta in (("Electron", 2.5), ("Muon", 2.4)):
            pts, etas = event[f"{name}_pt"], event[f"{name}_eta"]
            good = [pt > 5 and abs(at) < eta for pt, at in zip(pts, etas, strict=True)]
            found[name] = [each for each, keep in zip(fourvectors(event, f"{name}_"), good, strict=True) if keep]
        electrons, muons = found["Electron"], found["Muon"]
        neutral = not sum(each[4] for each in electrons) and not sum(each[4] for each in muons)
        channel = {(4, 0): "4e", (2, 2): "2e2mu", (0, 4): "4mu"}.get((len(electrons), len(muons)))
        if channel and neutral and is_from_z_bosons([*electrons, *muons], channel):
            yield channel, mass_of(*electrons, *muons)


def is_from_z_bosons(leptons: list[tuple[float, ...]], channel: str) -> bool:
    """Tell whether of all ways to make two neutral pairs that with the best Z has good masses."""
    ways = []
    for one in combinations(range(4), 2):
        two = [place for place in range(4) if place not in one]
        of_one_sort = channel != "2e2mu" or set(one) in ({0, 1}, {2, 3})
        if of_one_sort and leptons[one[0]][4] != leptons[one[1]][4]:
            masses = [mass_of(leptons[i], leptons[j]) for i, j in (one, two)]
            ways.append((abs(masses[0] - 91.2), masses))
    _, (first, second) = min(ways)
    return 40 < first < 120 and 12 < second < 120


def test_hzz_finds_the_four_leptons(gallery: Gallery, example: Example) -> None:
    """Channels and masses are those of a loop over events, and most lie where the Higgs boson is."""
    pytest.importorskip("coffea")
    expected = list(four_leptons(gallery.nano))
    with op.Session("inline") as session:
        result = session.process(example("hzz.py").FourLeptons(), f"{gallery.nano}:Events")
    for channel, histogram in result.outputs.items():
        masses = [each for name, each in expected if name == channel]
        assert_filled(histogram.values(flow=True), masses, histogram.axes[0].edges, n_strays=1)
    assert len(expected) > 20
    near = sum(histogram.values()[25:31].sum() for histogram in result.outputs.values())
    assert near > 0.9 * len(expected)


def test_the_muons_of_a_real_file_make_the_z(shared_file: Callable[[str], Path]) -> None:
    """One line over flat columns gives the mass that the file itself holds."""
    data = f"{shared_file('uproot-Zmumu.root')}:events"
    with op.Session("inline") as session:
        drawn = session.draw(
            data,
            ["sqrt((E1+E2)^2-(px1+px2)^2-(py1+py2)^2-(pz1+pz2)^2)-M>>d(3,-0.01,0.01)", "M>>m(60,60,120)"],
        )
    assert drawn["d"].values().tolist()[1] == drawn["d"].values(flow=True).sum() == 2304
    assert drawn["m"].axes[0].centers[drawn["m"].values().argmax()] == pytest.approx(91, abs=1)


def recoil_of(path: Path) -> tuple[list[float], list[float]]:
    """Give the mass of the muon pair most like a Z, and that of what it recoils against, of each event that has one."""
    name = "ReconstructedParticles."
    parts = ["energy", "momentum.x", "momentum.y", "momentum.z", "charge", "mass"]
    pairs, recoils = [], []
    for event in rows(path, "events", [name + part for part in parts]):
        muons = [
            each for each in zip(*(event[name + part] for part in parts), strict=True) if abs(each[5] - 0.1057) < 1e-3
        ]
        found = [(a, b) for a, b in combinations(muons, 2) if a[4] * b[4] < 0]
        if found:
            best = min(found, key=lambda pair: abs(mass_of(*pair) - 91.19))
            pairs.append(mass_of(*best))
            e, x, y, z = (sum(leg[axis] for leg in best) for axis in range(4))
            if abs(pairs[-1] - 91.19) < 10:
                recoils.append(math.sqrt(max((240 - e) ** 2 - x**2 - y**2 - z**2, 0)))
    return pairs, recoils


def test_recoil_finds_the_higgs_boson(gallery: Gallery, example: Example) -> None:
    """The masses are those of a loop over events; the peak of the recoil is where the Higgs boson is."""
    pairs, recoils = recoil_of(gallery.edm4hep)
    with op.Session("inline") as session:
        result = session.process(example("recoil.py").Recoil(), f"{gallery.edm4hep}:events")
    assert result["cutflow"] == {"all": 800, "two muons": len(pairs), "within 10 GeV of the Z": len(recoils)}
    assert_filled(result["z"].values(flow=True), pairs, result["z"].axes[0].edges, n_strays=1)
    recoil = result["recoil"]
    assert_filled(recoil.values(flow=True), recoils, recoil.axes[0].edges, n_strays=1)
    assert abs(recoil.axes[0].centers[recoil.values().argmax()] - 125.2) < 2


# What uproot makes of the real file takes eight seconds.
@pytest.mark.parametrize("name", ["dice", pytest.param("PHYSLITE_example.root", marks=pytest.mark.nightly)])
def test_physlite_finds_the_z(
    name: str, gallery: Gallery, shared_file: Callable[[str], Path], example: Example
) -> None:
    """Masses of pairs in PHYSLITE are those of a loop over events, in files of dice and in a real one."""
    pytest.importorskip("coffea")
    path = gallery.physlite if name == "dice" else shared_file(name)
    with op.Session("inline") as session:
        result = session.process(example("physlite.py").DileptonMass(), f"{path}:CollectionTree")
    for leptons, mass in (("Electrons", "m"), ("Muons", 105.658)):
        branch = f"Analysis{leptons}AuxDyn."
        fields = ["pt", "eta", "phi", "charge", *([mass] if isinstance(mass, str) else [])]
        found = []
        for event in rows(path, "CollectionTree", [branch + field for field in fields]):
            some = [each for each in fourvectors(event, branch, mass=mass) if math.hypot(each[1], each[2]) > 20_000]
            if len(some) == 2 and some[0][4] != some[1][4]:
                found.append(mass_of(*some) / 1000)
        histogram = result[leptons]
        assert_filled(histogram.values(flow=True), found, histogram.axes[0].edges, n_strays=1)
        assert found or name != "dice"
