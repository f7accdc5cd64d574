"""The branches of three formats in which experiments keep events: arrays by name, as uproot writes them."""

from __future__ import annotations

from typing import Any

import awkward as ak
import numpy as np

from overproof.testing.gallery.detector import Seen, missing_momentum, seen
from overproof.testing.gallery.processes import (
    BOTTOM,
    ELECTRON,
    LIGHT,
    MUON,
    electron_collisions,
    proton_collisions,
)

_MEV = 1000.0
_BEAM_PARTICLES = (ELECTRON, MUON, BOTTOM, LIGHT)


def nano_aod(rng: np.random.Generator, n_events: int) -> dict[str, Any]:
    """Make events with the branches that analyses of CMS NanoAOD begin with; GeV."""
    true = proton_collisions(rng, n_events)
    electrons = seen(rng, true, kinds=(ELECTRON,), n_events=n_events)
    muons = seen(rng, true, kinds=(MUON,), n_events=n_events)
    jets = seen(rng, true, kinds=(BOTTOM, LIGHT), n_events=n_events)
    met, met_phi = missing_momentum(rng, true, n_events=n_events)
    n_electrons, n_muons, n_jets = (len(each.kind) for each in (electrons, muons, jets))
    tag = np.where(jets.kind == BOTTOM, rng.beta(5.0, 2.0, n_jets), rng.beta(1.2, 7.0, n_jets)).astype(np.float32)
    return {
        "run": np.ones(n_events, dtype=np.uint32),
        "luminosityBlock": np.ones(n_events, dtype=np.uint32),
        "event": np.arange(1, n_events + 1, dtype=np.uint64),
        "genWeight": np.ones(n_events, dtype=np.float32),
        "MET_pt": met.astype(np.float32),
        "MET_phi": met_phi.astype(np.float32),
        "Electron": _collection(
            electrons,
            charge=_charges(electrons),
            cutBased=rng.choice(np.arange(5, dtype=np.int32), n_electrons, p=(0.02, 0.03, 0.05, 0.10, 0.80)),
            sip3d=rng.exponential(1.1, n_electrons).astype(np.float32),
        ),
        "Muon": _collection(
            muons,
            charge=_charges(muons),
            tightId=rng.random(n_muons) < 0.93,
            sip3d=rng.exponential(1.1, n_muons).astype(np.float32),
            pfRelIso04_all=rng.exponential(0.04, n_muons).astype(np.float32),
        ),
        "Jet": _collection(
            jets,
            btagCSVV2=tag,
            btagDeepFlavB=tag,
            jetId=rng.choice(np.array([2, 6], dtype=np.int32), n_jets, p=(0.03, 0.97)),
        ),
    }


def physlite(rng: np.random.Generator, n_events: int) -> dict[str, Any]:
    """Make events with the electrons and muons of ATLAS PHYSLITE; MeV."""
    true = proton_collisions(rng, n_events)
    branches = {"EventInfoAuxDyn.eventNumber": np.arange(1, n_events + 1, dtype=np.uint64)}
    for name, kind in (("AnalysisElectrons", ELECTRON), ("AnalysisMuons", MUON)):
        found = seen(rng, true, kinds=(kind,), n_events=n_events)
        columns = {
            "pt": found.columns["pt"] * _MEV,
            "eta": found.columns["eta"],
            "phi": found.columns["phi"],
            "charge": found.columns["charge"],
        }
        if kind == ELECTRON:
            columns["m"] = found.columns["mass"] * _MEV
        branches |= {f"{name}AuxDyn.{key}": _jagged(found, column) for key, column in columns.items()}
    return branches


def edm4hep(rng: np.random.Generator, n_events: int) -> dict[str, Any]:
    """Make events of e+ e- -> ZH with the particles that EDM4HEP keeps; GeV."""
    true = electron_collisions(rng, n_events)
    found = seen(rng, true, kinds=_BEAM_PARTICLES, n_events=n_events)
    names = {"energy": "energy", "momentum.x": "px", "momentum.y": "py", "momentum.z": "pz"}
    names |= {"charge": "charge", "mass": "mass"}
    columns = dict(found.columns)
    # A track tells what it is by how it went: the mass of a muon is not measured, but known.
    columns["mass"] = np.where(found.kind == MUON, 0.10566, columns["mass"])
    return {f"ReconstructedParticles.{key}": _jagged(found, columns[name]) for key, name in names.items()}


def _collection(found: Seen, **more: Any) -> Any:
    fields = {name: found.columns[name].astype(np.float32) for name in ("pt", "eta", "phi", "mass")}
    return ak.unflatten(ak.zip(fields | more), found.n_of_event)


def _charges(found: Seen) -> Any:
    return found.columns["charge"].astype(np.int32)


def _jagged(found: Seen, column: Any) -> Any:
    return ak.unflatten(column.astype(np.float32), found.n_of_event)
