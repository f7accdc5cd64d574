"""Top quark pairs with one lepton, as the Analysis Grand Challenge selects them: python ttbar.py NANOAOD ...

Two regions: four jets and one b tag (sum of the jets' transverse momenta), two b tags (mass of the hadronic top).
"""

import sys

import awkward as ak
import hist
import numpy as np
from coffea import processor

import overproof as op

LUMINOSITY_PER_PB, TAGGED = 3378, 0.5


class TopPairs(processor.ProcessorABC):
    """Metadata of each dataset: `process`, `variation`, `xsec` (pb), `nevts`."""

    def process(self, events):
        about = events.metadata
        weight = about["xsec"] * LUMINOSITY_PER_PB / about["nevts"]
        axis = hist.axis.Regular(25, 50, 550, name="observable", label="observable [GeV]")
        growing = [hist.axis.StrCategory([], name=name, growth=True) for name in ("process", "variation")]
        regions = {name: hist.Hist(axis, *growing, storage=hist.storage.Weight()) for name in ("4j1b", "4j2b")}
        for shift, pt in jet_momenta(events, about["variation"]).items():
            for region, observable, jets in selected(events, pt):
                for name, factor in weights(shift, jets, about).items():
                    regions[region].fill(observable, about["process"], name, weight=weight * factor)
        return {"nevents": {about["dataset"]: len(events)}, "hist_dict": regions}

    def postprocess(self, accumulator):
        return accumulator


def jet_momenta(events, variation):
    """Give the jets' transverse momenta: as measured, and for samples that are nominal also shifted and smeared."""
    pt = events.Jet.pt
    if variation != "nominal":
        return {variation: pt}
    # A block is always the same entries: dice that start from its place fall alike every time.
    dice = np.random.default_rng(events.metadata["entrystart"])
    smeared = ak.unflatten(dice.normal(1.0, 0.05, ak.sum(ak.num(pt))), ak.num(pt))
    return {"nominal": pt, "pt_scale_up": pt * 1.03, "pt_res_up": pt * smeared}


def selected(events, pt):
    """Give (region, observable, jets) of the events with one good lepton and four good jets."""
    electrons, muons, jets = events.Electron, events.Muon, ak.with_field(events.Jet, pt, "pt")
    electrons = electrons[(electrons.pt > 30) & (abs(electrons.eta) < 2.1) & (electrons.sip3d < 4)]
    electrons = electrons[electrons.cutBased == 4]
    muons = muons[(muons.pt > 30) & (abs(muons.eta) < 2.1) & (muons.sip3d < 4)]
    muons = muons[muons.tightId & (muons.pfRelIso04_all < 0.15)]
    jets = jets[(jets.pt > 30) & (abs(jets.eta) < 2.4) & jets.isTightLeptonVeto]
    jets = jets[(ak.num(electrons) + ak.num(muons) == 1) & (ak.num(jets) >= 4)]
    n_tags = ak.sum(jets.btagCSVV2 > TAGGED, axis=1)
    one, two = jets[n_tags == 1], jets[n_tags >= 2]
    yield "4j1b", ak.sum(one.pt, axis=1), one
    three = ak.combinations(two, 3, fields=["a", "b", "c"])
    three = three[np.maximum(three.a.btagCSVV2, np.maximum(three.b.btagCSVV2, three.c.btagCSVV2)) > TAGGED]
    top = three.a + three.b + three.c
    yield "4j2b", ak.flatten(top[ak.argmax(top.pt, axis=1, keepdims=True)].mass), two


def weights(shift, jets, about):
    """Give the factors of each variation: one alone for shifted jets, those of event weights beside the nominal one."""
    if shift != "nominal":
        return {shift: 1.0}
    factors = {"nominal": 1.0}
    for name, sign in (("up", 1), ("down", -1)):
        factors |= {f"btag_var_{i}_{name}": 1 + sign * 0.075 / 50 * ak.to_numpy(jets.pt[:, i]) for i in range(4)}
        factors |= {f"scale_var_{name}": 1 + sign * 0.025} if about["process"] == "wjets" else {}
    return factors


if __name__ == "__main__":
    about = {"process": "ttbar", "variation": "nominal", "xsec": 729.84, "nevts": 10_000}
    fileset = {"ttbar": {"files": dict.fromkeys(sys.argv[1:], "Events"), "metadata": about}}
    for region, histogram in op.coffea.Runner()(fileset, TopPairs())["hist_dict"].items():
        print(f"{region}: {histogram[:, 'ttbar', 'nominal'].sum(flow=True).value:,.0f} events expected")
        op.plot(histogram[:, "ttbar", "nominal"], f"ttbar_{region}.png")
