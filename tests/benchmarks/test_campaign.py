"""A campaign measures who it should, compares answers, keeps and shows what it found."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from benchmarks.__main__ import chosen, main, parse
from benchmarks.campaign import answers
from benchmarks.campaign.contenders import CONTENDERS
from benchmarks.campaign.memory import MARK, MemoryWatch
from benchmarks.campaign.plans import PLANS
from benchmarks.campaign.results import Results
from benchmarks.campaign.tables import BEGIN, END, all_tables, put_into, reading_table
from benchmarks.environments import NoEnvironmentError, environment
from benchmarks.questions import QUESTIONS

READERS = {"decompression": 2.0, "reading": 2.4, "reading-cached": 0.2}


def test_a_tiny_campaign_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Samples are made, contenders run in processes of their own, answers agree, and both documents are written."""
    arguments = ["--plan", "small", "--samples", "generated-ttree-zstd", "--questions", "adl4", "--rounds", "1"]
    arguments += ["--contenders", "decompression,warm", "--files", "1", "--pieces", "1", "--piece-events", "2000"]
    assert main([*arguments, "--directory", str(tmp_path), "--workers", "2"]) == 0
    (case,) = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["cases"]
    assert (case["sample"], case["question"]) == ("generated-ttree-zstd-2k", "adl4")
    for outcome in case["outcomes"].values():
        (times,) = outcome["rounds"]
        assert outcome["failure"] == ""
        assert 0 < times["loop_s"] < times["wall_s"]
        assert outcome["main_bytes"] > 1e6
    limit, warm = (case["outcomes"][name] for name in ("decompression", "warm"))
    assert limit["read_bytes"] == warm["read_bytes"] > 0
    assert 0 < warm["fills"] <= 2000
    assert "| adl4 |" in (tmp_path / "results.md").read_text(encoding="utf-8")
    assert "| adl4 |" in capsys.readouterr().out


def test_every_plan_names_what_there_is() -> None:
    """Plans name contenders and questions that exist."""
    for parts in PLANS.values():
        for part in parts:
            assert set(part.contenders) <= set(CONTENDERS)
            assert set(part.questions) <= set(QUESTIONS)


def test_a_plan_is_cut_down_to_what_is_asked_for() -> None:
    """Samples by pattern, questions and contenders by name, sizes by number."""
    arguments = ["--plan", "full", "--samples", "*-rntuple-*", "--questions", "adl1", "--contenders", "warm,awkward"]
    parts = chosen(parse([*arguments, "--files", "2", "--rounds", "7"]))
    assert {sample.format for part in parts for sample in part.samples} == {"rntuple"}
    assert {part.questions for part in parts} == {("adl1",)}
    assert {name for part in parts for name in part.contenders} == {"warm", "awkward"}
    assert {sample.n_files for part in parts for sample in part.samples} == {2}
    assert {part.rounds for part in parts} == {7}


@pytest.mark.parametrize(
    ("other", "moved"),
    [
        ([[0, 10, 10, 0]], 0.0),
        ([[0, 9, 11, 0]], 1 / 20),
        ([[0, 9, 10, 0]], 1 / 20),
        ([[0, 20, 20, 0]], 20 / 20),
        ([[0, 10, 10]], 1.0),
    ],
)
def test_answers_are_compared_by_fills_that_are_elsewhere(other: answers.Histograms, moved: float) -> None:
    """A fill in another bin counts once, and so does one that is missing or too much."""
    found = answers.compare([[0, 10, 10, 0]], other)
    assert found.moved == pytest.approx(moved)
    assert found.is_same is (moved == 0)
    assert found.is_near is (moved == 0)


def test_results_grow(tmp_path: Path) -> None:
    """Other contenders of a case are added, the same ones replaced; other cases stay."""
    path = tmp_path / "results.json"
    Results(path).add_case(_case("adl1", warm=2.0, awkward=3.0))
    Results(path).add_case(_case("adl2", warm=2.0))
    Results(path).add_case(_case("adl1", warm=1.0))
    cases = {case["question"]: case["outcomes"] for case in Results(path).document["cases"]}
    assert set(cases) == {"adl1", "adl2"}
    assert {name: each["rounds"][0]["wall_s"] for name, each in cases["adl1"].items()} == {"warm": 1.0, "awkward": 3.0}


