"""The Z in its decays into two muons: mass, transverse momentum, and how many events each cut leaves."""

import awkward as ak
import hist
import numpy as np

import overproof as op


class ZPeak(op.Selector):
    """Events with exactly two good muons of opposite charge.

    Parameters: `pt_min`, the least transverse momentum of a good muon in GeV (20 when not given).
    """

    branches = ("Muon_pt", "Muon_eta", "Muon_phi", "Muon_charge", "genWeight")

    def process(self, events):
        pt_min = self.params.get("pt_min", 20.0)
        good = (events.Muon_pt > pt_min) & (abs(events.Muon_eta) < 2.4)
        two = ak.sum(good, axis=1) == 2
        pt, eta, phi = (branch[good][two] for branch in (events.Muon_pt, events.Muon_eta, events.Muon_phi))
        charge = events.Muon_charge[good][two]
        opposite = charge[:, 0] != charge[:, 1]
        pt, eta, phi = pt[opposite], eta[opposite], phi[opposite]
        weight = events.genWeight[two][opposite]

        first, second = (fourvector(pt[:, leg], eta[:, leg], phi[:, leg]) for leg in (0, 1))
        pair = first + second
        pair_mass = np.sqrt(np.maximum(pair[0] ** 2 - np.sum(pair[1:] ** 2, axis=0), 0.0))
        pair_pt = np.hypot(pair[1], pair[2])
        near_z = abs(pair_mass - 91.19) < 10.0

        mass = hist.Hist.new.Reg(60, 60, 120, name="mass", label="dimuon mass [GeV]").Weight()
        transverse = hist.Hist.new.Reg(50, 0, 100, name="pt", label="dimuon transverse momentum [GeV]").Weight()
        return {
            "mass": mass.fill(pair_mass, weight=weight),
            "pt": transverse.fill(pair_pt[near_z], weight=weight[near_z]),
            "cutflow": {
                "all": len(events),
                "two good muons": int(np.sum(two)),
                "opposite charge": int(np.sum(opposite)),
                "within 10 GeV of the Z": int(np.sum(near_z)),
            },
        }


MUON_MASS_GEV = 0.1056583755


def fourvector(pt, eta, phi):
    """Turn transverse momentum, pseudorapidity and azimuth of muons into (E, px, py, pz), shape `(4, n)`, float64."""
    pt, eta, phi = (np.asarray(values, dtype=np.float64) for values in (pt, eta, phi))
    energy = np.hypot(pt * np.cosh(eta), MUON_MASS_GEV)
    return np.stack([energy, pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta)])
