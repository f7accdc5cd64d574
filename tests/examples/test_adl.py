"""The three ways in which the examples answer the ADL questions give what a loop over events gives."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import uproot

import overproof as op
from overproof.testing import Gallery

QUESTIONS = ("1", "2", "3", "4", "5", "6 pt", "6 tag", "7", "8")
SORTS = {"Electron": 11, "Muon": 13}


def answers(path: Path) -> dict[str, list[float]]:
    """Answer the questions event by event, in plain Python and double precision."""
    fields = [f"{name}_{field}" for name in (*SORTS, "Jet") for field in ("pt", "eta", "phi", "mass")]
    fields += ["MET_pt", "MET_phi", "Electron_charge", "Muon_charge", "Jet_btagDeepFlavB"]
    with uproot.open(path) as file:
        events = file["Events"].arrays(fields).tolist()
    found: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    for event in events:
        for name, values in answers_of(event):
            found[name].extend(values)
    return found


def answers_of(event: dict[str, Any]) -> Iterator[tuple[str, Iterable[float]]]:
    met, jets = event["MET_pt"], objects(event, "Jet", tag="btagDeepFlavB")
    leptons = {name: objects(event, name, charge="charge", sort=sort) for name, sort in SORTS.items()}
    every = [*leptons["Electron"], *leptons["Muon"]]
    yield "1", [met]
    yield "2", [jet["pt"] for jet in jets]
    yield "3", [jet["pt"] for jet in jets if abs(jet["eta"]) < 1]
    yield "4", [met] if sum(jet["pt"] > 40 for jet in jets) >= 2 else []
    pairs = [mass(a, b) for a, b in combinations(leptons["Muon"], 2) if a["charge"] != b["charge"]]
    yield "5", [met] if any(60 < pair < 120 for pair in pairs) else []
    if len(jets) >= 3:
        three = min(combinations(jets, 3), key=lambda some: abs(mass(*some) - 172.5))
        yield "6 pt", [math.hypot(sum(jet["x"] for jet in three), sum(jet["y"] for jet in three))]
        yield "6 tag", [max(jet["tag"] for jet in three)]
    hard = [lepton for lepton in every if lepton["pt"] > 10]
    clean = [jet["pt"] for jet in jets if jet["pt"] > 30 and all(distance(jet, lepton) >= 0.4 for lepton in hard)]
    yield "7", [sum(clean)]
    yield "8", transverse_masses(every, met, event["MET_phi"])


def transverse_masses(leptons: list[dict[str, float]], met: float, met_phi: float) -> list[float]:
    like_z = [
        (abs(mass(a, b) - 91.2), i, j)
        for (i, a), (j, b) in combinations(enumerate(leptons), 2)
        if a["sort"] == b["sort"] and a["charge"] != b["charge"]
    ]
    if len(leptons) < 3 or not like_z:
        return []
    _, i, j = min(like_z)
    third = max((lepton for place, lepton in enumerate(leptons) if place not in (i, j)), key=lambda each: each["pt"])
    return [math.sqrt(2 * third["pt"] * met * (1 - math.cos(third["phi"] - met_phi)))]


def objects(event: dict[str, Any], name: str, **more: Any) -> list[dict[str, Any]]:
    made = []
    for place, pt in enumerate(event[f"{name}_pt"]):
        eta, phi, m = (event[f"{name}_{field}"][place] for field in ("eta", "phi", "mass"))
        x, y, z = pt * math.cos(phi), pt * math.sin(phi), pt * math.sinh(eta)
        extra = {
            key: event[f"{name}_{field}"][place] if isinstance(field, str) else field for key, field in more.items()
        }
        made.append({"pt": pt, "eta": eta, "phi": phi, "x": x, "y": y, "z": z, "e": math.hypot(x, y, z, m), **extra})
    return made


def mass(*parts: dict[str, float]) -> float:
    e, x, y, z = (sum(part[axis] for part in parts) for axis in "exyz")
    return math.sqrt(max(e**2 - x**2 - y**2 - z**2, 0.0))


def distance(one: dict[str, float], other: dict[str, float]) -> float:
    turn = (one["phi"] - other["phi"] + math.pi) % (2 * math.pi) - math.pi
    return math.hypot(one["eta"] - other["eta"], turn)


def assert_answered(histogram: Any, values: list[float], *, n_strays: int = 0) -> None:
    """Check that a histogram holds these values, but for some that rounding put into the bin beside."""
    edges = np.concatenate([[-np.inf], histogram.axes[0].edges, [np.inf]])
    expected = np.histogram(values, bins=edges)[0]
    contents = histogram.values(flow=True)
    assert contents.sum() == len(values)
    assert np.abs(contents - expected).sum() <= 2 * n_strays


@pytest.fixture(params=["dice", "nano_dy.root", "nano_dimuon.root"])
def nano(request: pytest.FixtureRequest, gallery: Gallery, shared_file: Callable[[str], Path]) -> Path:
    """A NanoAOD file: of dice, then real ones."""
    return gallery.nano if request.param == "dice" else shared_file(request.param)


def test_lines_and_selector_answer_the_adl_questions(nano: Path, example: Callable[[str], ModuleType]) -> None:
    """The lines, and the selector, fill each histogram with the values that a loop over events finds."""
    expected = answers(nano)
    lines = example("adl/lines.py")
    with op.Session("inline") as session:
        drawn = session.draw(f"{nano}:Events", lines.LINES, bins="100, 0, 200", aliases=lines.ALIASES, dialect="python")
        selected = session.process(example("adl/selector.py").ADL(), f"{nano}:Events")
    for name, histogram in drawn.items():
        # Sums of single-precision numbers, and angles at the border of 0.4, may fall either way.
        assert_answered(histogram, expected[name], n_strays=2)
    for name in QUESTIONS:
        assert_answered(selected[name], expected[name], n_strays=2)


def test_processors_answer_the_adl_questions(gallery: Gallery, example: Callable[[str], ModuleType]) -> None:
    """Each processor fills its histogram with what a loop over events finds; they reckon in single precision."""
    pytest.importorskip("coffea")
    expected, processors = answers(gallery.nano), example("adl/processors.py").QUESTIONS
    assert tuple(processors) == QUESTIONS
    with op.Session("inline") as session:
        for name, question in processors.items():
            result = session.process(question, {"collisions": {"files": {str(gallery.nano): "Events"}}})
            assert_answered(result["output"], expected[name], n_strays=4)
