"""The Higgs boson in its decays into four leptons, in CMS NanoAOD, by way of coffea's NanoEvents."""

import awkward as ak
import hist

import overproof as op


class FourLeptons(op.Selector):
    """Events with four electrons, four muons or two of each, in pairs of opposite charge.

    Parameters: `pt_min`, the least transverse momentum of a lepton in GeV (5 when not given).
    """

    schema = "NanoAODSchema"

    def process(self, events):
        pt_min = self.params.get("pt_min", 5.0)
        electrons = events.Electron[(events.Electron.pt > pt_min) & (abs(events.Electron.eta) < 2.5)]
        muons = events.Muon[(events.Muon.pt > pt_min) & (abs(events.Muon.eta) < 2.4)]
        mass = hist.Hist.new.StrCat([], name="channel", growth=True)
        mass = mass.Reg(40, 70, 150, name="mass", label="mass of four leptons [GeV]").Double()
        light = hist.Hist.new.Reg(50, 0, 120, name="mass", label="mass of the lighter pair [GeV]").Double()
        n_events = {}
        for channel, n_electrons in (("4e", 4), ("2e2mu", 2), ("4mu", 0)):
            chosen = (ak.num(electrons) == n_electrons) & (ak.num(muons) == 4 - n_electrons)
            chosen = chosen & (ak.sum(electrons.charge, axis=1) == 0) & (ak.sum(muons.charge, axis=1) == 0)
            first, second = pairs(electrons[chosen], muons[chosen], n_electrons)
            mass.fill(channel=channel, mass=(first + second).mass)
            light.fill(ak.where(first.mass < second.mass, first.mass, second.mass))
            n_events[channel] = int(ak.sum(chosen))
        return {"mass": mass, "light": light, "events": n_events}


def pairs(electrons, muons, n_electrons):
    """Give the two pairs of each event; of four leptons of one sort, those with the pair that is most like a Z."""
    if n_electrons == 2:
        return electrons[:, 0] + electrons[:, 1], muons[:, 0] + muons[:, 1]
    leptons = electrons if n_electrons == 4 else muons
    plus, minus = leptons[leptons.charge > 0], leptons[leptons.charge < 0]
    # Two ways to make pairs: the first of each charge together, or crosswise.
    straight = (plus[:, 0] + minus[:, 0], plus[:, 1] + minus[:, 1])
    crosswise = (plus[:, 0] + minus[:, 1], plus[:, 1] + minus[:, 0])
    away = [
        ak.min(ak.concatenate([abs(z.mass - 91.2)[:, None] for z in way], axis=1), axis=1)
        for way in (straight, crosswise)
    ]
    return tuple(ak.where(away[0] < away[1], one, other) for one, other in zip(straight, crosswise, strict=True))
