"""A question is the same question in whatever words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import awkward as ak
import hist
import numpy as np
import pytest
import uproot
from benchmarks.peers.protocol import Request, contents, filled
from benchmarks.peers.with_overproof import ask
from benchmarks.questions import QUESTIONS

import overproof as op


@pytest.fixture(scope="module")
def session() -> op.Session:
    """A session without processes."""
    with op.Session("inline", cache=False) as opened:
        yield opened


@pytest.mark.parametrize("name", QUESTIONS)
def test_overproof_answers_what_arrays_answer(piece: Callable[[str], Path], session: op.Session, name: str) -> None:
    """Draws and selectors give the contents that plain arrays of the columns named give, and some are not empty."""
    question, path = QUESTIONS[name], str(piece("zstd"))
    with uproot.open({path: "Events"}) as tree:
        events = tree.arrays(list(question.columns))
    expected = contents(filled(question, events, hist=hist, ak=ak, np=np))
    request = Request(question=name, files=(path,), workers=1, reply="")
    found, statistics = ask(session, request, question)
    assert contents(found) == expected
    assert sum(expected[0]) > 0
    assert statistics.loop_s <= statistics.total_s


def test_the_mass_of_a_pair_is_that_of_its_four_vectors(piece: Callable[[str], Path]) -> None:
    """What the fifth question chooses is what a loop over all pairs chooses, in double."""
    with uproot.open({str(piece("zstd")): "Events"}) as tree:
        events = tree.arrays(list(QUESTIONS["adl5"].columns), entry_stop=400)
    chosen = [event.MET_pt for event in events if _has_pair(event)]
    (filling,) = QUESTIONS["adl5"].columnar(events, ak, np)
    assert ak.to_list(filling.values[0]) == chosen


def _has_pair(event: ak.Record) -> bool:
    muons = [
        (charge, np.hypot(pt * np.cosh(eta), mass), pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta))
        for pt, eta, phi, mass, charge in zip(
            *(np.asarray(event[f"Muon_{field}"], np.float64) for field in ("pt", "eta", "phi", "mass", "charge")),
            strict=True,
        )
    ]
    for place, one in enumerate(muons):
        for two in muons[place + 1 :]:
            energy, *momentum = (left + right for left, right in zip(one[1:], two[1:], strict=True))
            mass = np.sqrt(max(energy**2 - sum(each**2 for each in momentum), 0))
            if one[0] != two[0] and 60 < mass < 120:
                return True
    return False
