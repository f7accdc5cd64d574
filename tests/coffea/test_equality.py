"""Processors give here what coffea's IterativeExecutor gives over the same ranges: types, keys, numbers."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import awkward as ak
import hist
import numpy as np
import pytest
from alike import differences
from coffea import processor
from coffea.analysis_tools import PackedSelection, Weights
from coffea.processor import (
    column_accumulator,
    defaultdict_accumulator,
    dict_accumulator,
    set_accumulator,
    value_accumulator,
)

import overproof as op
from overproof.testing import write_gallery

CHUNKSIZE = 40
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


class OfAllKinds(processor.ProcessorABC):
    """Puts out everything that coffea accumulates."""

    def process(self, events: Any) -> Any:
        dataset, met = events.metadata["dataset"], events.MET.pt.to_numpy()
        return {
            "whole": len(events),
            "float": float(np.sum(met, dtype=np.float64)),
            "is_filled": len(events) > 0,
            "bool": bool(len(events)),
            "numpy whole": np.int64(len(events)),
            "numpy float": np.float64(met.sum()),
            "numpy single": np.float32(len(events)),
            "number without dimensions": np.array(len(events)),
            "array": np.histogram(met, bins=5, range=(0, 100))[0],
            "weighted array": np.histogram(met, bins=5, range=(0, 100), weights=met.astype(np.float64))[0],
            "text": dataset[0],
            "list": [int(events.event[0]), events.metadata["filename"][-6:]],
            "tuple": (len(events), dataset),
            "set": {int(run) for run in events.run},
            "counter": Counter(events.luminosityBlock.to_list()),
            "columns": column_accumulator(met[met > 60]),
            "dict accumulator": dict_accumulator(
                {"n": value_accumulator(int, len(events)), dataset: column_accumulator(met)}
            ),
            "default": defaultdict_accumulator(int, {dataset: len(events)}),
            "plain default": defaultdict(int, {dataset: len(events)}),
            "value": value_accumulator(float, float(met.max())),
            "names": set_accumulator({dataset}),
            "nested": {dataset: {"deep": {"n": len(events), "sum": float(met.sum())}}, "all": {"n": 1}},
            dataset: {"entries": len(events), "start": [events.metadata["entrystart"]]},
            "nothing": {},
        }

    def postprocess(self, accumulator: Any) -> None:
        accumulator["mean"] = accumulator["float"] / accumulator["whole"]


class Histograms(processor.ProcessorABC):
    """Fills every storage, and axes whose categories grow in the order of what is seen."""

    def process(self, events: Any) -> Any:
        dataset, pt = events.metadata["dataset"], ak.flatten(events.Muon.pt)
        weight = np.repeat(events.genWeight.to_numpy(), ak.num(events.Muon))
        charge = ak.flatten(events.Muon.charge)
        new = hist.Hist.new
        plain = {"double": "Double", "int64": "Int64", "atomic": "AtomicInt64", "unlimited": "Unlimited"}
        filled = {name: getattr(new.Reg(20, 0, 100, name="pt"), kind)().fill(pt=pt) for name, kind in plain.items()}
        return filled | {
            "weighted double": new.Reg(20, 0, 100, name="pt").Double().fill(pt=pt, weight=weight),
            "weight": new.Var([0, 10, 30, 80], name="pt", label="$p_T$").Weight().fill(pt=pt, weight=weight),
            "mean": new.Reg(5, 0, 100, name="pt").Mean().fill(pt=pt, sample=charge),
            "weighted mean": new.Reg(5, 0, 100, name="pt").WeightedMean().fill(pt=pt, weight=weight, sample=pt),
            "categories": new.StrCat([], growth=True, name="dataset")
            .IntCat([], growth=True, name="charge")
            .Reg(10, 0, 100, name="pt")
            .Weight()
            .fill(dataset=dataset, charge=charge, pt=pt, weight=weight),
            "runs": new.IntCat([], growth=True, name="run").Int64().fill(run=events.run),
            "fixed": new.StrCat(["mc", "data"], name="dataset")
            .Bool(name="high")
            .Double()
            .fill(dataset, events.MET.pt > 40),
            "integer": new.Integer(0, 8, name="n").Int64().fill(ak.num(events.Jet)),
            "log": new.Log(10, 1, 500, name="pt").Double().fill(pt),
        }

    def postprocess(self, accumulator: Any) -> Any:
        return accumulator


class Selection(processor.ProcessorABC):
    """An analysis: cuts, weights with variations, pairs, systematics, a correction."""

    def process(self, events: Any) -> Any:
        import correctionlib.schemav2 as schema

        dataset, is_mc = events.metadata["dataset"], events.metadata["is_mc"]
        scale = schema.Correction(
            name="scale", version=1, inputs=[schema.Variable(name="pt", type="real")],
            output=schema.Variable(name="sf", type="real"),
            data=schema.Formula(nodetype="formula", expression="1+0.01*sqrt(x)", parser="TFormula", variables=["pt"]),
        ).to_evaluator()  # fmt: skip
        weights = Weights(len(events), storeIndividual=True)
        if is_mc:
            weights.add("gen", events.genWeight.to_numpy())
            central = np.asarray(scale.evaluate(events.MET.pt.to_numpy().astype(np.float64)))
            weights.add("scale", central, central * 1.1, central * 0.9)
        pairs = ak.combinations(events.Muon, 2, fields=["one", "two"])
        masses = (pairs.one + pairs.two).mass
        selection = PackedSelection()
        selection.add_multiple(
            {
                "met": events.MET.pt > 20,
                "jets": ak.num(events.Jet[events.Jet.pt > 30]) >= 2,
                "pair": ak.any((masses > 10) & (pairs.one.charge != pairs.two.charge), axis=1),
            }
        )
        chosen = selection.all("met", "jets")
        output = hist.Hist.new.StrCat([], growth=True, name="variation").Reg(20, 0, 200, name="met").Weight()
        for variation in [None, *sorted(weights.variations)]:
            weight = weights.weight(variation)[chosen]
            output.fill(variation=variation or "nominal", met=events.MET.pt[chosen], weight=weight)
        cutflow = selection.cutflow("met", "jets", "pair").result()
        return {
            dataset: {
                "met": output,
                "sumw": weights.weight().sum(),
                "cutflow": dict(zip(cutflow.labels, cutflow.nevcutflow, strict=True)),
                "masses": column_accumulator(ak.flatten(masses[selection.all("pair")]).to_numpy()),
            }
        }

    def postprocess(self, accumulator: Any) -> Any:
        return {
            name: each | {"eff": each["cutflow"]["jets"] / each["cutflow"]["initial"]}
            for name, each in accumulator.items()
        }


class Varied(processor.ProcessorABC):
    """Adds systematics to jets and goes through them."""

    def process(self, events: Any) -> Any:
        events["Jet", "pt_raw"] = events.Jet.pt
        events.Jet.add_systematic(
            "energy", "UpDownSystematic", "pt", lambda pt: (1 + np.array([0.05, -0.05], dtype="f4")) * pt[:, None]
        )
        output = hist.Hist.new.StrCat([], growth=True, name="systematic").Reg(20, 0, 200, name="pt").Double()
        output.fill("nominal", ak.flatten(events.Jet.pt))
        for name in events.Jet.systematics.fields:
            for way in events.Jet.systematics[name].fields:
                output.fill(f"{name}_{way}", ak.flatten(events.Jet.systematics[name][way].pt))
        return output

    def postprocess(self, accumulator: Any) -> None:
        """Leave it as it is."""


class OwnState(processor.ProcessorABC):
    """Fills what it has made in `__init__`, and returns it, as an example of coffea's documentation does."""

    def __init__(self) -> None:
        self.output = dict_accumulator({"seen": defaultdict_accumulator(int), "met": column_accumulator(np.zeros(0))})

    def process(self, events: Any) -> Any:
        self.output["seen"]["entries"] += len(events)
        self.output["seen"]["blocks"] += 1
        self.output["met"] += column_accumulator(events.MET.pt.to_numpy().astype(float))
        return self.output

    def postprocess(self, accumulator: Any) -> None:
        """Leave it as it is."""


