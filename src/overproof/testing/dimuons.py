"""Muon pairs from dice: Z bosons that decay, and backgrounds that do not peak.

Every function takes a generator and gives arrays over *muons* (`event` says whose they are), in float64; momenta and
masses are in GeV.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from overproof.words.frozen import dataclass

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]

Z_MASS_GEV = 91.1876
"""Source: Particle Data Group, Review of Particle Physics."""
Z_WIDTH_GEV = 2.4952
"""Source: Particle Data Group, Review of Particle Physics."""
MUON_MASS_GEV = 0.1056583755
"""Source: Particle Data Group, Review of Particle Physics."""

Z_MASS_RANGE_GEV = (40.0, 200.0)
"""Where the line shape of the Z is cut off."""
MOMENTUM_RESOLUTION = 0.013
"""Relative width of a measured transverse momentum."""
ANGLE_RESOLUTION = 0.0005
"""Width of a measured pseudorapidity or azimuth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Muons:
    """Muons of many events, in any order.

    Attributes:
        event: place of the event each muon belongs to, from 0.
        pt: transverse momentum, GeV.
        eta: pseudorapidity.
        phi: azimuth, from -pi to pi.
        charge: -1 or 1.
    """

    event: Integers
    pt: Floats
    eta: Floats
    phi: Floats
    charge: Integers

    def where(self, keep: npt.NDArray[np.bool_] | Integers) -> Muons:
        """Give the muons that a mask or a list of places picks."""
        return Muons(
            event=self.event[keep],
            pt=self.pt[keep],
            eta=self.eta[keep],
            phi=self.phi[keep],
            charge=self.charge[keep],
        )


def z_decays(rng: np.random.Generator, events: Integers) -> Muons:
    """Let one Z in each of `events` decay into two muons of opposite charge, as they truly fly.

    The mass follows a Breit-Wigner line in the mass squared, transverse momentum and rapidity fall off as at a
    hadron collider, the decay is isotropic in the rest frame of the Z.
    """
    n = len(events)
    mass = _line_shape(rng, n)
    flight = _flight(rng, mass)
    momentum = np.sqrt(0.25 * mass**2 - MUON_MASS_GEV**2)
    along = _isotropic(rng, n) * momentum[:, None]
    pair = [_boost(along, 0.5 * mass, flight, mass), _boost(-along, 0.5 * mass, flight, mass)]
    charge = rng.choice(np.array([-1, 1]), n)
    pt, eta, phi = _cylindrical(np.concatenate(pair))
    return Muons(
        event=np.concatenate([events, events]), pt=pt, eta=eta, phi=phi, charge=np.concatenate([charge, -charge])
    )


def unrelated_pairs(rng: np.random.Generator, events: Integers) -> Muons:
    """Give each of `events` two muons that know nothing of each other: seven in ten of opposite charge."""
    n = len(events)
    charge = rng.choice(np.array([-1, 1]), n)
    other = np.where(rng.random(n) < 0.7, -charge, charge)
    return _falling(rng, np.concatenate([events, events]), np.concatenate([charge, other]), slope_gev=17.0)


def single_muons(rng: np.random.Generator, events: Integers) -> Muons:
    """Give each of `events` one soft muon; an event may be named more than once."""
    return _falling(rng, events, rng.choice(np.array([-1, 1]), len(events)), slope_gev=6.0)


def measured(rng: np.random.Generator, true: Muons) -> Muons:
    """Look at muons with a detector: lose some, smear the rest.

    Kept are 96 % of those within |eta| < 2.4 and measured above 3 GeV.
    """
    n = len(true.pt)
    pt = true.pt * (1.0 + MOMENTUM_RESOLUTION * rng.standard_normal(n))
    eta = true.eta + ANGLE_RESOLUTION * rng.standard_normal(n)
    phi = _wrapped(true.phi + ANGLE_RESOLUTION * rng.standard_normal(n))
    seen = (np.abs(eta) < 2.4) & (pt > 3.0) & (rng.random(n) < 0.96)
    return Muons(event=true.event, pt=pt, eta=eta, phi=phi, charge=true.charge).where(seen)


def hardest_first(parts: list[Muons]) -> Muons:
    """Put muons in order: by event, within one by falling transverse momentum."""
    together = Muons(
        event=np.concatenate([part.event for part in parts]),
        pt=np.concatenate([part.pt for part in parts]),
        eta=np.concatenate([part.eta for part in parts]),
        phi=np.concatenate([part.phi for part in parts]),
        charge=np.concatenate([part.charge for part in parts]),
    )
    return together.where(np.lexsort((-together.pt, together.event)))


def _line_shape(rng: np.random.Generator, n: int) -> Floats:
    """Draw masses from a Breit-Wigner in the mass squared, by the inverse of its integral."""
    scale = Z_MASS_GEV * Z_WIDTH_GEV
    low, high = (np.arctan((edge**2 - Z_MASS_GEV**2) / scale) for edge in Z_MASS_RANGE_GEV)
    mass: Floats = np.sqrt(Z_MASS_GEV**2 + scale * np.tan(rng.uniform(low, high, n)))
    return mass


def _flight(rng: np.random.Generator, mass: Floats) -> Floats:
    """Give each Z its momentum, shape `(n, 3)`."""
    n = len(mass)
    pt = 11.0 * np.sqrt((1.0 - rng.random(n)) ** (-1.0 / 1.6) - 1.0)
    pt = np.minimum(pt, 1000.0)
    phi = rng.uniform(-np.pi, np.pi, n)
    rapidity = np.clip(1.6 * rng.standard_normal(n), -4.0, 4.0)
    return np.stack([pt * np.cos(phi), pt * np.sin(phi), np.sqrt(mass**2 + pt**2) * np.sinh(rapidity)], axis=1)


def _isotropic(rng: np.random.Generator, n: int) -> Floats:
    """Draw directions, each as likely as any other; shape `(n, 3)`."""
    cosine = rng.uniform(-1.0, 1.0, n)
    phi = rng.uniform(-np.pi, np.pi, n)
    sine = np.sqrt(1.0 - cosine**2)
    return np.stack([sine * np.cos(phi), sine * np.sin(phi), cosine], axis=1)


def _boost(momentum: Floats, energy: Floats, flight: Floats, mass: Floats) -> Floats:
    """Carry a momentum from the rest frame of a particle to the frame in which that particle flies."""
    total = np.sqrt(mass**2 + np.einsum("ij,ij->i", flight, flight))
    projected = np.einsum("ij,ij->i", momentum, flight)
    boosted: Floats = momentum + flight * ((projected / (total + mass) + energy) / mass)[:, None]
    return boosted


def _cylindrical(momentum: Floats) -> tuple[Floats, Floats, Floats]:
    """Turn momenta of shape `(n, 3)` into transverse momentum, pseudorapidity and azimuth."""
    x, y, z = momentum.T
    pt = np.hypot(x, y)
    return pt, np.arcsinh(z / pt), np.arctan2(y, x)


def _falling(rng: np.random.Generator, events: Integers, charge: Integers, *, slope_gev: float) -> Muons:
    n = len(events)
    return Muons(
        event=events,
        pt=3.0 + rng.exponential(slope_gev, n),
        eta=rng.uniform(-2.6, 2.6, n),
        phi=rng.uniform(-np.pi, np.pi, n),
        charge=charge,
    )


def _wrapped(phi: Floats) -> Floats:
    return (phi + np.pi) % (2.0 * np.pi) - np.pi
