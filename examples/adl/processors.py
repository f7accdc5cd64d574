"""The eight questions of the ADL benchmark as processors of coffea: python processors.py NANOAOD ..."""

import sys

import awkward as ak
import hist
import numpy as np
from coffea import processor

import overproof as op


class Question(processor.ProcessorABC):
    def __init__(self, function, high=200):
        self.function, self.high = function, high

    def process(self, events):
        return hist.Hist.new.Reg(100, 0, self.high, name="x").Double().fill(self.function(events))

    def postprocess(self, accumulator):
        return accumulator


def has_z(events):
    first, second = ak.unzip(ak.combinations(events.Muon, 2))
    mass = (first + second).mass
    return ak.any((first.charge != second.charge) & (abs(mass - 90) < 30), axis=1)


def trijets(events):
    """Give momentum and highest tag of the three jets of each event whose mass is closest to that of a top quark."""
    three = ak.combinations(events.Jet, 3, fields=["a", "b", "c"])
    away = abs((three.a + three.b + three.c).mass - 172.5)
    three = ak.flatten(three[ak.singletons(ak.argmin(away, axis=1))])
    tag = np.maximum(three.a.btagDeepFlavB, np.maximum(three.b.btagDeepFlavB, three.c.btagDeepFlavB))
    return three.a + three.b + three.c, tag


def sum_of_clean_jets(events):
    jets = events.Jet[events.Jet.pt > 30]
    for leptons in (events.Electron, events.Muon):
        jets = jets[ak.all(jets.metric_table(leptons[leptons.pt > 10]) >= 0.4, axis=2)]
    return ak.sum(jets.pt, axis=1)


def transverse_mass(events):
    """Give the mass of the momentum that lacks and the hardest lepton beside the pair that is most like a Z."""
    leptons = ak.concatenate([plain(events.Electron, 11), plain(events.Muon, 13)], axis=1)
    pair = ak.argcombinations(leptons, 2, fields=["a", "b"])
    first, second = leptons[pair.a], leptons[pair.b]
    pair = pair[(first.kind == second.kind) & (first.charge != second.charge)]
    good = (ak.num(leptons) > 2) & (ak.num(pair) > 0)
    leptons, pair, met = leptons[good], pair[good], events.MET[good]
    pair = pair[ak.argmin(abs((leptons[pair.a] + leptons[pair.b]).mass - 91.2), axis=1, keepdims=True)][:, 0]
    place = ak.local_index(leptons)
    rest = leptons[(place != pair.a) & (place != pair.b)]
    third = rest[ak.argmax(rest.pt, axis=1, keepdims=True)][:, 0]
    return np.sqrt(2 * third.pt * met.pt * (1 - np.cos(met.delta_phi(third))))


def plain(leptons, kind):
    """Keep of leptons what electrons and muons share."""
    fields = {name: leptons[name] for name in ("pt", "eta", "phi", "mass", "charge")}
    return ak.zip(fields | {"kind": kind}, with_name="PtEtaPhiMCandidate", behavior=leptons.behavior)


QUESTIONS = {
    "1": Question(lambda events: events.MET.pt),
    "2": Question(lambda events: ak.flatten(events.Jet.pt)),
    "3": Question(lambda events: ak.flatten(events.Jet[abs(events.Jet.eta) < 1].pt)),
    "4": Question(lambda events: events.MET.pt[ak.sum(events.Jet.pt > 40, axis=1) >= 2]),
    "5": Question(lambda events: events.MET.pt[has_z(events)]),
    "6 pt": Question(lambda events: trijets(events)[0].pt),
    "6 tag": Question(lambda events: trijets(events)[1], high=1),
    "7": Question(sum_of_clean_jets),
    "8": Question(transverse_mass),
}

if __name__ == "__main__":
    run = op.coffea.Runner()
    for number, question in QUESTIONS.items():
        histogram = run({"collisions": sys.argv[1:]}, question, treename="Events")
        print(f"question {number}: {histogram.sum(flow=True):,.0f} values")
