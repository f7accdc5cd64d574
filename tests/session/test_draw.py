"""Laws of a draw as a query; the language itself is tested in its own room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import awkward as ak
import hist
import numpy as np
import pytest
import uproot

import overproof as op
from overproof.session.result import IncompleteWarning
from overproof.words.errors import BranchError, ExpressionError, OptionError


@pytest.fixture(scope="module", params=["inline", "local:2"])
def session(request: pytest.FixtureRequest) -> Iterator[op.Session]:
    with op.Session(request.param, progress=False) as session:
        yield session


def test_a_draw_gives_a_histogram_with_its_account(session: op.Session, numbers: str) -> None:
    """The histogram is a `hist.Hist` of the right entries, and says where each of them is."""
    drawn = session.draw(numbers, "n", bins="100, 0, 10000", block_entries=300)
    assert isinstance(drawn, hist.Hist)
    assert drawn.values().tolist() == [100.0] * 100
    assert drawn.variances().tolist() == [100.0] * 100
    assert drawn.account.processed == drawn.account.total == 10_000
    assert drawn.statistics.entries == 10_000
    assert drawn.missing == drawn.excluded == drawn.split == ()


def test_a_jagged_draw_with_a_cut_equals_one_pass_of_uproot(
    session: op.Session, shared_file: Callable[[str], Path]
) -> None:
    """On a real file: the elements chosen by a cut on elements and a cut on entries."""
    path = shared_file("uproot-HZZ.root")
    arrays = uproot.open(path)["events"].arrays(["NMuon", "Muon_Px", "Muon_Py"])
    arrays = arrays[arrays.NMuon >= 2]
    pt = np.sqrt(ak.flatten(arrays.Muon_Px).to_numpy().astype(float) ** 2 + ak.flatten(arrays.Muon_Py).to_numpy() ** 2)
    expected = np.histogram(pt[pt > 20], bins=60, range=(0, 120))[0]
    drawn = session.draw(
        f"{path}:events",
        "sqrt(Muon_Px^2 + Muon_Py^2)",
        cut="NMuon >= 2 && sqrt(Muon_Px^2 + Muon_Py^2) > 20",
        bins=(60, 0, 120),
        block_entries=200,
    )
    assert drawn.values().tolist() == expected.tolist()


def test_an_incomplete_draw_warns(session: op.Session, numbers: str) -> None:
    """A histogram that lacks a file is never handed over in silence."""
    folder = Path(numbers).parent
    with pytest.warns(IncompleteWarning, match="1 files unknown"):
        drawn = session.draw([f"{folder}/f0.root:Events", f"{folder}/gone.root:Events"], "n", bins="1, 0, 10000")
    assert drawn.values().tolist() == [5_000.0]


def test_what_a_draw_lacks_is_drawn_later(session: op.Session, numbers: str, tmp_path: Path) -> None:
    """The gaps of a histogram are a dataset: drawn again, the two histograms add up to the whole."""
    folder = Path(numbers).parent
    data = [f"{folder}/f0.root:Events", f"{tmp_path}/f1.root:Events"]
    with pytest.warns(IncompleteWarning):
        first = session.draw(data, "n", bins="10, 0, 10000")
    (tmp_path / "f1.root").write_bytes((folder / "f1.root").read_bytes())
    second = session.draw(first.missing, "n", bins="10, 0, 10000")
    assert second.account.total == 5_000
    assert (first + second).values().tolist() == [1_000.0] * 10


def test_a_draw_can_be_had_as_a_handle(session: op.Session, numbers: str) -> None:
    """Without `wait` the result of the handle is the same histogram."""
    query = session.draw(numbers, "n", bins="10, 0, 10000", wait=False)
    assert query.result(timeout_s=60).values().tolist() == [1_000.0] * 10


def test_what_is_wrong_with_a_draw_is_said_before_any_work(session: op.Session, numbers: str) -> None:
    """Syntax with a caret, branches with the nearest names, bins with an example."""
    with pytest.raises(ExpressionError, match=r"n \+\* 2\n +\^"):
        session.draw(numbers, "n +* 2", bins="1, 0, 1")
    with pytest.raises(BranchError, match="nearest: `n`"):
        session.draw(numbers, "nn", bins="1, 0, 1")
    with pytest.raises(OptionError, match="give a whole number"):
        session.draw(numbers, "n", bins="0, 0, 1")
