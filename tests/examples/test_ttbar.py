"""The top quarks of the example are those of a loop over events, and those of the Analysis Grand Challenge itself."""

from __future__ import annotations

import ast
import importlib.util
import math
import os
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot

import overproof as op
from overproof.testing import Gallery

pytest.importorskip("coffea")

CHECKOUT = "OVERPROOF_TEST_AGC"
"""Environment variable: a checkout of iris-hep/analysis-grand-challenge."""
SAMPLES = (("ttbar", "nominal"), ("ttbar", "ME_var"), ("ttbar", "PS_var"), ("wjets", "nominal"))
FIELDS = {
    "Electron": ("pt", "eta", "cutBased", "sip3d"),
    "Muon": ("pt", "eta", "tightId", "sip3d", "pfRelIso04_all"),
    "Jet": ("pt", "eta", "phi", "mass", "btagCSVV2", "jetId"),
}


def fileset(path: Path) -> dict[str, Any]:
    """Give the same file as four samples, which differ in what their metadata say."""
    return {
        f"{process}__{variation}": {
            "files": {str(path): "Events"},
            "metadata": {"process": process, "variation": variation, "xsec": 10.0 + place, "nevts": 800},
        }
        for place, (process, variation) in enumerate(SAMPLES)
    }


def objects(event: dict[str, Any], name: str) -> list[dict[str, Any]]:
    columns = [event[f"{name}_{field}"] for field in FIELDS[name]]
    return [dict(zip(FIELDS[name], values, strict=True)) for values in zip(*columns, strict=True)]


def selected(path: Path, *, scale: float) -> Iterator[tuple[str, float, list[float]]]:
    """Give region, observable and the jets' transverse momenta of the events that pass, with all jets scaled."""
    with uproot.open(path) as file:
        names = [f"{name}_{field}" for name, fields in FIELDS.items() for field in fields]
        events = file["Events"].arrays(names).tolist()
    for event in events:
        leptons = [
            each for each in objects(event, "Electron")
            if each["pt"] > 30 and abs(each["eta"]) < 2.1 and each["cutBased"] == 4 and each["sip3d"] < 4
        ] + [
            each for each in objects(event, "Muon")
            if each["pt"] > 30 and abs(each["eta"]) < 2.1 and each["tightId"] and each["sip3d"] < 4
            and each["pfRelIso04_all"] < 0.15
        ]  # fmt: skip
        jets = [jet | {"pt": jet["pt"] * scale} for jet in objects(event, "Jet")]
        jets = [jet for jet in jets if jet["pt"] > 30 and abs(jet["eta"]) < 2.4 and jet["jetId"] & 4]
        n_tags = sum(jet["btagCSVV2"] > 0.5 for jet in jets)
        if len(leptons) == 1 and len(jets) >= 4 and n_tags:
            momenta = [jet["pt"] for jet in jets]
            yield ("4j1b", sum(momenta), momenta) if n_tags == 1 else ("4j2b", top_mass(jets), momenta)


def top_mass(jets: list[dict[str, Any]]) -> float:
    """Give the mass of the three jets of highest transverse momentum together, one of them tagged."""
    found = []
    for three in combinations(jets, 3):
        if max(jet["btagCSVV2"] for jet in three) > 0.5:
            parts = []
            for jet in three:
                x, y = jet["pt"] * math.cos(jet["phi"]), jet["pt"] * math.sin(jet["phi"])
                z = jet["pt"] * math.sinh(jet["eta"])
                parts.append((math.hypot(x, y, z, jet["mass"]), x, y, z))
            e, x, y, z = (sum(axis) for axis in zip(*parts, strict=True))
            found.append((math.hypot(x, y), math.sqrt(e**2 - x**2 - y**2 - z**2)))
    return max(found)[1]


def test_top_quarks_are_those_of_a_loop(gallery: Gallery, example: Callable[[str], ModuleType]) -> None:
    """Nominal, scaled and weighted histograms of each sample hold what a loop over events finds, weighted."""
    with op.Session("inline") as session:
        result = session.process(example("ttbar.py").TopPairs(), fileset(gallery.nano))
    assert result["nevents"] == dict.fromkeys(fileset(gallery.nano), 800)
    plain = list(selected(gallery.nano, scale=1.0))
    scaled = list(selected(gallery.nano, scale=1.03))
    weight = 10.0 * 3378 / 800
    for region, histogram in result["hist_dict"].items():
        edges = np.concatenate([[-np.inf], histogram.axes[0].edges, [np.inf]])
        for variation, events, factor in (
            ("nominal", plain, lambda momenta: 1.0),
            ("pt_scale_up", scaled, lambda momenta: 1.0),
            ("btag_var_3_down", plain, lambda momenta: 1 - momenta[3] * 0.075 / 50),
        ):
            values = [(observable, factor(momenta)) for name, observable, momenta in events if name == region]
            assert len(values) > 10
            observables, weights = zip(*values, strict=True)
            expected = np.histogram(observables, bins=edges, weights=weights)[0]
            found = histogram[:, "ttbar", variation].values(flow=True) / weight
            # One of each side: what lies at an edge, in single precision.
            assert np.abs(found - expected).sum() < 2.5, variation
            assert found.sum() == pytest.approx(sum(each for _, each in values), rel=1e-5)
        assert {"ME_var", "PS_var"} <= set(histogram.axes["variation"])
        assert histogram[sum, "wjets", "scale_var_up"].value == pytest.approx(
            1.025 * histogram[sum, "wjets", "nominal"].value
        )


