"""Events from dice, with the branch names of CMS NanoAOD."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.samples.rounding import coarse_columns
from overproof.testing import dimuons
from overproof.testing.collisions import Columns, collisions

ELECTRON_MASS_GEV = 0.000511
ELECTRON_Z_FRACTION = 0.05
"""Share of events with a Z that decays into electrons."""
SOFT_ELECTRONS = 0.35
"""Mean number of electrons beside."""
MEAN_JETS = 3.2


def generated(*, seed: int, first: int, n_events: int) -> Columns:
    """Make events, counted from `first`: muons, electrons, jets with b-tags, missing momentum. GeV."""
    rng = np.random.default_rng(seed)
    columns = {
        name: values
        for name, values in collisions(rng, first=first, n_events=n_events).items()
        if not name.startswith(("Jet_", "nJet"))
    }
    return coarse_columns(columns | _electrons(rng, n_events) | _jets(rng, n_events))


def _electrons(rng: np.random.Generator, n_events: int) -> Columns:
    pairs = np.flatnonzero(rng.random(n_events) < ELECTRON_Z_FRACTION)
    soft = np.repeat(np.arange(n_events), rng.poisson(SOFT_ELECTRONS, n_events))
    made = [dimuons.z_decays(rng, pairs), dimuons.single_muons(rng, soft)]
    found = dimuons.hardest_first([dimuons.measured(rng, each) for each in made])
    return {
        "nElectron": np.bincount(found.event, minlength=n_events).astype(np.int32),
        "Electron_pt": found.pt,
        "Electron_eta": found.eta,
        "Electron_phi": found.phi,
        "Electron_mass": np.full(len(found.pt), ELECTRON_MASS_GEV, np.float32),
        "Electron_charge": found.charge.astype(np.int32),
    }


def _jets(rng: np.random.Generator, n_events: int) -> Columns:
    n_jets = rng.poisson(MEAN_JETS, n_events).astype(np.int32)
    event = np.repeat(np.arange(n_events), n_jets)
    pt = 15.0 + rng.exponential(26.0, len(event))
    pt = pt[np.lexsort((-pt, event))]
    return {
        "nJet": n_jets,
        "Jet_pt": pt,
        "Jet_eta": np.clip(1.9 * rng.standard_normal(len(pt)), -4.7, 4.7),
        "Jet_phi": rng.uniform(-np.pi, np.pi, len(pt)),
        "Jet_mass": pt * rng.uniform(0.05, 0.2, len(pt)),
        "Jet_btagDeepFlavB": _tags(rng, len(pt)),
    }


def _tags(rng: np.random.Generator, n: int) -> npt.NDArray[Any]:
    """Draw b-tags: near 0 for most, near 1 for one in eight."""
    return np.where(rng.random(n) < 0.125, rng.beta(5.0, 1.2, n), rng.beta(0.7, 12.0, n))
