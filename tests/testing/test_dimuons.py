"""The muons of the sample are those of a Z, and of nothing else where there is none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from overproof.testing import dimuons
from overproof.testing.dimuons import MUON_MASS_GEV, Z_MASS_GEV, Z_WIDTH_GEV, Floats, Muons

N = 40_000


def dice() -> np.random.Generator:
    return np.random.default_rng(7)


def momenta(muons: Muons) -> Floats:
    """Rows (E, px, py, pz), written anew: the oracle shares no code with the generator."""
    rows = np.stack([muons.pt * np.cos(muons.phi), muons.pt * np.sin(muons.phi), muons.pt * np.sinh(muons.eta)], axis=1)
    return np.column_stack([np.sqrt(MUON_MASS_GEV**2 + (rows**2).sum(axis=1)), rows])


def pair_masses(muons: Muons) -> Floats:
    """Masses of pairs, of muons that stand first legs first, second legs after."""
    total = momenta(muons)[: len(muons.pt) // 2] + momenta(muons)[len(muons.pt) // 2 :]
    return np.sqrt(total[:, 0] ** 2 - (total[:, 1:] ** 2).sum(axis=1))


def test_two_muons_of_a_z_have_its_mass() -> None:
    """Half of all true masses lie within half a width of the Z (a Breit-Wigner's quartiles), the median on it."""
    muons = dimuons.z_decays(dice(), np.arange(N))
    mass = pair_masses(muons)
    low, median, high = np.quantile(mass, [0.25, 0.5, 0.75])
    assert median == pytest.approx(Z_MASS_GEV, abs=0.03)
    assert (high - low) == pytest.approx(Z_WIDTH_GEV, rel=0.05)


def test_two_muons_of_a_z_have_opposite_charge() -> None:
    """Charge is conserved in every decay."""
    muons = dimuons.z_decays(dice(), np.arange(N))
    assert set(muons.charge.tolist()) == {-1, 1}
    assert not (muons.charge[:N] + muons.charge[N:]).any()


def test_the_decay_has_no_direction() -> None:
    """The sum of decay directions over many Z is that of a random walk: nothing prefers an axis."""
    muons = dimuons.z_decays(dice(), np.arange(N))
    legs = momenta(muons)[:, 1:]
    along_beam = legs[:N, 2] - legs[N:, 2]
    assert abs(along_beam.mean()) < 4 * along_beam.std() / math.sqrt(N)


def test_unrelated_pairs_have_no_peak() -> None:
    """Around the Z mass, pairs that know nothing of each other are as many as left and right of it."""
    mass = pair_masses(dimuons.unrelated_pairs(dice(), np.arange(N)))
    left, middle, right = (int(((mass > low) & (mass < low + 10)).sum()) for low in (76, 86, 96))
    assert middle < 1.3 * (left + right) / 2


def test_the_detector_smears_by_its_resolution() -> None:
    """Of muons at 50 GeV the detector measures a spread of 1.3 %, and loses 4 in 100."""
    true = Muons(
        event=np.arange(N), pt=np.full(N, 50.0), eta=np.zeros(N), phi=np.zeros(N), charge=np.ones(N, dtype=np.int64)
    )
    seen = dimuons.measured(dice(), true)
    assert seen.pt.std() / 50.0 == pytest.approx(dimuons.MOMENTUM_RESOLUTION, rel=0.03)
    assert len(seen.pt) / N == pytest.approx(0.96, abs=0.01)


def test_muons_stand_by_event_and_hardest_first() -> None:
    """Whatever the order of the parts, muons come out by event and falling momentum, none lost."""
    parts = [dimuons.single_muons(dice(), np.array([3, 1, 3])), dimuons.unrelated_pairs(dice(), np.array([1, 0]))]
    ordered = dimuons.hardest_first(parts)
    assert ordered.event.tolist() == [0, 0, 1, 1, 1, 3, 3]
    assert all(
        first >= second
        for event, after, first, second in zip(
            ordered.event, ordered.event[1:], ordered.pt, ordered.pt[1:], strict=False
        )
        if event == after
    )
