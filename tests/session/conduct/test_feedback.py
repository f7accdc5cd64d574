"""Feedback: some outputs of a running query."""

from __future__ import annotations

import fcntl
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hist
import numpy as np
import pytest

import overproof as op
from overproof.session.handle import Query
from overproof.session.result import IncompleteWarning
from overproof.session.show.looking import PLAIN_LOOK, LivePicture
from overproof.words.errors import AbortedError, OptionError


class Two(op.Selector):
    """Fills two histograms, and needs both at the end; in the second file it waits for the test."""

    def process(self, events: Any) -> dict[str, Any]:
        numbers = np.asarray(events["n"])
        if numbers[0] >= 5_000:
            with open(self.params["gate"], encoding="utf-8") as gate:
                fcntl.flock(gate, fcntl.LOCK_SH)
        both = {name: hist.Hist.new.Reg(10, 0, 10_000).Double().fill(numbers) for name in ("mass", "pt")}
        return {"n": len(numbers), "deep": {"pt": both["pt"]}, "mass": both["mass"]}

    def terminate(self, outputs: dict[str, Any]) -> dict[str, Any]:
        return {"ratio": outputs["mass"].sum() / outputs["deep"]["pt"].sum(), **outputs}


@pytest.fixture
def session() -> Iterator[op.Session]:
    with op.Session("inline") as session:
        yield session


@pytest.fixture
def halfway(session: op.Session, numbers: str, tmp_path: Path) -> Iterator[Query]:
    """A query inline that stands still in its second half."""
    with open(tmp_path / "gate", "w", encoding="utf-8") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        params = {"gate": gate.name}
        query = session.process(
            Two(), numbers, params=params, wait=False, block_entries=1_000, delta_interval_s=0.0
        )  # fmt: skip
        try:
            while not query.progress().account.processed:
                assert not query.wait(0.01), query.result()
            yield query
        finally:
            fcntl.flock(gate, fcntl.LOCK_UN)
            query.wait(60)


def test_only_what_is_asked_for_comes(halfway: Query) -> None:
    """One name gives one output with the account of what is in it; the others are not in it, nor are they needed."""
    part = halfway.partial("mass")
    assert list(part) == ["mass"]
    assert part["mass"].sum() == part.account.processed > 0
    assert list(halfway.partial()) == ["ratio", "n", "deep", "mass"]


def test_names_reach_into_mappings(halfway: Query) -> None:
    """`outer/inner` names an output in a mapping, `outer` all of it; both come in the shape of the result."""
    assert halfway.partial("deep/pt", "n")["deep"]["pt"].sum() > 0
    assert list(halfway.partial("deep")["deep"]) == ["pt"]


def test_a_name_that_is_none(halfway: Query) -> None:
    """A name of no output is refused, with the names that there are."""
    with pytest.raises(OptionError, match=r"no output 'ratio' so far: there are n, deep/pt, mass\..*terminate"):
        halfway.partial("ratio")


def test_the_outline_tells_what_can_be_asked_for(halfway: Query) -> None:
    """Names, kinds and dimensions are told."""
    assert {name: (each.what, each.n_dim) for name, each in halfway.outline().items()} == {
        "n": ("number", 0), "deep/pt": ("histogram", 1), "mass": ("histogram", 1),
    }  # fmt: skip


@pytest.mark.parametrize("end", [Query.stop, Query.abort], ids=["stop", "abort"])
def test_a_query_that_waits_for_its_turn_can_be_ended(
    session: op.Session, halfway: Query, numbers: str, end: Callable[[Query], None]
) -> None:
    """Told to end while another query has the workers, a query does not wait for that one."""
    waiting = session.process(Two(), numbers, params={"gate": ""}, wait=False)
    end(waiting)
    assert waiting.wait(30)
    assert not halfway.is_done
    with pytest.raises(AbortedError, match="while another one had the workers"):
        waiting.result()


def test_draws_are_finished_one_by_one(numbers: str) -> None:
    """Of several draws, and an entry list, each is had alone, in the form of the result."""
    with op.Session("inline") as session:
        drawn = {"a": {"expression": "n", "bins": "10, 0, 10000"}, "b": {"expression": "n:n", "bins": "2,0,9,2,0,9"}}
        query = session.draw(numbers, drawn, wait=False)
        whole = query.result()
        assert {name: each.n_dim for name, each in query.outline().items()} == {"a": 1, "b": 2}
        assert list(query.partial("b")) == ["b"]
        assert query.partial("a")["a"] == whole["a"]
        lists = session.draw(numbers, ["n>>h(5,0,10000)", ">>few"], cut="n < 10", wait=False)
        assert len(lists.result()["few"]) == 10
        assert {name: each.what for name, each in lists.outline().items()} == {"few": "entry list", "h": "histogram"}
        assert lists.partial("few")["few"] == lists.result()["few"]
        assert lists.partial("h")["h"] == lists.result()["h"]


def test_outputs_of_one_name_are_told_apart() -> None:
    """A key that looks like a path hides nothing, nor is it hidden: each has a name of its own."""

    def alike(_: Any) -> dict[str, Any]:
        return {"a/b": 1, "a": {"b": 2}}

    with op.Session("inline") as session:
        query = session.process(alike, cycles=1, wait=False)
        query.wait(60)
        assert {name: each.path for name, each in query.outline().items()} == {"a/b": ("a/b",), "a/b (2)": ("a", "b")}
        assert query.partial("a/b (2)").outputs == {"a": {"b": 2}}


def test_partial_answers_warn_nobody(numbers: str, tmp_path: Path) -> None:
    """What is not complete yet is no news, and no filter of warnings, which all threads share, is touched for it."""
    broken = tmp_path / "broken.root"
    broken.write_text("this is no file of ROOT")
    with op.Session("inline") as session:
        query = session.draw([numbers, str(broken)], "n", bins="4, 0, 9", wait=False)
        query.wait(60)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            before = list(warnings.filters)
            picture = LivePicture(PLAIN_LOOK, ", ".join)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(warnings, "catch_warnings", None)
                picture.update(query)
            assert picture.text == "draw"
            assert warnings.filters == before
            assert not query.partial("draw").account.is_complete
        with pytest.warns(IncompleteWarning):
            query.result()


def test_tables_and_counts_have_no_names(numbers: str) -> None:
    """A table or a count is had as a whole only."""
    with op.Session("inline") as session:
        query = session.count(numbers, wait=False)
        query.wait(60)
        with pytest.raises(OptionError, match="a count has no outputs by name"):
            query.partial("entries")


class Processor:
    """What coffea calls a processor, without coffea."""

    def __init__(self, *, is_bare: bool = False) -> None:
        self.is_bare = is_bare

    def process(self, events: Any) -> Any:
        histogram = hist.Hist.new.Reg(10, 0, 10).Double().fill([1.0])
        return histogram if self.is_bare else {"dy": {"mass": histogram, "n": 1}}

    def postprocess(self, outputs: Any) -> Any:
        return outputs


@pytest.mark.parametrize("is_bare", [False, True])
def test_outputs_of_processors_are_named_as_the_processor_does(is_bare: bool) -> None:
    """Where a processor returns a mapping its names are used, else the one output is called `output`."""
    from overproof.analysis.processors import ProcessorSelector

    with op.Session("inline") as session:
        query = session.process(ProcessorSelector(Processor(is_bare=is_bare), schema=None), cycles=4, wait=False)
        query.wait(60)
        assert list(query.outline()) == (["output"] if is_bare else ["dy/mass", "dy/n"])
        found = query.partial("output")["output"] if is_bare else query.partial("dy/mass")["dy"]["mass"]
        assert found.sum() == 4