def test_tables_show_medians_and_ratios(tmp_path: Path) -> None:
    """A peer's time stands beside its ratio to overproof's; what failed is told, and has no number."""
    results = Results(tmp_path / "results.json")
    results.add_case(_case("adl1", warm=2.0, awkward=3.0, coffea=None))
    text = all_tables(results.document)
    assert "| adl1 | 2.00 | 3.00 (1.5x) |" in text
    assert "- generated, adl1, coffea: broken" in text


def test_readers_are_shown_beside_decompression() -> None:
    """Reading is told as a multiple of decompression, and the cache as what it saves."""
    outcomes = {name: _outcome(seconds) | {"measured": "now"} for name, seconds in READERS.items()}
    case = _case("adl3") | {"outcomes": outcomes}
    assert "| 1.20x | 0.10 | 12x |" in reading_table([case])


def test_times_of_different_days_are_not_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ratio stands only beside times that were measured in turn."""
    for day, case in enumerate([_case("adl1", warm=2.0, awkward=3.0), _case("adl1", warm=1.0)]):
        monkeypatch.setattr("benchmarks.campaign.results._now", lambda day=day: f"day {day}")
        results = Results(tmp_path / "results.json")
        results.add_case(case)
    assert "| adl1 | 1.00 | 3.00 |" in all_tables(results.document)


def test_a_page_gets_tables_between_its_marks(tmp_path: Path) -> None:
    """What stands around the marks stays, and doing it twice is doing it once."""
    page, results = tmp_path / "page.md", Results(tmp_path / "results.json")
    results.add_case(_case("adl1", warm=2.0))
    page.write_text(f"# Title\n\n{BEGIN}\n{END}\n\nThe end.\n", encoding="utf-8")
    put_into(page, results.document)
    once = page.read_text(encoding="utf-8")
    put_into(page, results.document)
    assert page.read_text(encoding="utf-8") == once
    assert once.startswith("# Title\n")
    assert once.endswith("The end.\n")
    assert "adl1" in once


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    """An error says which lines are missing."""
    page = tmp_path / "page.md"
    page.write_text("# Title\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no place for tables"):
        put_into(page, Results(tmp_path / "results.json").document)
    assert page.read_text(encoding="utf-8") == "# Title\n"


def test_private_memory_is_seen() -> None:
    """The peak of a process counts what it took for itself."""
    code = "memory = bytearray(60_000_000); print('ready', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={MARK: "me"}
    ) as child:
        watch = MemoryWatch("me", main=0)
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        watch.look()
        main_bytes, worker_bytes = watch.stop()
        child.communicate("\n")
    assert main_bytes == 0
    assert 60e6 < worker_bytes < 120e6


def test_an_interpreter_that_does_not_run_is_no_environment(tmp_path: Path) -> None:
    """Peers without an environment are left out, with a reason."""
    with pytest.raises(NoEnvironmentError, match="does not run"):
        environment("coffea", below=tmp_path, given={"coffea": tmp_path / "python"})


def _case(question: str, **seconds: float | None) -> dict[str, Any]:
    outcomes = {name: _outcome(value) for name, value in seconds.items()}
    return {"sample": "generated", "events": 1, "question": question, "title": "", "outcomes": outcomes}


def _outcome(seconds: float | None) -> dict[str, Any]:
    times = (
        []
        if seconds is None
        else [{"wall_s": seconds, "start_s": seconds / 2, "loop_s": seconds / 2, "with_reading_s": 0.0}]
    )
    return {
        "failure": "broken" if seconds is None else "",
        "rounds": times,
        "moved": 0.0,
        "is_same": True,
        "read_bytes": 0,
        "main_bytes": 0,
        "worker_bytes": 0,
        "fills": 0,
    }
