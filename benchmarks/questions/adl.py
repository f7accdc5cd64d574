"""The eight questions of the ADL benchmarks.

Source: "HEP benchmark queries" of the IRIS-HEP analysis description language working group.
"""

from __future__ import annotations

from typing import Any

from benchmarks.questions import combinations, cplusplus
from benchmarks.questions.question import Axis, Drawing, Filling, Question

# Widths are powers of two: coarse numbers lie on edges, where ROOT and boost-histogram round in two ways.
MET = Axis(n_bins=128, low=0, high=256)
PT = Axis(n_bins=128, low=0, high=256)
SUM = Axis(n_bins=128, low=0, high=512)
LEPTON = ("pt", "eta", "phi")


def _columns(collection: str, fields: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{collection}_{field}" for field in fields)


def _jets_of_the_barrel(events: Any, ak: Any, np: Any) -> list[Filling]:
    return [Filling(values=[events.Jet_pt[abs(events.Jet_eta) < 1]])]


def _met_with_two_jets(events: Any, ak: Any, np: Any) -> list[Filling]:
    return [Filling(values=[events.MET_pt[ak.sum(events.Jet_pt > 40, axis=1) >= 2]])]


def _three_jets_of(df: Any) -> list[tuple[Any, tuple[str, ...], str]]:
    found = df.Filter("nJet >= 3").Define(
        "best", "bench::three_jets(Jet_pt, Jet_eta, Jet_phi, Jet_mass, Jet_btagDeepFlavB)"
    )
    both = found.Define("best_pt", "best.first").Define("best_tag", "best.second")
    return [(both, ("best_pt",), ""), (both, ("best_tag",), "")]


ADL = (
    Question(
        name="adl1",
        title="missing transverse momentum of all events",
        columns=("MET_pt",),
        histograms=((MET,),),
        columnar=lambda events, ak, np: [Filling(values=[events.MET_pt])],
        dataframe=lambda df: [(df, ("MET_pt",), "")],
        drawing=Drawing(expression="MET_pt"),
    ),
    Question(
        name="adl2",
        title="transverse momentum of all jets",
        columns=("Jet_pt",),
        histograms=((PT,),),
        columnar=lambda events, ak, np: [Filling(values=[events.Jet_pt])],
        dataframe=lambda df: [(df, ("Jet_pt",), "")],
        drawing=Drawing(expression="Jet_pt"),
    ),
    Question(
        name="adl3",
        title="transverse momentum of jets with |eta| < 1",
        columns=("Jet_pt", "Jet_eta"),
        histograms=((PT,),),
        columnar=_jets_of_the_barrel,
        dataframe=lambda df: [(df.Define("chosen", "Jet_pt[abs(Jet_eta) < 1]"), ("chosen",), "")],
        drawing=Drawing(expression="Jet_pt", cut="abs(Jet_eta) < 1"),
    ),
    Question(
        name="adl4",
        title="missing transverse momentum of events with two jets above 40 GeV",
        columns=("Jet_pt", "MET_pt"),
        histograms=((MET,),),
        columnar=_met_with_two_jets,
        dataframe=lambda df: [(df.Filter("Sum(Jet_pt > 40) >= 2"), ("MET_pt",), "")],
        drawing=Drawing(expression="MET_pt", cut="Sum$(Jet_pt > 40) >= 2"),
    ),
    Question(
        name="adl5",
        title="missing transverse momentum of events with two muons of opposite charge, mass 60 to 120 GeV",
        columns=("MET_pt", *_columns("Muon", (*LEPTON, "mass", "charge"))),
        histograms=((MET,),),
        columnar=combinations.met_with_muon_pair,
        dataframe=lambda df: [
            (
                df.Filter("bench::has_pair(Muon_pt, Muon_eta, Muon_phi, Muon_mass, Muon_charge, 60, 120)"),
                ("MET_pt",),
                "",
            )
        ],
        declared=cplusplus.PAIR,
    ),
    Question(
        name="adl6",
        title="three jets of the mass nearest to a top quark's: transverse momentum, largest b-tag",
        columns=_columns("Jet", (*LEPTON, "mass", "btagDeepFlavB")),
        histograms=((SUM,), (Axis(n_bins=128, low=0, high=1),)),
        columnar=combinations.three_jets,
        dataframe=_three_jets_of,
        declared=cplusplus.THREE_JETS,
    ),
    Question(
        name="adl7",
        title="sum of transverse momenta of jets above 30 GeV, none within 0.4 of a lepton above 10 GeV",
        columns=tuple(name for each in ("Jet", "Muon", "Electron") for name in _columns(each, LEPTON)),
        histograms=((SUM,),),
        columnar=combinations.jets_away_from_leptons,
        dataframe=lambda df: [
            (
                df.Define(
                    "chosen",
                    "bench::away(Jet_pt, Jet_eta, Jet_phi, Muon_pt, Muon_eta, Muon_phi,"
                    " Electron_pt, Electron_eta, Electron_phi)",
                ),
                ("chosen",),
                "",
            )
        ],
        declared=cplusplus.AWAY,
    ),
    Question(
        name="adl8",
        title="transverse mass of the missing momentum and the leading lepton beside the best Z, three leptons or more",
        columns=(
            "MET_pt",
            "MET_phi",
            *_columns("Muon", (*LEPTON, "mass", "charge")),
            *_columns("Electron", (*LEPTON, "mass", "charge")),
        ),
        histograms=((MET,),),
        columnar=combinations.lepton_beside_z,
        dataframe=lambda df: [
            (
                df.Filter("nMuon + nElectron >= 3")
                .Define(
                    "chosen",
                    "bench::beside(MET_pt, MET_phi, Muon_pt, Muon_eta, Muon_phi, Muon_mass, Muon_charge,"
                    " Electron_pt, Electron_eta, Electron_phi, Electron_mass, Electron_charge)",
                )
                .Filter("chosen >= 0"),
                ("chosen",),
                "",
            )
        ],
        declared=cplusplus.BESIDE,
    ),
)
