"""Five draws, as people write them."""

from __future__ import annotations

import math
from typing import Any

from benchmarks.questions.question import Axis, Drawing, Filling, Question

PT = Axis(n_bins=128, low=0, high=256)


def _muons_in_pairs(events: Any, ak: Any, np: Any) -> list[Filling]:
    return [Filling(values=[events.Muon_pt[ak.num(events.Muon_pt) == 2]])]


def _plane(events: Any, ak: Any, np: Any) -> list[Filling]:
    return [Filling(values=[events.Muon_phi, events.Muon_eta])]


def _pair_mass(events: Any, ak: Any, np: Any) -> list[Filling]:
    two = ak.num(events.Muon_pt) == 2
    charge, pt, eta, phi = (events[f"Muon_{name}"][two] for name in ("charge", "pt", "eta", "phi"))
    opposite = charge[:, 0] != charge[:, 1]
    pt, eta, phi = pt[opposite], eta[opposite], phi[opposite]
    turned = np.cosh(eta[:, 0] - eta[:, 1]) - np.cos(phi[:, 0] - phi[:, 1])
    return [Filling(values=[np.sqrt(2 * pt[:, 0] * pt[:, 1] * turned)])]


def _weighted_jets(events: Any, ak: Any, np: Any) -> list[Filling]:
    central = abs(events.Jet_eta) < 2.4
    weight = ak.broadcast_arrays(events.genWeight, events.Jet_pt)[0]
    return [Filling(values=[events.Jet_pt[central]], weight=weight[central])]


def _hard_sum(events: Any, ak: Any, np: Any) -> list[Filling]:
    hard = events.Jet_pt > 30
    return [Filling(values=[ak.sum(events.Jet_pt[hard], axis=1)[ak.sum(hard, axis=1) >= 2]])]


_MASS = (
    "sqrt(2 * Muon_pt[0] * Muon_pt[1] * "
    "(cosh(Muon_eta[0] - Muon_eta[1]) - cos(Muon_phi[0] - Muon_phi[1])))"
)  # fmt: skip

DRAWS = (
    Question(
        name="draw1",
        title="transverse momentum of muons in events with two",
        columns=("nMuon", "Muon_pt"),
        histograms=((PT,),),
        columnar=_muons_in_pairs,
        dataframe=lambda df: [(df.Filter("nMuon == 2"), ("Muon_pt",), "")],
        drawing=Drawing(expression="Muon_pt", cut="nMuon == 2"),
    ),
    Question(
        name="draw2",
        title="pseudorapidity of muons against azimuth",
        columns=("Muon_eta", "Muon_phi"),
        histograms=((Axis(n_bins=32, low=-math.pi, high=math.pi), Axis(n_bins=64, low=-4, high=4)),),
        columnar=_plane,
        dataframe=lambda df: [(df, ("Muon_phi", "Muon_eta"), "")],
        drawing=Drawing(expression="Muon_eta:Muon_phi"),
    ),
    Question(
        name="draw3",
        title="mass of two muons of opposite charge",
        columns=("nMuon", "Muon_pt", "Muon_eta", "Muon_phi", "Muon_charge"),
        histograms=((Axis(n_bins=128, low=0, high=128),),),
        columnar=_pair_mass,
        dataframe=lambda df: [
            (df.Filter("nMuon == 2 && Muon_charge[0] != Muon_charge[1]").Define("chosen", _MASS), ("chosen",), "")
        ],
        drawing=Drawing(expression=_MASS, cut="nMuon == 2 && Muon_charge[0] != Muon_charge[1]"),
    ),
    Question(
        name="draw4",
        title="transverse momentum of central jets, weighted",
        columns=("Jet_pt", "Jet_eta", "genWeight"),
        histograms=((PT,),),
        columnar=_weighted_jets,
        dataframe=lambda df: [(df.Define("chosen", "Jet_pt[abs(Jet_eta) < 2.4]"), ("chosen",), "genWeight")],
        drawing=Drawing(expression="Jet_pt", cut="abs(Jet_eta) < 2.4", weight="genWeight"),
    ),
    Question(
        name="draw5",
        title="sum of transverse momenta of jets above 30 GeV, two or more",
        columns=("Jet_pt",),
        histograms=((Axis(n_bins=128, low=0, high=512),),),
        columnar=_hard_sum,
        dataframe=lambda df: [
            (df.Filter("Sum(Jet_pt > 30) >= 2").Define("chosen", "Sum(Jet_pt[Jet_pt > 30])"), ("chosen",), "")
        ],
        drawing=Drawing(expression="Sum$(Jet_pt * (Jet_pt > 30))", cut="Sum$(Jet_pt > 30) >= 2"),
    ),
)
