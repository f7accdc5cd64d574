"""The eight questions of the ADL benchmark, in one pass over the branches they need."""

import awkward as ak
import hist
import numpy as np

import overproof as op


class ADL(op.Selector):
    """Parameter: `tag`, the branch that says how much a jet looks like a bottom quark (Jet_btagDeepFlavB)."""

    def process(self, events):
        jets = ak.zip({"p": fourvectors(events, "Jet"), "tag": events[self.params.get("tag", "Jet_btagDeepFlavB")]})
        muons, electrons = (leptons(events, name, sort) for name, sort in (("Muon", 13), ("Electron", 11)))
        met, pt = events.MET_pt, events.Jet_pt

        first, second = ak.unzip(ak.combinations(muons, 2))
        is_z = (first.kind == -second.kind) & (abs(mass(first.p, second.p) - 90) < 30)
        clean = (pt > 30) & is_far(jets.p, muons.p) & is_far(jets.p, electrons.p)
        top_pt, top_tag = trijets(jets)
        return {
            "1": filled(met),
            "2": filled(ak.flatten(pt)),
            "3": filled(ak.flatten(pt[abs(events.Jet_eta) < 1])),
            "4": filled(met[ak.sum(pt > 40, axis=1) >= 2]),
            "5": filled(met[ak.any(is_z, axis=1)]),
            "6 pt": filled(top_pt),
            "6 tag": filled(top_tag, high=1),
            "7": filled(ak.sum(pt[clean], axis=1)),
            "8": filled(transverse_masses(ak.concatenate([electrons, muons], axis=1), met, events.MET_phi)),
        }


def trijets(jets):
    """Give transverse momentum and highest tag of the three jets whose mass is closest to that of a top quark."""
    three = ak.combinations(jets, 3, fields=["a", "b", "c"])
    away = abs(mass(three.a.p, three.b.p, three.c.p) - 172.5)
    three = ak.flatten(three[ak.argmin(away, axis=1, keepdims=True)])
    three = three[~ak.is_none(three)]
    pt = np.hypot(*(three.a.p[axis] + three.b.p[axis] + three.c.p[axis] for axis in "xy"))
    return pt, np.maximum(three.a.tag, np.maximum(three.b.tag, three.c.tag))


def transverse_masses(all_leptons, met, met_phi):
    """Give the mass of the momentum that lacks and the hardest lepton beside the pair that is most like a Z."""
    index = ak.argcombinations(all_leptons, 2, fields=["a", "b"])
    first, second = all_leptons[index.a], all_leptons[index.b]
    away = ak.where(first.kind == -second.kind, abs(mass(first.p, second.p) - 91.2), np.inf)
    chosen = index[ak.argmin(away, axis=1, keepdims=True)]
    good = (ak.num(all_leptons) > 2) & ak.any(np.isfinite(away), axis=1)
    chosen, rest, met, met_phi = chosen[good][:, 0], all_leptons[good], met[good], met_phi[good]
    place = ak.local_index(rest)
    rest = rest[(place != chosen.a) & (place != chosen.b)]
    third = rest[ak.argmax(np.hypot(rest.p.x, rest.p.y), axis=1, keepdims=True)][:, 0].p
    return np.sqrt(2 * met * (np.hypot(third.x, third.y) - third.x * np.cos(met_phi) - third.y * np.sin(met_phi)))


def leptons(events, name, sort):
    return ak.zip({"p": fourvectors(events, name), "kind": -sort * events[f"{name}_charge"]})


def fourvectors(events, name):
    pt, eta, phi, m = (ak.values_astype(events[f"{name}_{part}"], float) for part in ("pt", "eta", "phi", "mass"))
    x, y, z = pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta)
    return ak.zip({"e": np.sqrt(x**2 + y**2 + z**2 + m**2), "x": x, "y": y, "z": z, "eta": eta, "phi": phi})


def mass(*parts):
    e, x, y, z = (sum(part[axis] for part in parts) for axis in "exyz")
    return np.sqrt(np.maximum(e**2 - x**2 - y**2 - z**2, 0))


def is_far(jets, others):
    a, b = ak.unzip(ak.cartesian([jets, others[np.hypot(others.x, others.y) > 10]], nested=True))
    return ak.all(np.hypot(a.eta - b.eta, np.pi - abs(np.pi - abs(a.phi - b.phi))) >= 0.4, axis=2)


def filled(values, high=200):
    return hist.Hist.new.Reg(100, 0, high, name="x").Double().fill(values)
