"""The Higgs boson in its decays into four leptons, in CMS NanoAOD, by way of coffea's NanoEvents."""

import awkward as ak
import hist

import overproof as op


class FourLeptons(op.Selector):
    """Events with four electrons, four muons or two of each, in two pairs that may come from Z bosons.

    Parameters: `pt_min`, the least transverse momentum of a lepton in GeV (5 when not given).
    """

    schema = "NanoAODSchema"

    def process(self, events):
        pt_min = self.params.get("pt_min", 5.0)
        electrons = events.Electron[(events.Electron.pt > pt_min) & (abs(events.Electron.eta) < 2.5)]
        muons = events.Muon[(events.Muon.pt > pt_min) & (abs(events.Muon.eta) < 2.4)]
        neutral = (ak.sum(electrons.charge, axis=1) == 0) & (ak.sum(muons.charge, axis=1) == 0)
        outputs = {}
        for channel, n_electrons in (("4e", 4), ("2e2mu", 2), ("4mu", 0)):
            chosen = neutral & (ak.num(electrons) == n_electrons) & (ak.num(muons) == 4 - n_electrons)
            first, second = pairs(electrons[chosen], muons[chosen], n_electrons)
            good = (first.mass > 40) & (first.mass < 120) & (second.mass > 12) & (second.mass < 120)
            mass = hist.Hist.new.Reg(40, 70, 150, name="mass", label="mass of four leptons [GeV]").Double()
            outputs[channel] = mass.fill((first + second).mass[good])
        return outputs


def pairs(electrons, muons, n_electrons):
    """Give the two pairs of each event, that first which is more like a Z."""
    if n_electrons == 2:
        ways = [(electrons[:, 0] + electrons[:, 1], muons[:, 0] + muons[:, 1])]
    else:
        leptons = electrons if n_electrons == 4 else muons
        plus, minus = leptons[leptons.charge > 0], leptons[leptons.charge < 0]
        # The first of each charge together, or crosswise.
        ways = [(plus[:, 0] + minus[:, i], plus[:, 1] + minus[:, 1 - i]) for i in (0, 1)]
    (first, second), *others = [*ways, *((two, one) for one, two in ways)]
    for one, two in others:
        better = abs(one.mass - 91.2) < abs(first.mass - 91.2)
        first, second = ak.where(better, one, first), ak.where(better, two, second)
    return first, second
