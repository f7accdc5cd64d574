"""Which outputs of a running query are looked at."""

from __future__ import annotations

from typing import Any

import pytest
from tests.session.show.pretended import FakeQuery, snapshot

from overproof.outputs.outline import Outlined
from overproof.records.account import MissingRange
from overproof.session.show.looking import Look, look_of, looked_at
from overproof.session.show.now import show_now
from overproof.words.errors import OptionError
from overproof.words.states import QueryState

OUTLINE = {
    "/".join(path): Outlined(path=path, what="histogram" if n_dim else "number", n_dim=n_dim)
    for path, n_dim in {("n",): 0, ("map",): 2, ("dy", "mass"): 1, ("dy", "pt"): 1, ("dyer",): 1, ("cube",): 3}.items()
}


@pytest.mark.parametrize(
    ("names", "chosen"),
    [((), ["dy/mass"]), (("dy",), ["dy/mass", "dy/pt"]), (("map", "dy/pt"), ["map", "dy/pt"]),
     (("dy/pt", "dy"), ["dy/pt", "dy/mass"]), (("n",), ["dy/mass"]), (("cube", "nothing"), ["dy/mass"])],
    ids=["none", "mapping", "two", "twice", "number", "neither"],
)  # fmt: skip
def test_outputs_are_chosen_by_name(names: tuple[str, ...], chosen: list[str]) -> None:
    """Names choose histograms, that of a mapping all in it, each once; else the first of one dimension is it."""
    assert looked_at(OUTLINE, Look(names=names)) == chosen


def test_without_one_dimension_two_are_shown() -> None:
    """A map is better than nothing; three dimensions are not."""
    assert looked_at({name: OUTLINE[name] for name in ("cube", "map")}, Look()) == ["map"]
    assert looked_at({"cube": OUTLINE["cube"]}, Look()) == []


def test_what_users_say() -> None:
    """Yes, no, nothing, one name and several are understood."""
    assert [look_of(live) for live in (None, True, False, "mass", ["mass", "pt"])] == [
        Look(), Look(is_wanted=True), Look(is_wanted=False), Look(names=("mass",), is_wanted=True),
        Look(names=("mass", "pt"), is_wanted=True),
    ]  # fmt: skip


@pytest.mark.parametrize("live", ["", [], [3], ["mass", ""]], ids=["empty", "none", "number", "gap"])
def test_what_makes_no_sense_is_refused(live: Any) -> None:
    """Names that are none are an error that says what is understood."""
    with pytest.raises(OptionError, match="give True, False, the name of an output"):
        look_of(live)


def test_outside_of_notebooks_a_query_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    """`show` prints the figures, what was lost, and the outputs that are asked for."""
    import hist

    lost = MissingRange(file="a.root", tree="T", first=0, stop=10, phase="read", reason="gone")
    histogram = hist.Hist.new.Reg(4, 0, 4, label="m").Double().fill([1.5])
    query = FakeQuery([], now=snapshot(), partial_outputs=lambda: {"h": histogram}, lost=[lost])
    show_now(query, look=Look(names=("h",)))
    printed = capsys.readouterr().out
    for said in ("query q1 running: 25 %", "lost: a.root:T entries 0 to 9: read: gone", "h\nm: sum 1"):
        assert said in printed
    assert query.asked == ["partial h"]
    query.state = QueryState.STOPPED
    show_now(query, look=Look(names=("h",)))
    assert "query q1 stopped: 200 entries in 2.0 s, 1/s, not complete" in capsys.readouterr().out
