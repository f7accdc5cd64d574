"""The Higgs boson seen by what it recoils against, at the FCC: e+ e- -> ZH in EDM4HEP, the Z in two muons.

Nothing is asked of the Higgs boson itself: beams and Z tell its mass.
"""

import awkward as ak
import hist
import numpy as np

import overproof as op


class Recoil(op.Selector):
    """Parameters: `collection` of particles (ReconstructedParticles), `beams`, energy of both in GeV (240)."""

    def process(self, events):
        name = self.params.get("collection", "ReconstructedParticles")
        mass, charge, energy, *momentum = (
            events[f"{name}.{part}"] for part in ("mass", "charge", "energy", "momentum.x", "momentum.y", "momentum.z")
        )
        # What is called a muon has its mass.
        is_muon = abs(mass - 0.1057) < 0.001
        pairs = [
            np.add(*ak.unzip(ak.cartesian([part[is_muon & (charge > 0)], part[is_muon & (charge < 0)]])))
            for part in (energy, *momentum)
        ]
        pair_energy, pair_momentum = pairs[0], np.sqrt(sum(part**2 for part in pairs[1:]))
        pair_mass = np.sqrt(np.maximum(pair_energy**2 - pair_momentum**2, 0))
        best = ak.argmin(abs(pair_mass - 91.19), axis=1, keepdims=True)
        z_mass, z_energy, z_momentum = (
            ak.to_numpy(ak.drop_none(ak.flatten(part[best]))) for part in (pair_mass, pair_energy, pair_momentum)
        )
        near = abs(z_mass - 91.19) < 10
        recoil = np.sqrt(np.maximum((self.params.get("beams", 240) - z_energy) ** 2 - z_momentum**2, 0))
        return {
            "z": hist.Hist.new.Reg(60, 60, 120, name="mass", label="mass of two muons [GeV]").Double().fill(z_mass),
            "recoil": hist.Hist.new.Reg(50, 100, 150, name="mass", label="mass of what they recoil against [GeV]")
            .Double()
            .fill(recoil[near]),
            "cutflow": {"all": len(events), "two muons": len(z_mass), "within 10 GeV of the Z": int(near.sum())},
        }
