"""The Z in pairs of electrons and of muons, in ATLAS PHYSLITE, by way of coffea's schema of it."""

import awkward as ak
import hist
import numpy as np

import overproof as op

GEV = 0.001
"""PHYSLITE counts in MeV."""


class DileptonMass(op.Selector):
    """Pairs of the two hardest electrons, or muons, of opposite charge.

    Parameters: `pt_min`, the least transverse momentum of a lepton in GeV (20 when not given).
    """

    schema = "PHYSLITESchema"

    def process(self, events):
        outputs = {}
        for name in ("Electrons", "Muons"):
            leptons = events[name]
            leptons = leptons[leptons.pt * GEV > self.params.get("pt_min", 20.0)]
            two = leptons[ak.num(leptons) == 2]
            two = two[two.charge[:, 0] != two.charge[:, 1]]
            mass = hist.Hist.new.Reg(60, 60, 120, name="mass", label=f"mass of two {name.lower()} [GeV]").Double()
            outputs[name] = mass.fill((two[:, 0] + two[:, 1]).mass * GEV)
            hardest = np.asarray(ak.drop_none(ak.firsts(leptons.pt)), dtype=float) * GEV
            outputs[f"{name} pt"] = (
                hist.Hist.new.Reg(50, 0, 150, name="pt", label="pt of the hardest [GeV]").Double().fill(hardest)
            )
        return outputs
