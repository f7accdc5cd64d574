"""Whole events from dice, with the branch names of CMS NanoAOD."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from overproof.testing import dimuons

Columns: TypeAlias = dict[str, npt.NDArray[Any]]
"""Flat columns by name; those of a collection `C` are `C_*`, and `nC` says how many each event has."""

Z_FRACTION = 0.25
"""Share of events with a Z in them."""
PAIR_FRACTION = 0.50
"""Share of events with two unrelated muons; the rest has at most soft ones."""
EVENTS_PER_LUMI_BLOCK = 1000


def collisions(rng: np.random.Generator, *, first: int, n_events: int) -> Columns:
    """Make `n_events` events, counted from `first`.

    Returns:
        `run`, `luminosityBlock`, `event`, `genWeight`, `PV_npvs`, `HLT_IsoMu24`, `MET_pt`, `MET_phi`, the collections
        `Muon` (pt, eta, phi, mass, charge; hardest first) and `Jet` (pt, eta, phi, mass; hardest first). GeV.
    """
    columns = _labels(rng, first=first, n_events=n_events)
    columns |= _muons(rng, n_events)
    columns |= _jets(rng, n_events)
    columns["HLT_IsoMu24"] = _any_above(columns, "Muon", 24.0) & (rng.random(n_events) < 0.92)
    columns["MET_pt"] = rng.rayleigh(18.0, n_events).astype(np.float32)
    columns["MET_phi"] = rng.uniform(-np.pi, np.pi, n_events).astype(np.float32)
    return columns


def _labels(rng: np.random.Generator, *, first: int, n_events: int) -> Columns:
    event = np.arange(first, first + n_events, dtype=np.int64)
    sign = np.where(rng.random(n_events) < 0.03, -1.0, 1.0)
    return {
        "run": np.ones(n_events, dtype=np.uint32),
        "luminosityBlock": (1 + event // EVENTS_PER_LUMI_BLOCK).astype(np.uint32),
        "event": (1 + event).astype(np.uint64),
        "genWeight": (sign * (1.0 + 0.05 * rng.standard_normal(n_events))).astype(np.float32),
        "PV_npvs": np.maximum(1, rng.poisson(28.0, n_events)).astype(np.int32),
    }


def _muons(rng: np.random.Generator, n_events: int) -> Columns:
    dice = rng.random(n_events)
    with_z = np.flatnonzero(dice < Z_FRACTION)
    with_pair = np.flatnonzero((dice >= Z_FRACTION) & (dice < Z_FRACTION + PAIR_FRACTION))
    soft = np.repeat(np.arange(n_events), rng.poisson(0.12, n_events))
    makers = (
        (dimuons.z_decays, with_z),
        (dimuons.unrelated_pairs, with_pair),
        (dimuons.single_muons, soft),
    )
    muons = dimuons.hardest_first([dimuons.measured(rng, make(rng, events)) for make, events in makers])
    n_muons = len(muons.pt)
    return {
        "nMuon": np.bincount(muons.event, minlength=n_events).astype(np.int32),
        "Muon_pt": muons.pt.astype(np.float32),
        "Muon_eta": muons.eta.astype(np.float32),
        "Muon_phi": muons.phi.astype(np.float32),
        "Muon_mass": np.full(n_muons, dimuons.MUON_MASS_GEV, dtype=np.float32),
        "Muon_charge": muons.charge.astype(np.int32),
    }


def _jets(rng: np.random.Generator, n_events: int) -> Columns:
    n_jets = rng.poisson(2.0, n_events).astype(np.int32)
    event = np.repeat(np.arange(n_events), n_jets)
    n = len(event)
    pt = 15.0 + rng.exponential(28.0, n)
    pt = pt[np.lexsort((-pt, event))]
    return {
        "nJet": n_jets,
        "Jet_pt": pt.astype(np.float32),
        "Jet_eta": np.clip(1.9 * rng.standard_normal(n), -4.7, 4.7).astype(np.float32),
        "Jet_phi": rng.uniform(-np.pi, np.pi, n).astype(np.float32),
        "Jet_mass": (pt * rng.uniform(0.05, 0.2, n)).astype(np.float32),
    }


def _any_above(columns: Columns, collection: str, pt_gev: float) -> npt.NDArray[np.bool_]:
    counts = columns[f"n{collection}"]
    event = np.repeat(np.arange(len(counts)), counts)
    hard = event[columns[f"{collection}_pt"] > pt_gev]
    return np.bincount(hard, minlength=len(counts)) > 0
