"""How particles decay, as arrays of four-momenta: shape `(n, 4)`, columns E, px, py, pz, in GeV, float64."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]


def two_body(
    rng: np.random.Generator, parent: Floats, *, masses: tuple[Floats | float, Floats | float]
) -> tuple[Floats, Floats]:
    """Let each parent decay into two particles of given masses, in a direction as likely as any other.

    Masses that are too large for the parent give particles at rest in its frame.
    """
    mass = invariant_mass(parent)
    first, second = (np.broadcast_to(np.asarray(each, dtype=np.float64), mass.shape) for each in masses)
    product = (mass**2 - (first + second) ** 2) * (mass**2 - (first - second) ** 2)
    momentum = np.sqrt(np.maximum(product, 0.0)) / (2.0 * mass)
    cosine, azimuth = rng.uniform(-1.0, 1.0, len(mass)), rng.uniform(-np.pi, np.pi, len(mass))
    sine = np.sqrt(1.0 - cosine**2)
    along = momentum[:, None] * np.stack([sine * np.cos(azimuth), sine * np.sin(azimuth), cosine], axis=1)
    return _boosted(along, first, parent), _boosted(-along, second, parent)


def line_shape(rng: np.random.Generator, n: int, *, mass: float, width: float, reach: tuple[float, float]) -> Floats:
    """Draw masses from a Breit-Wigner in the mass squared, cut off at both ends of `reach`."""
    scale = mass * width
    low, high = (np.arctan((edge**2 - mass**2) / scale) for edge in reach)
    drawn: Floats = np.sqrt(mass**2 + scale * np.tan(rng.uniform(low, high, n)))
    return drawn


def in_flight(rng: np.random.Generator, mass: Floats, *, pt: float, rapidity: float) -> Floats:
    """Give particles of these masses falling transverse momenta (mean `pt`) and rapidities (width `rapidity`)."""
    n = len(mass)
    transverse, azimuth = rng.exponential(pt, n), rng.uniform(-np.pi, np.pi, n)
    along = np.clip(rapidity * rng.standard_normal(n), -3.5, 3.5)
    sideways = np.hypot(mass, transverse)
    return np.stack(
        [
            sideways * np.cosh(along),
            transverse * np.cos(azimuth),
            transverse * np.sin(azimuth),
            sideways * np.sinh(along),
        ],
        axis=1,
    )


def invariant_mass(momenta: Floats) -> Floats:
    """Return the masses of particles, 0 where rounding would make their square negative."""
    mass: Floats = np.sqrt(np.maximum(momenta[:, 0] ** 2 - np.sum(momenta[:, 1:] ** 2, axis=1), 0.0))
    return mass


def _boosted(momentum: Floats, mass: Floats, parent: Floats) -> Floats:
    """Carry momenta from the rest frame of their parents to the frame in which these fly."""
    energy = np.sqrt(mass**2 + np.sum(momentum**2, axis=1))
    total, flight = parent[:, 0], parent[:, 1:]
    parent_mass = invariant_mass(parent)
    projected = np.sum(momentum * flight, axis=1)
    carried = momentum + flight * ((projected / (total + parent_mass) + energy) / parent_mass)[:, None]
    return np.column_stack([(total * energy + projected) / parent_mass, carried])
