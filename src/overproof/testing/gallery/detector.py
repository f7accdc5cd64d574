"""What a detector sees of particles: their momenta a little wrong, and some of them not."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from overproof.testing.gallery.processes import BOTTOM, ELECTRON, LIGHT, MUON, NEUTRINO, Particles
from overproof.words.frozen import dataclass

_RESOLUTION = {ELECTRON: 0.015, MUON: 0.012, BOTTOM: 0.10, LIGHT: 0.10}
"""Relative width of a measured momentum."""
_LEAST_PT_GEV = {ELECTRON: 5.0, MUON: 4.0, BOTTOM: 15.0, LIGHT: 15.0}
_MOST_ETA = {ELECTRON: 2.5, MUON: 2.4, BOTTOM: 4.7, LIGHT: 4.7}
_MISSED = 0.04
_NOISE_GEV = 9.0
"""Width of either component of what the missing transverse momentum is wrong by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Measured objects of one sort: those of an event together, hardest first.

    Attributes:
        n_of_event: how many each event has.
        kind: what each truly is.
        columns: pt, eta, phi, mass, charge, energy, px, py, pz of each; GeV, float64.
    """

    n_of_event: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int64]
    columns: dict[str, npt.NDArray[np.float64]]


def seen(rng: np.random.Generator, true: Particles, *, kinds: tuple[int, ...], n_events: int) -> Seen:
    """Measure the particles of these kinds."""
    chosen = np.isin(true.kind, kinds)
    kind, event = true.kind[chosen], true.event[chosen]
    width = _of_each(kind, _RESOLUTION)
    momentum = true.momentum[chosen] * (1.0 + width * rng.standard_normal(len(kind)))[:, None]
    energy, x, y, z = momentum.T
    pt = np.hypot(x, y)
    columns = {
        "pt": pt,
        "eta": np.arcsinh(z / pt),
        "phi": np.arctan2(y, x),
        "mass": np.sqrt(np.maximum(energy**2 - x**2 - y**2 - z**2, 0.0)),
        "charge": true.charge[chosen].astype(np.float64),
        "energy": energy,
        "px": x,
        "py": y,
        "pz": z,
    }
    keep = (pt > _of_each(kind, _LEAST_PT_GEV)) & (np.abs(columns["eta"]) < _of_each(kind, _MOST_ETA))
    keep &= rng.random(len(kind)) > _MISSED
    order = np.lexsort((-pt, event))
    order = order[keep[order]]
    return Seen(
        n_of_event=np.bincount(event[order], minlength=n_events),
        kind=kind[order],
        columns={name: column[order] for name, column in columns.items()},
    )


def missing_momentum(
    rng: np.random.Generator, true: Particles, *, n_events: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the size and azimuth of the momentum that nobody saw: that of the neutrinos, and noise."""
    unseen = true.kind == NEUTRINO
    x, y = (
        np.bincount(true.event[unseen], weights=true.momentum[unseen, axis], minlength=n_events)
        + _NOISE_GEV * rng.standard_normal(n_events)
        for axis in (1, 2)
    )
    return np.hypot(x, y), np.arctan2(y, x)


def _of_each(kind: npt.NDArray[np.int64], table: dict[int, float]) -> npt.NDArray[np.float64]:
    values = np.zeros(max(table) + 1)
    values[list(table)] = list(table.values())
    return values[kind]
