"""Which outputs of a running query are looked at."""

from __future__ import annotations

from typing import Any

import pytest
from tests.session.show.pretended import FakeQuery, snapshot

from overproof.outputs.outline import Outlined
from overproof.records.account import MissingRange
from overproof.session.show.looking import Look, look_of, looked_at, not_there
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
     (("dy/pt", "dy"), ["dy/pt", "dy/mass"]), (("n",), []), (("cube", "pt", "map"), ["map"])],
    ids=["none", "mapping", "two", "twice", "number", "some"],
)  # fmt: skip
def test_outputs_are_chosen_by_name(names: tuple[str, ...], chosen: list[str]) -> None:
    """Names choose histograms, that of a mapping all in it, each once; else the first of one dimension is it."""
    assert looked_at(OUTLINE, Look(names=names)) == chosen


def test_without_one_dimension_two_are_shown() -> None:
    """A map is better than nothing; three dimensions are not."""
    assert looked_at({name: OUTLINE[name] for name in ("cube", "map")}, Look()) == ["map"]
    assert looked_at({"cube": OUTLINE["cube"]}, Look()) == []


@pytest.mark.parametrize(
    ("names", "said"),
    [((), ""), (("map", "dy"), ""),
     (("n", "map", "typo"), "called 'n' or 'typo' so far: there are map, dy/mass, dy/pt, dyer")],
    ids=["none", "there", "typo"],
)  # fmt: skip
def test_a_name_of_no_histogram_is_told(names: tuple[str, ...], said: str) -> None:
    """What is asked for and cannot be shown is named, with what there is; nothing else takes its place."""
    assert not_there(OUTLINE, Look(names=names)).endswith(said)
    assert bool(not_there(OUTLINE, Look(names=names))) is bool(said)


def test_before_the_first_output_nothing_is_missed() -> None:
    """While there is no output no name is wrong; among very many some are told."""
    assert not_there({}, Look(names=("typo",))) == ""
    many = {f"h{n}": Outlined(path=(f"h{n}",), what="histogram", n_dim=1) for n in range(25)}
    assert not_there(many, Look(names=("typo",))).endswith("h8, h9 and 15 more")
    assert not_there({"n": OUTLINE["n"]}, Look(names=("n",))).endswith("there are none")


def test_a_wrong_name_is_told_where_a_query_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """`show` of a name that is none says so, and draws nothing else."""
    query = FakeQuery([], now=snapshot(), known=[("h", 1)])
    show_now(query, look=Look(names=("typo",)))
    assert "called 'typo' so far: there are h\n" in capsys.readouterr().out
    assert query.asked == []


def test_what_users_say() -> None:
    """Yes, no, nothing, one name and several are understood."""
    assert [look_of(live) for live in (None, True, False, "mass", ["mass", "pt"])] == [
        Look(), Look(is_wanted=True), Look(is_wanted=False), Look(names=("mass",), is_wanted=True),
        Look(names=("mass", "pt"), is_wanted=True),
    ]  # fmt: skip


@pytest.mark.parametrize("live", ["", [], [3], ["mass", ""], 3], ids=["empty", "none", "numbers", "gap", "number"])
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
