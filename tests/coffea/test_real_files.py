"""Processors over real files, in the schemas of coffea: what they give is what coffea gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import awkward as ak
import pytest
from alike import differences
from coffea import nanoevents
from coffea.processor import column_accumulator

import overproof as op

pytestmark = [pytest.mark.filterwarnings(f"ignore:{begin}") for begin in ("Missing cross-reference", "Branch")]


def flat(array: Any) -> Any:
    """Make a column of all numbers in an array; those that are absent are -1."""
    return column_accumulator(ak.fill_none(ak.flatten(array, axis=None), -1).to_numpy())


def of_nano(events: Any) -> Any:
    """Follow references from one collection to another, and compare directions."""
    jets = events.Jet
    return {
        "entries": len(events),
        "matched": flat(events.Electron.matched_gen.pt),
        "parents": flat(events.GenPart.distinctParent.pdgId),
        "jets of muons": flat(events.Muon.matched_jet.pt),
        "nearest": flat(jets.delta_r(jets.nearest(events.GenJet))),
        "mass": flat((jets + jets).mass),
        "met": flat(jets.delta_phi(events.MET if "MET" in events.fields else events.PuppiMET)),
        "version": {events.metadata["version"]},
    }


def of_physlite(events: Any) -> Any:
    """Take columns of several collections."""
    electrons = events.Electrons
    return {
        "entries": len(events),
        "electrons": flat(electrons.pt),
        "pairs": flat((electrons[:, :, None] + electrons[:, None, :]).mass),
        "muons": flat(events.Muons.eta),
    }


def of_treemaker(events: Any) -> Any:
    """Take what belongs to an event, and what to its jets."""
    return {"entries": len(events), "jets": flat(events.Jets.pt), "ht": flat(events.HT)}


def of_branches(events: Any) -> Any:
    """See branches as they are, without collections."""
    return {"entries": len(events), "pt": flat(events.Muon_pt), "fields": {len(events.fields)}}


CASES = {
    "nano": ("nano_dy.root", "Events", nanoevents.NanoAODSchema, of_nano),
    "treemaker": ("treemaker.root", "PreSelection", nanoevents.TreeMakerSchema, of_treemaker),
}
LONG_CASES = {
    "base": ("nano_dimuon.root", "Events", nanoevents.BaseSchema, of_branches),
    "nano v15": ("nano_tt_v15.root", "Events", nanoevents.NanoAODSchema, of_nano),
    "nano rntuple": ("nano_dy_rntuple.root", "Events", nanoevents.NanoAODSchema, of_nano),
    "physlite": ("PHYSLITE_example.root", "CollectionTree", nanoevents.PHYSLITESchema, of_physlite),
}


@pytest.mark.parametrize(
    "case",
    [*CASES, *(pytest.param(name, marks=pytest.mark.nightly) for name in LONG_CASES)],
)
def test_real_files_give_what_coffea_makes_of_them(
    case: str, shared_file: Callable[[str], Path], as_coffea_would: Any
) -> None:
    """References, vectors and versions of a schema are those of coffea."""
    name, tree, schema, processor = (CASES | LONG_CASES)[case]
    fileset = {case: {"files": {str(shared_file(name)): tree}, "metadata": {"year": 2018}}}
    with op.Session("inline") as session:
        runner = op.coffea.Runner(session=session, schema=schema)
        mine = runner(fileset, processor)
        assert mine["entries"] > 0
        assert differences(mine, as_coffea_would(runner, fileset, processor, schema=schema)) == []
