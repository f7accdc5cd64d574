"""Questions in the Python dialect to real files, against uproot and awkward in one shot."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import awkward as ak
import numpy as np
import pytest
import uproot

import overproof as op
from overproof.words.errors import BranchError, ExpressionError

SharedFile = Callable[[str], Path]

QUESTIONS = [
    ("nano_dy.root", "Jet_pt", "10 < Jet_pt < 40"),
    ("nano_dy_rntuple.root", "Jet_pt[ak.argsort(Jet_pt, ascending=False)][:, :2]", None),
    ("uproot-HZZ.root", "Muon_Px[Muon_Charge > 0]", None),
    ("uproot-HZZ.root", "Muon_Px[:, 0]", "NMuon > 0"),
    ("uproot-HZZ.root", "ak.max(Jet_Px**2 + Jet_Py**2, axis=1)", "NJet > 1"),
    ("uproot-HZZ.root", "ak.min(abs(Muon_Px[:, :, np.newaxis] - Jet_Px[:, np.newaxis, :]), axis=2)", None),
]


def tree_of(path: Path) -> str:
    """Name the tree of a file."""
    return "events" if "HZZ" in path.name else "Events"


def asked_in_awkward(path: Path, text: str, cut: str | None) -> np.ndarray:
    """Evaluate a text on whole branches, in double; a cut of entries picks them first, one of elements afterwards."""
    with uproot.open(path) as file:
        tree = file[tree_of(path)]
        names = set(re.findall(r"\bn?[A-Z]\w+", f"{text} {cut or ''}")) - {"False"}
        events = {name: ak.values_astype(ak.from_regular(tree[name].array(), axis=None), np.float64) for name in names}
    known = {"np": np, "ak": ak}
    if cut == "10 < Jet_pt < 40":
        events["Jet_pt"] = events["Jet_pt"][(events["Jet_pt"] > 10) & (events["Jet_pt"] < 40)]
    elif cut is not None:
        chosen = eval(cut, known, events)
        events = {name: array[chosen] for name, array in events.items()}
    return np.asarray(ak.to_numpy(ak.flatten(eval(text, known, events), axis=None)))


@pytest.mark.parametrize(("name", "text", "cut"), QUESTIONS)
def test_a_question_has_the_answer_of_awkward(name: str, text: str, cut: str | None, shared_file: SharedFile) -> None:
    """Law: a draw in Python fills what uproot and awkward give for the same text, in any blocks."""
    path = shared_file(name)
    expected = asked_in_awkward(path, text, cut)
    assert len(expected) > 0
    with op.Session("inline") as session:
        drawn = session.draw(
            f"{path}:{tree_of(path)}", text, cut=cut, bins=(40, -100, 300), dialect="python", block_entries=500
        )
    counts, _ = np.histogram(expected, bins=40, range=(-100, 300))
    np.testing.assert_array_equal(drawn.values(), counts)
    assert drawn.sum(flow=True).value == len(expected)


def test_tables_and_counts_speak_python(shared_file: SharedFile) -> None:
    """Law: `scan` and `count` take the dialect too; whole numbers stay whole."""
    data = f"{shared_file('uproot-HZZ.root')}:events"
    with op.Session("inline") as session:
        table = session.scan(data, "ak.num(Muon_Px):Muon_Px[:, 0]", cut="NMuon > 1", dialect="python")
        count = session.count(data, cut="NMuon > 1 and Muon_Px > 20", dialect="python")
    with uproot.open(data) as tree:
        pt = tree["Muon_Px"].array()
    several = pt[ak.num(pt) > 1]
    assert table["ak.num(Muon_Px)"].tolist() == ak.num(several).tolist()
    assert table["ak.num(Muon_Px)"].dtype == np.int64
    assert table["Muon_Px[:, 0]"].tolist() == several[:, 0].tolist()
    assert (count.entries, count.passes) == (ak.sum(ak.any(several > 20, axis=1)), ak.sum(several > 20))


def test_a_text_that_does_not_fit_the_data_is_an_error_that_points(shared_file: SharedFile) -> None:
    """Law: an entry without what is asked for ends the question with the entry and the caret, not entry by entry."""
    data = f"{shared_file('uproot-HZZ.root')}:events"
    with op.Session("inline") as session, pytest.raises(BranchError) as caught:
        session.draw(data, "1 + Muon_Px[:, 0]", bins=(10, 0, 100), dialect="python")
    said, text, pointer = str(caught.value).splitlines()
    assert re.search(r"entry \d+ has no element 0 here", said)
    assert said.endswith("nothing was read")
    assert text == "    1 + Muon_Px[:, 0]"
    assert pointer == " " * 15 + "^"


def test_a_text_is_judged_before_any_file_is_opened() -> None:
    """Law: what Python cannot parse is an error before the data are looked at."""
    with op.Session("inline") as session, pytest.raises(ExpressionError, match="`&&` is no Python: write `and`"):
        session.draw("no/such/file.root:Events", "a && b", bins=(10, 0, 1), dialect="python")