def count_muons(events: Any) -> Any:
    """Return a number, without a class around."""
    return ak.sum(ak.num(events.Muon))


PROCESSORS = {
    "kinds": OfAllKinds(),
    "histograms": Histograms(),
    "selection": Selection(),
    "systematics": Varied(),
    "state": OwnState(),
    "function": count_muons,
}


@pytest.mark.parametrize("name", PROCESSORS)
def test_outputs_are_those_of_coffea(name: str, workers: op.Session, fileset: Any, as_coffea_would: Any) -> None:
    """Two datasets of several files and blocks: the same types, keys and categories, whole numbers exactly."""
    runner = op.coffea.Runner(session=workers, chunksize=CHUNKSIZE)
    mine = runner(fileset, PROCESSORS[name])

    assert differences(mine, as_coffea_would(runner, fileset, PROCESSORS[name])) == []
    assert runner.result.is_complete


@pytest.mark.nightly
def test_questions_of_the_gallery_are_answered_as_coffea_does(
    workers: op.Session, as_coffea_would: Any, tmp_path: Path
) -> None:
    """All eight of the ADL benchmark, as processors that stand in a file of their own."""
    spec = importlib.util.spec_from_file_location("adl_questions", EXAMPLES / "adl" / "processors.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, spec.name, module)
        spec.loader.exec_module(module)
        fileset = {"collisions": {"files": {str(write_gallery(tmp_path, n_events=400).nano): "Events"}}}
        runner = op.coffea.Runner(session=workers, chunksize=200)
        for name, question in module.QUESTIONS.items():
            mine = runner(fileset, question)
            assert differences(mine, as_coffea_would(runner, fileset, question), f"question {name}") == []
            assert mine.sum(flow=True) > 0
