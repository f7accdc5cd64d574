"""The session chooses the path of a query of the draw language, and says which it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot

import overproof as op
from overproof.engines.crew import Crew
from overproof.session.address import hire_crew
from overproof.session.drawing.path import expected_entries
from overproof.session.question import make_question
from overproof.words.errors import OptionError

N_ENTRIES = 1_000


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two files, of which the second is shorter."""
    monkeypatch.setenv("OVERPROOF_HOME", str(tmp_path / "home"))
    for name, n_entries in (("a", N_ENTRIES), ("b", N_ENTRIES // 2)):
        with uproot.recreate(tmp_path / f"{name}.root") as file:
            file.mktree("Events", {"x": "float32", "n": "int32"})
            file["Events"].extend(
                {"x": np.linspace(0, 1, n_entries, dtype="f4"), "n": np.arange(n_entries, dtype="i4")}
            )
    return [f"{tmp_path / 'a.root'}:Events", f"{tmp_path / 'b.root'}:Events"]


@pytest.fixture
def session() -> Iterator[op.Session]:
    with op.Session("inline", cache=False) as session:
        yield session


def test_a_small_query_is_interpreted(session: op.Session, files: list[str]) -> None:
    """Nobody waits for a compiler because of some entries."""
    assert session.draw(files, "x", bins="10, 0, 1").statistics.path == "interpreted"
    assert session.count(files, "x > 0.5").statistics.path == "interpreted"


def test_the_environment_decides(session: op.Session, files: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """`OVERPROOF_PATH` sets the path of draws, counts and entry lists; all of them tell which it was."""
    answers: dict[str, list[Any]] = {}
    for path in ("compiled", "interpreted"):
        monkeypatch.setenv("OVERPROOF_PATH", path)
        drawn = session.draw(files, "x", cut="n > 100", bins="10, 0, 1")
        counted = session.count(files, "n > 100")
        both = session.draw(files, ["x>>h(10, 0, 1)", ">>list"], cut="n > 100")
        assert {each.statistics.path for each in (drawn, counted, *both.values())} == {path}
        answers[path] = [drawn.values(flow=True).tolist(), int(counted), both["h"].values().tolist(), len(both["list"])]
    assert answers["compiled"] == answers["interpreted"]


@pytest.mark.parametrize("said", ["compiled", "interpreted"])
def test_each_of_several_draws_has_its_own_dialect_and_aliases(
    said: str, session: op.Session, files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A draw of several says what it says when it is alone, whether all say so or not; one path serves all."""
    monkeypatch.setenv("OVERPROOF_PATH", said)
    asked: dict[str, dict[str, Any]] = {
        "root": {"expression": "n / 2 + twice", "aliases": {"twice": "2 * x"}},
        "python": {"expression": "n // 2", "dialect": "python", "cut": "n > 100 and x < 0.9"},
        "plain": {"expression": "n"},
    }
    drawn = session.draw(files, asked, bins="10, 0, 500")
    assert {each.statistics.path for each in drawn.values()} == {said}
    for name, each in asked.items():
        alone = session.draw(files, **each, bins="10, 0, 500")
        assert drawn[name].values(flow=True).tolist() == alone.values(flow=True).tolist()


@pytest.mark.parametrize(
    ("columns", "keywords", "path"),
    [
        (["n", "2*x"], {}, "compiled"),
        (["n", "LocalEntry$", "Sum$(v)"], {"cut": "x > 0.5"}, "compiled"),
        (["v", "x"], {"cut": "v > 1"}, "compiled"),
        (["v*x", "n"], {"dialect": "python"}, "compiled"),
        (["v", "x"], {}, "interpreted"),
        (["v", "x"], {"cut": "x > 0.5"}, "interpreted"),
        (["v[0]", "x"], {}, "interpreted"),
    ],
    ids=["plain", "cut", "looping cut", "python", "side by side", "with a cut", "element"],
)
def test_tables_of_one_loop_are_compiled(
    columns: list[str],
    keywords: dict[str, str],
    path: str,
    session: op.Session,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Columns that share a loop are compiled where a query is; those that go side by side are not, and say so."""
    file = tmp_path / "lists.root"
    counts = np.arange(200) % 4
    with uproot.recreate(file) as written:
        written.mktree("Events", {"x": "float32", "n": "int32", "v": "var * float32"})
        values = ak.unflatten(np.arange(counts.sum(), dtype="f4") % 7, counts)
        written["Events"].extend(
            {"x": np.linspace(0, 1, 200, dtype="f4"), "n": np.arange(200, dtype="i4"), "v": values}
        )
    asked: dict[str, Any] = {"columns": columns, **keywords}
    tables = {}
    for said in ("compiled", "interpreted"):
        monkeypatch.setenv("OVERPROOF_PATH", said)
        tables[said] = session.scan(f"{file}:Events", **asked)
    assert [tables[said].statistics.path for said in tables] == [path, "interpreted"]
    one, other = (dict(table.columns) for table in tables.values())
    assert list(one) == list(other)
    for name in one:
        np.testing.assert_array_equal(one[name], other[name])


def test_selectors_of_users_have_no_path(session: op.Session, files: list[str]) -> None:
    """What the user writes runs as it is written."""
    result = session.process(lambda events: {"n": len(events)}, files)
    assert result.statistics.path == ""


@pytest.mark.parametrize(
    "ask",
    [
        lambda session, files: session.draw(files, "x", bins="10, 0, 1"),
        lambda session, files: session.scan(files, ["x"]),
        lambda session, files: session.count(files, "x > 0.5"),
        lambda session, files: session.process(lambda events: {"n": len(op.compile("x")(events))}, files),
        lambda session, files: session.process(lambda cycles: {"n": len(cycles)}, cycles=3),
    ],
    ids=["draw", "scan", "count", "process", "cycles"],
)
def test_a_path_that_is_none_stops_before_any_work(
    ask: Callable[[op.Session, list[str]], object],
    session: op.Session,
    files: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A wrong word in the environment is said at once, whatever is asked."""
    monkeypatch.setenv("OVERPROOF_PATH", "fast")
    with pytest.raises(OptionError, match="OVERPROOF_PATH=fast"):
        ask(session, files)


class _AskedByNobody:
    """A crew that must not be asked: everything is known."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the crew was asked for {name}")


NOBODY: Any = _AskedByNobody()


def expected(files: list[str], crew: Crew = NOBODY, **keywords: Any) -> int:
    return expected_entries(make_question("draw", files, keywords, number=1), crew=crew)  # type: ignore[arg-type]  # any


def test_size_is_that_of_the_first_file_for_each(
    session: op.Session, files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is known of other files does not count: it may be known the next time, and be another way."""
    monkeypatch.setattr("overproof.session.drawing.path.TELLING_ENTRIES", N_ENTRIES // 2)
    session.count(files)
    assert expected(files) == 2 * N_ENTRIES
    assert expected(files[::-1]) == N_ENTRIES
    assert expected(files, entries=300) == 300
    assert expected(files, first=1_900) == 100
    assert expected(files, first=5_000) == 0


def test_a_short_first_file_tells_nothing_of_the_others(session: op.Session, files: list[str], tmp_path: Path) -> None:
    """Skims begin with empty files: the longest of the first three counts, and nothing behind those."""
    long, short = files
    for name in ("empty", "more"):
        with uproot.recreate(tmp_path / f"{name}.root") as file:
            file.mktree("Events", {"x": "float32", "n": "int32"})
    empty, more = (f"{tmp_path / name}.root:Events" for name in ("empty", "more"))
    session.count([long, short, empty, more])
    for some in ([empty, short, long], [short, long, empty], [empty, long, short], [short, empty, long]):
        assert expected(some) == 3 * N_ENTRIES
    assert expected([empty, more, short, long]) == 4 * N_ENTRIES // 2


def test_a_first_file_that_is_none_tells_nothing_of_the_others(files: list[str], tmp_path: Path) -> None:
    """The query may go on without it."""
    (tmp_path / "broken.root").write_bytes(b"no file of ROOT")
    crew = hire_crew("inline")
    try:
        assert expected([f"{tmp_path / 'broken.root'}:Events", *files], crew=crew) == 3 * N_ENTRIES
    finally:
        crew.close()
