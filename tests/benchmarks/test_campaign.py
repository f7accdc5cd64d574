"""A campaign measures who it should, compares answers, keeps and shows what it found."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from benchmarks.__main__ import chosen, main, parse
from benchmarks.campaign import answers
from benchmarks.campaign.contenders import CONTENDERS
from benchmarks.campaign.memory import MARK, MemoryWatch
from benchmarks.campaign.plans import PLANS
from benchmarks.campaign.results import Results
from benchmarks.campaign.run import KERNELS, copy_kernels
from benchmarks.campaign.tables.pages import MARKS, put_into
from benchmarks.campaign.tables.targets import beside_table, command_table, limit_table
from benchmarks.campaign.tables.whole import all_tables, reading_table
from benchmarks.environments import NoEnvironmentError, environment
from benchmarks.peers.kernel import selector_of
from benchmarks.peers.protocol import Request
from benchmarks.questions import QUESTIONS

from overproof.columns.machine.kept import object_of
from overproof.columns.reader import ReaderCache
from overproof.records.dataset import FileSpec

(BEGIN, END), (BEGIN_SPEEDS, END_SPEEDS) = MARKS

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


def test_targets_are_shown_beside_what_is_wanted() -> None:
    """Ratios to peers stand beside their targets, in bold where they miss; only 40 million events count."""
    seconds = {"warm": 1.0, "rdataframe": 8.0, "coffea": 2.0}
    case = _measured("adl3", seconds) | {"events": 40_000_000}
    assert "| generated | adl3 | 8.0x (8x) | 8.0x (4x) | **2.0x** (3x) | - |" in beside_table([case])
    assert beside_table([case | {"events": 4_000_000}]) == ""


def test_the_command_is_shown_as_a_share_of_rdataframes_time() -> None:
    """A third with functions kept, half without; who was measured on another day is left out."""
    case = _measured("adl1", {"command": 1.0, "command-empty": 2.0, "rdataframe": 3.0}) | {"events": 4_000_000}
    assert "| 1.00, 0.33x (0.33x) | 2.00, **0.67x** (0.50x) | 3.00 |" in command_table([case])
    case["outcomes"]["command-empty"]["measured"] = "earlier"
    assert "| 1.00, 0.33x (0.33x) | - | 3.00 |" in command_table([case])


def test_the_limit_is_decompression_and_kernel() -> None:
    """The loop is told as a multiple of both together, the cached one as one of the kernel."""
    seconds = {"decompression": 2.0, "kernel": 1.0, "warm": 7.8, "cached": 4.0}
    case = _measured("adl3", seconds) | {"spread": {"compression": "zstd"}}
    assert "| 1.00 | 0.50 | 3.90 | **2.60x** (1.30x) | 2.00 | **4.00x** (1.50x) |" in limit_table([case])
    assert "| 2.60x |" in limit_table([case | {"question": "adl5"}])


def test_a_page_may_have_the_small_table_alone(tmp_path: Path) -> None:
    """A page with the other marks gets whole times of all over the largest sample, by the titles of the questions."""
    page, cases = tmp_path / "page.md", []
    for events in (4_000_000, 40_000_000):
        measured = _measured("adl1", {"warm": 1.0, "rdataframe": events / 1e7, "graphed": 1.5})
        cases.append(measured | {"events": events, "sample": str(events), "title": "a |title|"})
    page.write_text(f"{BEGIN_SPEEDS}\n{END_SPEEDS}\n", encoding="utf-8")
    put_into(page, {"cases": cases})
    text = page.read_text(encoding="utf-8")
    assert "| 40 million events, seconds | overproof | RDataFrame | coffea | graphed |" in text
    assert "| a &#124;title&#124; | 1.00 | 4.00 (4.0x) | - | 1.50 (1.5x) |" in text
    assert BEGIN not in text


def test_compiled_functions_travel_from_home_to_home(tmp_path: Path) -> None:
    """What is copied is private still, and is added to what is there."""
    one, other = tmp_path / "one", tmp_path / "other"
    copy_kernels(one, other)
    assert not other.exists()
    for home, name in ((one, "a"), (other, "b")):
        (home / KERNELS).mkdir(parents=True, mode=0o700)
        (home / KERNELS / name).write_text(name, encoding="utf-8")
    copy_kernels(one, other)
    assert sorted(path.name for path in (other / KERNELS).iterdir()) == ["a", "b"]
    assert (other / KERNELS).stat().st_mode & 0o777 == 0o700


def test_the_kernels_are_where_overproof_keeps_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The directory that is copied is the one that compiled functions are kept in."""
    monkeypatch.setenv("OVERPROOF_HOME", str(tmp_path))
    object_of("define i64 @run() {\n ret i64 7\n}\n")
    assert any((tmp_path / KERNELS).iterdir())


def test_draws_are_measured_in_three_ways(piece: Callable[[str], Path], tmp_path: Path) -> None:
    """The command, and a selector's expressions, give the answer of the session; here in two dimensions."""
    from benchmarks.peers import with_command, with_expression, with_overproof

    request = Request(question="draw2", files=(str(piece("zstd")),), workers=1, reply=str(tmp_path / "reply.json"))
    peers = (with_command, with_expression, with_overproof)
    command, expression, session = (peer.answer(request, QUESTIONS["draw2"]) for peer in peers)
    assert command.histograms == expression.histograms == session.histograms
    assert command.path == session.path == "interpreted"
    assert sum(command.histograms[0]) != 0


@pytest.mark.parametrize("path", ["compiled", "interpreted"])
def test_the_kernel_is_that_of_a_path(path: str, piece: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The yardstick computes draws by the path that it is told, compiled when told nothing."""
    reader = ReaderCache().get(FileSpec(path=str(piece("zstd")), tree="Events"))
    monkeypatch.setenv("OVERPROOF_PATH", path if path == "interpreted" else "auto")
    assert selector_of(QUESTIONS["adl3"], reader).path == path


def _measured(question: str, seconds: dict[str, float]) -> dict[str, Any]:
    case = _case(question, **seconds)
    return case | {"outcomes": {name: each | {"measured": "now"} for name, each in case["outcomes"].items()}}


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
