"""Pictures on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import hist
import pytest
import uproot

from overproof.cli.deliver import deliver, document_of
from overproof.cli.options import QueryFlags
from overproof.cli.outcome import Outcome, outcome_of
from overproof.cli.picture_options import picture_options
from overproof.records.account import Account
from overproof.records.statistics import Statistics
from overproof.session.show.style import Style
from overproof.words.errors import OptionError
from overproof.words.states import QueryState

SELECTOR = """
import hist

def two(events):
    h = hist.Hist.new.Reg(4, 0, 500).Weight
    return {"a": h().fill(events.x), "b": h().fill(events.x, weight=events.n)}
"""


@pytest.fixture(autouse=True)
def _libraries() -> None:
    pytest.importorskip("mplhep", reason="pictures need the extra `plot`")


@pytest.fixture
def selector(tmp_path: Path) -> str:
    (tmp_path / "two.py").write_text(SELECTOR)
    return f"{tmp_path / 'two.py'}:two"


def test_options_become_a_style() -> None:
    """A command gets what was said about pictures as one value."""
    command = picture_options(lambda **said: said)
    said = {"overlay": True, "stack": False, "norm": True, "points": ("a",), "logx": False, "logy": True, "logz": False}
    assert command(other=1, **said) == {"other": 1, "style": Style(overlay=True, norm=True, points=("a",), logy=True)}
    with pytest.raises(OptionError, match="overlay and stack"):
        command(**{**said, "stack": True})


def test_styles_reach_the_picture(call: Callable, numbers: Path, selector: str, tmp_path: Path) -> None:
    """Each option changes the picture, and `--logy` that of the terminal too."""
    styles = {
        "plain": (),
        "norm": ("--norm",),
        "overlay": ("--overlay",),
        "stack": ("--stack", "--points", "a", "--logy"),
    }
    said = {}
    for name, options in styles.items():
        place = tmp_path / f"{name}.svg"
        called = call("run", selector, numbers, "--engine", "inline", "--plot", place, *options)
        assert (called.code, f"saved       {place}" in called.out) == (0, True)
        said[name] = called.out.partition("account")[0]
    assert len({(tmp_path / f"{name}.svg").read_bytes() for name in styles}) == len(styles)
    assert said["plain"] == said["overlay"]
    assert "│" in said["stack"] != said["plain"]


def test_a_picture_that_cannot_be_made_is_told(call: Callable, numbers: Path, selector: str, tmp_path: Path) -> None:
    """Two arrangements are bad usage; points that are nowhere leave the other files whole."""
    ask = ("run", selector, numbers, "--engine", "inline", "-q", "--plot", tmp_path / "p.png")
    refused = call(*ask, "--stack", "--overlay")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    late = call(*ask, "--json", tmp_path / "p.json", "--points", "data")
    assert late.code == 4
    assert "points data: no histogram has this name; there are a, b" in late.err
    assert [path.name for path in sorted(tmp_path.glob("p.*"))] == ["p.json"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--overlay",), "--overlay says how a picture looks: name the file of one with --plot"),
        (("--points", "n"), "--points says how a picture looks"),
        (("--points", "b", "--plot", "p.png"), "points b: no histogram has this name; there are n, x"),
        (("--stack", "--plot", "p.png"), "n and x cannot be stacked: give them the same bins"),
    ],
)
def test_what_cannot_be_a_picture_is_told_before_the_work(
    call: Callable, numbers: Path, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    """Bad usage that can be known is exit code 2, and nothing is written."""
    placed = [str(tmp_path / "p.png") if option == "p.png" else option for option in options]
    called = call("draw", numbers, "n", "x", "--bins", "5,0,9", "--bins", "6,0,9", "--engine", "inline", *placed)
    assert (called.code, called.out) == (2, "")
    assert said in called.err
    assert not list(tmp_path.iterdir())


def drawn(*names: str) -> Outcome:
    """What a draw of these histograms gives."""
    histograms = {}
    for name in names:
        histogram = hist.Hist.new.Reg(1, 0, 1, name="x").Weight()
        histogram.name = name
        for attribute, value in {
            "account": Account(processed=1, total=1), "accounts": {}, "excluded": (), "missing": (),
            "split": (), "query_id": "q", "state": QueryState.FINISHED, "statistics": Statistics.__new__(Statistics),
        }.items():  # fmt: skip
            setattr(histogram, attribute, value)
        histograms[name] = histogram
    return outcome_of(lambda: histograms if len(names) > 1 else histograms[names[0]], draws=True)


def test_several_histograms_are_outputs(tmp_path: Path) -> None:
    """The fields of a single histogram stand at the top of its document; several stand under `outputs` alone."""
    assert document_of(drawn("a"), stats=False)["name"] == "a"
    document = document_of(drawn("a", "b"), stats=False)
    assert "name" not in document
    assert list(document["outputs"]) == ["a", "b"]


def test_names_in_a_root_file_are_each_their_own(tmp_path: Path) -> None:
    """Expressions become names that ROOT can type, and no two of them the same."""
    names = ("pt/2", "pt*2", "pt_2", "x")
    deliver(drawn(*names), QueryFlags(root=str(tmp_path / "h.root"), quiet=True))
    with uproot.open(tmp_path / "h.root") as file:
        assert file.keys(cycle=False) == ["pt_2", "pt_2_2", "pt_2_3", "x"]
