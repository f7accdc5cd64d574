"""Processors over real files, in the schemas of coffea: what they give is what coffea gives."""

from __future__ import annotations

import os
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
        "parents": flat(events.GenPart.parent.pdgId),
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
}


def of_fcc(events: Any) -> Any:
    """Take reconstructed particles, their sums, and what they are matched with."""
    particles = events.ReconstructedParticles
    return {
        "entries": len(events),
        "energy": flat(particles.energy),
        "pairs": flat((particles[:, :1] + particles[:, -1:]).mass),
        "fields": set(events.fields),
    }


def of_edm4hep(events: Any) -> Any:
    """Take particles, and which collections there are."""
    return {"entries": len(events), "pdg": flat(events.MCParticleCollection.PDG), "fields": set(events.fields)}


LONG_CASES = {
    "treemaker": ("treemaker.root", "PreSelection", nanoevents.TreeMakerSchema, of_treemaker),
    "base": ("nano_dimuon.root", "Events", nanoevents.BaseSchema, of_branches),
    "nano v15": ("nano_tt_v15.root", "Events", nanoevents.NanoAODSchema, of_nano),
    "nano rntuple": ("nano_dy_rntuple.root", "Events", nanoevents.NanoAODSchema, of_nano),
    "physlite": ("PHYSLITE_example.root", "CollectionTree", nanoevents.PHYSLITESchema, of_physlite),
}


THEIRS = {
    "fcc": ("p8_ee_WW_ecm240_edm4hep.root", "events", nanoevents.FCC.get_schema("latest"), of_fcc),
    "edm4hep": ("edm4hep.root", "events", nanoevents.EDM4HEPSchema.version("00.99.00"), of_edm4hep),
    "nano v12": ("nano_tt_v12.root", "Events", nanoevents.NanoAODSchema, of_nano),
}
"""Samples in a checkout of coffea, which the environment variable `OVERPROOF_TEST_COFFEA` names."""


@pytest.mark.parametrize("case", [*CASES, *(pytest.param(name, marks=pytest.mark.nightly) for name in LONG_CASES)])
def test_real_files_give_what_coffea_makes_of_them(
    case: str, shared_file: Callable[[str], Path], as_coffea_would: Any
) -> None:
    """References, vectors and versions of a schema are those of coffea."""
    name, tree, schema, processor = (CASES | LONG_CASES)[case]
    compare(shared_file(name), tree, schema, processor, as_coffea_would)


@pytest.mark.nightly
@pytest.mark.parametrize("case", THEIRS)
def test_samples_of_coffea_give_what_it_makes_of_them(case: str, as_coffea_would: Any) -> None:
    """Formats of future colliders, by the version of their schema, too."""
    name, tree, schema, processor = THEIRS[case]
    path = Path(os.environ.get("OVERPROOF_TEST_COFFEA", "/nowhere")) / "tests" / "samples" / name
    if not path.exists():
        pytest.skip("OVERPROOF_TEST_COFFEA names no checkout of coffea with this sample")
    compare(path, tree, schema, processor, as_coffea_would)


def compare(path: Path, tree: str, schema: Any, processor: Any, as_coffea_would: Any) -> None:
    """Run a processor over a file, here and there."""
    fileset = {"sample": {"files": {str(path): tree}, "metadata": {"year": 2018}}}
    with op.Session("inline") as session:
        runner = op.coffea.Runner(session=session, schema=schema)
        mine = runner(fileset, processor)
        assert mine["entries"] > 0
        assert differences(mine, as_coffea_would(runner, fileset, processor, schema=schema)) == []
