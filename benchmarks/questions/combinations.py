"""Questions with combinations of particles, for arrays."""

from __future__ import annotations

import math
from typing import Any

from benchmarks.questions.question import Filling

Z_GEV = 91.2
TOP_GEV = 172.5


def met_with_muon_pair(events: Any, ak: Any, np: Any) -> list[Filling]:
    """Choose the missing momentum of events with a pair of muons that may come from a Z."""
    one, two = ak.unzip(ak.combinations(_particles(events, "Muon", ak, np, "charge"), 2))
    mass = _mass(np, one, two)
    good = (one.charge != two.charge) & (mass > 60) & (mass < 120)
    return [Filling(values=[events.MET_pt[ak.any(good, axis=1)]])]


def three_jets(events: Any, ak: Any, np: Any) -> list[Filling]:
    """Choose of each event the three jets of a mass nearest to that of a top quark."""
    jets = _particles(events, "Jet", ak, np, "btagDeepFlavB")
    jets = jets[ak.num(jets.pt) >= 3]
    one, two, three = ak.unzip(ak.combinations(jets, 3))
    best = ak.argmin(abs(_mass(np, one, two, three) - TOP_GEV), axis=1, keepdims=True)
    pt = np.hypot(one.px + two.px + three.px, one.py + two.py + three.py)
    tag = np.maximum(np.maximum(one.btagDeepFlavB, two.btagDeepFlavB), three.btagDeepFlavB)
    return [Filling(values=[pt[best]]), Filling(values=[tag[best]])]


def jets_away_from_leptons(events: Any, ak: Any, np: Any) -> list[Filling]:
    """Sum the hard jets that are no lepton."""
    hard = events.Jet_pt > 30
    pt, eta, phi = events.Jet_pt[hard], events.Jet_eta[hard], events.Jet_phi[hard]
    muon, electron = events.Muon_pt > 10, events.Electron_pt > 10
    lepton_eta = ak.concatenate([events.Muon_eta[muon], events.Electron_eta[electron]], axis=1)
    lepton_phi = ak.concatenate([events.Muon_phi[muon], events.Electron_phi[electron]], axis=1)
    jet_eta, near_eta = ak.unzip(ak.cartesian([eta, lepton_eta], nested=True))
    jet_phi, near_phi = ak.unzip(ak.cartesian([phi, lepton_phi], nested=True))
    turn = (jet_phi - near_phi + math.pi) % (2 * math.pi) - math.pi
    near = ak.any((jet_eta - near_eta) ** 2 + turn**2 < 0.4**2, axis=2)
    return [Filling(values=[ak.sum(pt[~near], axis=1)])]


def lepton_beside_z(events: Any, ak: Any, np: Any) -> list[Filling]:
    """Find the pair nearest to a Z, and compute the transverse mass of the leading lepton beside it."""
    three = ak.num(events.Muon_pt) + ak.num(events.Electron_pt) >= 3
    fields = ("pt", "eta", "phi", "mass", "charge")
    lepton = ak.zip(
        {
            field: ak.concatenate([events[f"Muon_{field}"][three], events[f"Electron_{field}"][three]], axis=1)
            for field in fields
        }
    )
    n_muons = ak.num(events.Muon_pt)[three]
    place = ak.local_index(lepton.pt)
    lepton = ak.with_field(_moving(lepton, ak, np), place < n_muons, "is_muon")

    one, two = ak.unzip(ak.argcombinations(lepton, 2))
    good = (lepton[one].is_muon == lepton[two].is_muon) & (lepton[one].charge != lepton[two].charge)
    some = ak.any(good, axis=1)
    one, two, lepton, place = one[good][some], two[good][some], lepton[some], place[some]
    best = ak.argmin(abs(_mass(np, lepton[one], lepton[two]) - Z_GEV), axis=1, keepdims=True)
    others = lepton[(place != one[best][:, 0]) & (place != two[best][:, 0])]
    leading = others[ak.argmax(others.pt, axis=1, keepdims=True)]
    met_pt, met_phi = events.MET_pt[three][some], events.MET_phi[three][some]
    return [Filling(values=[np.sqrt(2 * met_pt * leading.pt * (1 - np.cos(met_phi - leading.phi)))])]


def _particles(events: Any, collection: str, ak: Any, np: Any, *more: str) -> Any:
    fields = ("pt", "eta", "phi", "mass", *more)
    return _moving(ak.zip({field: events[f"{collection}_{field}"] for field in fields}), ak, np)


def _moving(particles: Any, ak: Any, np: Any) -> Any:
    """Add energy and momentum to particles."""
    px, py = particles.pt * np.cos(particles.phi), particles.pt * np.sin(particles.phi)
    pz = particles.pt * np.sinh(particles.eta)
    energy = np.sqrt(px * px + py * py + pz * pz + particles.mass * particles.mass)
    for name, value in {"px": px, "py": py, "pz": pz, "energy": energy}.items():
        particles = ak.with_field(particles, value, name)
    return particles


def _mass(np: Any, *particles: Any) -> Any:
    energy, px, py, pz = (sum(getattr(each, name) for each in particles) for name in ("energy", "px", "py", "pz"))
    return np.sqrt(np.maximum(energy * energy - px * px - py * py - pz * pz, 0))
