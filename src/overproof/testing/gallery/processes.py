"""What collides: particles of many events, from the table of who decays into what."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from overproof.testing.dimuons import MUON_MASS_GEV, Z_MASS_GEV, Z_WIDTH_GEV
from overproof.testing.gallery.decays import Floats, in_flight, line_shape, two_body
from overproof.words.frozen import dataclass

W_MASS_GEV, W_WIDTH_GEV = 80.37, 2.085
TOP_MASS_GEV, TOP_WIDTH_GEV = 172.6, 1.42
HIGGS_MASS_GEV, BOTTOM_MASS_GEV = 125.2, 4.8
ELECTRON_MASS_GEV = 0.000511
BEAMS_GEV = 240.0
"""Energy of the collision of an electron and a positron, in which a Higgs boson is made beside a Z."""

ELECTRON, MUON, NEUTRINO, BOTTOM, LIGHT, GAMMA = 11, 13, 12, 5, 1, 22
"""What a particle is, by the numbers of the Particle Data Group."""
CHARGED = (ELECTRON, MUON)
_SHARES = (0.35, 0.40, 0.10)
"""Of events with a Z, with two top quarks, with a Higgs boson; the rest has jets only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Particles:
    """Particles of many events, in any order.

    Attributes:
        event: place of the event each particle belongs to, from 0.
        kind: what it is.
        charge: -1, 0 or 1.
        momentum: E, px, py, pz in GeV.
    """

    event: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int64]
    charge: npt.NDArray[np.int64]
    momentum: Floats


def proton_collisions(rng: np.random.Generator, n_events: int) -> Particles:
    """Give each event a Z, two top quarks, a Higgs boson or nothing, and jets beside it."""
    which = np.searchsorted(np.cumsum(_SHARES), rng.random(n_events), side="right")
    with_z, with_tops, with_higgs = (np.flatnonzero(which == index) for index in range(3))
    parts = [
        *_z_to_leptons(rng, with_z, in_flight(rng, _z_mass(rng, len(with_z)), pt=22.0, rapidity=1.4)),
        *_top(rng, with_tops, charge=1, has_lepton=True),
        *_top(rng, with_tops, charge=-1, has_lepton=False),
        *_higgs(rng, with_higgs),
        *_jets(rng, np.repeat(np.arange(n_events), rng.poisson(1.6, n_events))),
    ]
    return _together(parts)


def electron_collisions(rng: np.random.Generator, n_events: int) -> Particles:
    """Give each event a Z, which becomes muons, and a Higgs boson, which becomes two bottom quarks."""
    events = np.arange(n_events)
    at_rest = np.zeros((n_events, 4))
    # Photons along the beams take some of the energy away.
    at_rest[:, 0] = BEAMS_GEV - rng.exponential(0.4, n_events)
    z, higgs = two_body(rng, at_rest, masses=(_z_mass(rng, n_events, highest=110.0), HIGGS_MASS_GEV))
    muons = two_body(rng, z, masses=(MUON_MASS_GEV, MUON_MASS_GEV))
    bottoms = two_body(rng, higgs, masses=(BOTTOM_MASS_GEV, BOTTOM_MASS_GEV))
    return _together(
        [_some(events, MUON, charge, momentum) for charge, momentum in zip((-1, 1), muons, strict=True)]
        + [_some(events, BOTTOM, 0, momentum) for momentum in bottoms]
    )


def _z_mass(rng: np.random.Generator, n: int, *, highest: float = 200.0) -> Floats:
    return line_shape(rng, n, mass=Z_MASS_GEV, width=Z_WIDTH_GEV, reach=(40.0, highest))


def _z_to_leptons(rng: np.random.Generator, events: npt.NDArray[np.int64], z: Floats) -> list[Particles]:
    """Let Z bosons decay into electrons or muons, as often into the ones as into the others."""
    kind = rng.choice(np.array(CHARGED), len(events))
    mass = np.where(kind == MUON, MUON_MASS_GEV, ELECTRON_MASS_GEV)
    pair = two_body(rng, z, masses=(mass, mass))
    return [_some(events, kind, charge, momentum) for charge, momentum in zip((-1, 1), pair, strict=True)]


def _top(rng: np.random.Generator, events: npt.NDArray[np.int64], *, charge: int, has_lepton: bool) -> list[Particles]:
    """Let a top quark decay into a bottom quark and a W, and that into a lepton and a neutrino, or into two quarks."""
    n = len(events)
    mass = line_shape(rng, n, mass=TOP_MASS_GEV, width=TOP_WIDTH_GEV, reach=(150.0, 200.0))
    w_mass = line_shape(rng, n, mass=W_MASS_GEV, width=W_WIDTH_GEV, reach=(60.0, 100.0))
    bottom, w = two_body(rng, in_flight(rng, mass, pt=90.0, rapidity=0.9), masses=(BOTTOM_MASS_GEV, w_mass))
    first, second = two_body(rng, w, masses=(0.0, 0.0))
    if has_lepton:
        lepton = _some(events, rng.choice(np.array(CHARGED), n), charge, first)
        return [_some(events, BOTTOM, 0, bottom), lepton, _some(events, NEUTRINO, 0, second)]
    return [_some(events, BOTTOM, 0, bottom), _some(events, LIGHT, 0, first), _some(events, LIGHT, 0, second)]


def _higgs(rng: np.random.Generator, events: npt.NDArray[np.int64]) -> list[Particles]:
    """Let a Higgs boson decay into two Z bosons, one of them far too light, and these into four leptons."""
    n = len(events)
    higgs = in_flight(rng, np.full(n, HIGGS_MASS_GEV), pt=30.0, rapidity=1.0)
    first = line_shape(rng, n, mass=Z_MASS_GEV, width=Z_WIDTH_GEV, reach=(60.0, 105.0))
    second = rng.uniform(12.0, HIGGS_MASS_GEV - first - 1.0)
    both = two_body(rng, higgs, masses=(first, second))
    return [particles for z in both for particles in _z_to_leptons(rng, events, z)]


def _jets(rng: np.random.Generator, events: npt.NDArray[np.int64]) -> list[Particles]:
    n = len(events)
    momentum = in_flight(rng, rng.uniform(2.0, 12.0, n), pt=26.0, rapidity=1.7)
    return [_some(events, np.where(rng.random(n) < 0.06, BOTTOM, LIGHT), 0, momentum)]


def _some(events: npt.NDArray[np.int64], kind: npt.NDArray[np.int64] | int, charge: int, momentum: Floats) -> Particles:
    shape = events.shape
    return Particles(
        event=events,
        kind=np.broadcast_to(np.asarray(kind), shape),
        charge=np.full(shape, charge),
        momentum=momentum,
    )


def _together(parts: list[Particles]) -> Particles:
    return Particles(
        event=np.concatenate([part.event for part in parts]),
        kind=np.concatenate([part.kind for part in parts]),
        charge=np.concatenate([part.charge for part in parts]),
        momentum=np.concatenate([part.momentum for part in parts]),
    )