@pytest.fixture
def challenge() -> SimpleNamespace:
    """The processor and the validation of the Analysis Grand Challenge, as they stand in a checkout."""
    place = os.environ.get(CHECKOUT)
    if not place:
        pytest.skip(f"{CHECKOUT} names no checkout of iris-hep/analysis-grand-challenge")
    folder = Path(place) / "analyses" / "cms-open-data-ttbar"
    utils = SimpleNamespace(
        config=module(folder / "utils" / "config.py").config, systematics=module(folder / "utils" / "systematics.py")
    )
    return SimpleNamespace(
        folder=folder,
        processor=class_of(folder / "ttbar_analysis_pipeline.py", "TtbarAnalysis", utils=utils),
        validate=module(folder / "validate_histograms.py").validate,
    )


def module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"challenge_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def class_of(path: Path, name: str, **more: Any) -> Any:
    """Run one class of a script whose other lines talk to a computing facility."""
    import copy

    import correctionlib
    import hist
    from coffea import processor
    from coffea.analysis_tools import PackedSelection

    tree = ast.parse(path.read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name]
    known = {"copy": copy, "ak": ak, "correctionlib": correctionlib, "hist": hist, "np": np, "processor": processor}
    space = known | {"PackedSelection": PackedSelection, "__name__": "challenge"} | more
    exec(compile(tree, str(path), "exec"), space)
    return space[name]


@pytest.mark.nightly
@pytest.mark.parametrize("name", ["dice", "real"])
def test_top_quarks_pass_the_validation_of_the_challenge(
    name: str, gallery: Gallery, shared_file: Callable[[str], Path], example: Callable[[str], ModuleType],
    challenge: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The example, and the challenge's own processor, pass its validation against coffea's run of that processor."""
    from coffea.nanoevents import NanoAODSchema
    from coffea.processor import IterativeExecutor, Runner

    monkeypatch.chdir(challenge.folder)
    real = tmp_path / "real.root"
    if name == "real":
        write_as_of_2015(real, newer=shared_file("nano_tt_v15.root"))
    files = fileset(gallery.nano if name == "dice" else real)
    theirs = challenge.processor(use_inference=False, use_triton=False)
    reference = Runner(executor=IterativeExecutor(status=False), schema=NanoAODSchema)(files, theirs)
    with op.Session("inline") as session:
        answers = {
            "example": session.process(example("ttbar.py").TopPairs(), files),
            "theirs": session.process(theirs, files),
        }
    expected = as_written(reference)
    assert len(expected) > 20
    for answer in answers.values():
        assert challenge.validate(histos=as_written(answer), reference=expected) == {}
        assert answer["nevents"] == reference["nevents"]


def write_as_of_2015(path: Path, *, newer: Path) -> None:
    """Write top quarks of newer NanoAOD under the names of 2015: another b tag, and all objects called good.

    Those of the collection decay into jets alone; what passes are muons inside of them, and electrons.
    """
    good = {"jetId": 6, "tightId": True, "pfRelIso04_all": 0.0, "sip3d": 0.0, "cutBased": 4}
    with uproot.open(newer) as file:
        tree = file["Events"]
        branches = {name: tree[name].array() for name in ("run", "luminosityBlock", "event")}
        for name, wanted in FIELDS.items():
            columns = {field: tree[f"{name}_{field}"].array() for field in ("pt", "eta", "phi", "mass")}
            columns |= {
                field: ak.full_like(columns["pt"], good[field], dtype=type(good[field]))
                for field in good
                if field in wanted
            }
            source, target = ("btagDeepFlavB", "btagCSVV2") if name == "Jet" else ("charge", "charge")
            columns[target] = tree[f"{name}_{source}"].array()
            branches[name] = ak.zip(columns)
    with uproot.recreate(path) as file:
        file.mktree("Events", {name: array.type.content for name, array in branches.items()}).extend(branches)


def as_written(answer: Any) -> dict[str, dict[str, list[float]]]:
    """Give the histograms as the validation of the challenge finds them in a file."""
    return {
        f"{region}_{process}_{variation}": {
            "edges": histogram.axes[0].edges.tolist(),
            "contents": histogram[:, process, variation].values(flow=True).tolist(),
        }
        for region, histogram in answer["hist_dict"].items()
        for process in histogram.axes["process"]
        for variation in histogram.axes["variation"]
        if histogram[:, process, variation].sum(flow=True).value
    }
