"""Processors of coffea for some questions, the same for every runner: NanoEvents in, histograms out."""

from __future__ import annotations

from typing import Any

import awkward as ak
import hist
from coffea import processor
from coffea.nanoevents import NanoAODSchema

from benchmarks.peers.protocol import TREE, contents, empty, flattened
from benchmarks.questions import QUESTIONS

CHUNK_EVENTS = 100_000
"""What coffea takes when nothing is said."""

NanoAODSchema.warn_missing_crossrefs = False


class Filled(processor.ProcessorABC):
    """Fills the one histogram of a question.

    Args:
        name: of the question, a key of `VALUES`.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def process(self, events: Any) -> Any:
        """Fill it with some events."""
        (axes,) = QUESTIONS[self.name].histograms
        return empty(axes, hist).fill(flattened(VALUES[self.name](events), ak))

    def postprocess(self, accumulator: Any) -> Any:
        """Leave it as it is."""
        return accumulator


def _met_with_muon_pair(events: Any) -> Any:
    pairs = ak.combinations(events.Muon, 2, fields=["one", "two"])
    mass = (pairs.one + pairs.two).mass
    good = (pairs.one.charge != pairs.two.charge) & (mass > 60) & (mass < 120)
    return events.MET.pt[ak.any(good, axis=1)]


VALUES = {
    "adl1": lambda events: events.MET.pt,
    "adl3": lambda events: events.Jet.pt[abs(events.Jet.eta) < 1],
    "adl5": _met_with_muon_pair,
}
"""What the histogram of each question is filled with."""


def asked(runner: Any, files: tuple[str, ...], question: str) -> list[list[float]]:
    """Run the processor of a question; return the contents of its histogram."""
    fileset = {"events": {"files": dict.fromkeys(files, TREE)}}
    return contents([runner(fileset, processor_instance=Filled(question))])
